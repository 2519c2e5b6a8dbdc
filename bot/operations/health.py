"""GET /livez: this process answers. GET /healthz: so do the parts it needs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from bot.api.last_resort import trail
from bot.operations.insiders import Insiders

LOG = logging.getLogger(__name__)
LONG_WAIT = 60.0
"""Seconds the oldest due message may wait before the dispatcher counts as behind."""


class Status(StrEnum):
    """DEGRADED still serves: a shopper gets an apology or waits. DOWN does not."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


class Part(StrEnum):
    OK = "ok"
    AWAY = "away"


class Care(StrEnum):
    """HELD: nothing is sent that nobody asked for, because this database was made for another house."""

    OK = "ok"
    HELD = "held: a copied database; ./careloop sending allow lets it send"


async def _never() -> bool:
    return False


@dataclass(frozen=True)
class Probes:
    """How to ask each part. `lag` gives seconds; one that raises or takes longer than `patience` seconds is away.

    `held`: whether care messages are held back.
    """

    database: Callable[[], Awaitable[bool]]
    rasa: Callable[[], Awaitable[bool]]
    lag: Callable[[], Awaitable[float]]
    held: Callable[[], Awaitable[bool]] = _never
    patience: float = 2.0


class Dispatcher(BaseModel):
    """How far behind the way out is."""

    lag_seconds: float | None = Field(description="Null when it cannot be known", examples=[0.0])


class Health(BaseModel):
    """The parts are told to insiders only."""

    status: Status
    database: Part
    rasa: Part
    dispatcher: Dispatcher
    care: Care
    version: str = Field(examples=["0.1.0"])


def health_router(probes: Probes, insiders: Insiders, version: str) -> APIRouter:
    """200 while we serve, even without Rasa; 503 without the database."""
    router = APIRouter(tags=["operations"])
    desk = _Desk(probes, version)

    @router.get("/livez", summary="Whether this process answers")
    async def livez() -> dict[str, str]:
        return {"status": Status.OK}

    @router.get("/healthz", summary="Whether everything it needs answers", responses={200: {"model": Health}})
    async def healthz(request: Request) -> JSONResponse:
        health = await desk.health()
        shown = health.model_dump(mode="json") if insiders.admit(request) else {"status": health.status}
        code = 503 if health.status is Status.DOWN else 200
        return JSONResponse(shown, code, {"Cache-Control": "no-store"})

    return router


class _Desk:
    """Many who ask at once get the answer of one look: asking often must not cost the parts anything."""

    def __init__(self, probes: Probes, version: str) -> None:
        self._probes = probes
        self._version = version
        self._look: asyncio.Task[Health] | None = None

    async def health(self) -> Health:
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(look(self._probes, self._version))
        # One who goes away must not take the answer from the others.
        return await asyncio.shield(self._look)


async def look(probes: Probes, version: str) -> Health:
    """Ask all parts at once."""
    database, rasa, lag, held = await asyncio.gather(
        _asked(probes.database(), probes.patience),
        _asked(probes.rasa(), probes.patience),
        _asked(probes.lag(), probes.patience),
        _asked(probes.held(), probes.patience),
    )
    status = judged(bool(database), bool(rasa), lag)
    return Health(
        status=Status.DEGRADED if held and status is Status.OK else status,
        database=Part.OK if database else Part.AWAY,
        rasa=Part.OK if rasa else Part.AWAY,
        dispatcher=Dispatcher(lag_seconds=lag),
        care=Care.HELD if held else Care.OK,
        version=version,
    )


def judged(database: bool, rasa: bool, lag: float | None) -> Status:
    """What the parts together come to; `lag` in seconds."""
    if not database:
        return Status.DOWN
    return Status.OK if rasa and lag is not None and lag <= LONG_WAIT else Status.DEGRADED


async def _asked[Answer](question: Awaitable[Answer], patience: float) -> Answer | None:
    try:
        async with asyncio.timeout(patience):
            return await question
    except Exception as error:
        LOG.warning("a health probe failed: %s", trail(error))
        return None
