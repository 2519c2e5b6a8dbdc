"""GET /metrics, and the instruments behind it.

Who measures is handed a bound method of `Metrics` as a plain callable, e.g. `metrics.turn_took`: no Prometheus there.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from bot.api.refusals import NotForOutsiders
from bot.operations.insiders import Insiders

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
PATIENCE = 2.0


class Metrics:
    """Counters and histograms of one process. Labels are names of channels and results, never of people."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self._in = Counter("careloop_messages_in", "Messages from shoppers", ["channel"], registry=registry)
        self._out = Counter("careloop_messages_out", "Messages accepted by a channel", ["channel"], registry=registry)
        self._sends = Counter("careloop_sends", "How sends ended", ["channel", "result"], registry=registry)
        self._turn = Histogram(
            "careloop_turn_seconds", "From a message to its reply", buckets=SECONDS, registry=registry
        )
        self._rasa = Histogram("careloop_rasa_seconds", "One question to Rasa", buckets=SECONDS, registry=registry)
        self._rasa_failures = Counter("careloop_rasa_failures", "Questions Rasa did not answer", registry=registry)
        self._lag = Gauge("careloop_outbox_lag_seconds", "Wait of the oldest due message", registry=registry)
        self._pending = Gauge("careloop_inbox_pending", "Events waiting for their turn", registry=registry)

    def message_in(self, channel: str) -> None:
        self._in.labels(channel).inc()

    def send_ended(self, channel: str, result: str) -> None:
        """`result` is a value of `bot.channels.base.Result`; `accepted` is a message out."""
        self._sends.labels(channel, result).inc()
        if result == "accepted":
            self._out.labels(channel).inc()

    def turn_took(self, seconds: float) -> None:
        self._turn.observe(seconds)

    def rasa_ended(self, seconds: float, answered: bool) -> None:
        self._rasa.observe(seconds)
        if not answered:
            self._rasa_failures.inc()

    def queues_stand(self, lag_seconds: float, inbox_pending: float) -> None:
        """NaN for what could not be read."""
        self._lag.set(lag_seconds)
        self._pending.set(inbox_pending)


@dataclass(frozen=True)
class Queues:
    """What only the store knows, read at each scrape: seconds of outbox lag, number of pending inbox events."""

    lag_seconds: float
    inbox_pending: int


def metrics_router(metrics: Metrics, queues: Callable[[], Awaitable[Queues]], insiders: Insiders) -> APIRouter:
    """`queues` may fail or take long: the other figures are told all the same."""
    router = APIRouter(tags=["operations"])

    @router.get("/metrics", summary="Figures for Prometheus, for insiders", response_class=Response)
    async def scrape(request: Request) -> Response:
        if not insiders.admit(request):
            raise NotForOutsiders("show the metrics token, or ask from this machine")
        metrics.queues_stand(*await _stand(queues))
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router


async def _stand(queues: Callable[[], Awaitable[Queues]]) -> tuple[float, float]:
    try:
        async with asyncio.timeout(PATIENCE):
            stand = await queues()
    except Exception:
        return math.nan, math.nan
    return stand.lag_seconds, stand.inbox_pending
