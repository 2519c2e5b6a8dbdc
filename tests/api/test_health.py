"""Health and figures: what is told, to whom, and that one part's silence does not become ours."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx2
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from bot.api.errors import install_errors
from bot.operations.health import Care, Probes, Status, health_router, judged, look
from bot.operations.insiders import Insiders
from bot.operations.metrics import Metrics, Queues, metrics_router
from tests.api.conftest import client_of, code_of

TOKEN = "a token for the one who watches"


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


async def never() -> bool:
    await asyncio.Event().wait()
    return True


async def broken() -> bool:
    raise ConnectionResetError("gone")


async def lag() -> float:
    return 0.25


async def asked(
    database: Callable[[], Awaitable[bool]], rasa: Callable[[], Awaitable[bool]], address: str = "127.0.0.1"
) -> httpx2.Response:
    app = FastAPI()
    app.include_router(health_router(Probes(database, rasa, lag, patience=0.05), Insiders(TOKEN), "1.2.3"))
    async with client_of(app, address) as client:
        return await client.get("/healthz")


async def test_all_well() -> None:
    answer = await asked(yes, yes)
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "database": "ok",
        "rasa": "ok",
        "dispatcher": {"lag_seconds": 0.25},
        "care": "ok",
        "version": "1.2.3",
    }


async def test_a_house_on_a_copied_database_says_that_it_holds_care_back_and_what_to_do() -> None:
    told = await look(Probes(yes, yes, lag, held=yes), "1.2.3")
    assert (told.status, told.care) == (Status.DEGRADED, Care.HELD)
    assert "./careloop sending allow" in told.care


@pytest.mark.parametrize("rasa", [no, never, broken])
async def test_without_rasa_we_serve_degraded(rasa: Callable[[], Awaitable[bool]]) -> None:
    answer = await asked(yes, rasa)
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["rasa"]) == ("degraded", "away")


@pytest.mark.parametrize("database", [no, never, broken])
async def test_without_the_database_we_are_down(database: Callable[[], Awaitable[bool]]) -> None:
    answer = await asked(database, yes)
    assert answer.status_code == 503
    assert (answer.json()["status"], answer.json()["database"]) == ("down", "away")


def test_a_dispatcher_far_behind_or_unknown_is_degraded() -> None:
    assert judged(True, True, 60.0) is Status.OK
    assert judged(True, True, 61.0) is Status.DEGRADED
    assert judged(True, True, None) is Status.DEGRADED


async def test_strangers_learn_only_whether_we_serve() -> None:
    answer = await asked(yes, no, "203.0.113.7")
    assert answer.json() == {"status": "degraded"}


async def test_many_who_ask_at_once_cost_one_look() -> None:
    looks = 0
    gate = asyncio.Event()

    async def counted() -> bool:
        nonlocal looks
        looks += 1
        await gate.wait()
        return True

    app = FastAPI()
    app.include_router(health_router(Probes(counted, yes, lag), Insiders(), "1"))
    async with client_of(app, "127.0.0.1") as client:
        asking = [asyncio.create_task(client.get("/healthz")) for _ in range(20)]
        while not looks:
            await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        gate.set()
        answers = await asyncio.gather(*asking)
    assert {answer.json()["status"] for answer in answers} == {"ok"}
    assert looks == 1


async def test_being_alive_needs_nothing() -> None:
    app = FastAPI()
    app.include_router(health_router(Probes(never, never, lag), Insiders(), "1"))
    async with client_of(app) as client:
        assert (await client.get("/livez")).json() == {"status": "ok"}


def metrics_app(metrics: Metrics, queues: Callable[[], Awaitable[Queues]], token: str = TOKEN) -> FastAPI:
    app = FastAPI()
    app.include_router(metrics_router(metrics, queues, Insiders(token)))
    install_errors(app)
    return app


async def stand() -> Queues:
    return Queues(1.5, 3)


async def test_everything_measured_is_told() -> None:
    metrics = Metrics(CollectorRegistry())
    metrics.message_in("telegram")
    metrics.send_ended("telegram", "accepted")
    metrics.send_ended("webchat", "gone")
    metrics.turn_took(0.2)
    metrics.rasa_ended(0.1, True)
    metrics.rasa_ended(8.0, False)
    async with client_of(metrics_app(metrics, stand), "::1") as client:
        told = (await client.get("/metrics")).text
    for line in (
        'careloop_messages_in_total{channel="telegram"} 1.0',
        'careloop_messages_out_total{channel="telegram"} 1.0',
        'careloop_sends_total{channel="webchat",result="gone"} 1.0',
        "careloop_turn_seconds_count 1.0",
        "careloop_rasa_seconds_count 2.0",
        "careloop_rasa_failures_total 1.0",
        "careloop_outbox_lag_seconds 1.5",
        "careloop_inbox_pending 3.0",
    ):
        assert f"\n{line}\n" in told


async def test_figures_are_told_although_the_queues_cannot_be_read() -> None:
    async def away() -> Queues:
        raise ConnectionResetError

    async with client_of(metrics_app(Metrics(CollectorRegistry()), away), "127.0.0.1") as client:
        told = (await client.get("/metrics")).text
    assert "careloop_outbox_lag_seconds NaN" in told


@pytest.mark.parametrize(
    ("address", "headers", "token", "status"),
    [
        ("127.0.0.1", {}, TOKEN, 200),
        ("::1", {}, "", 200),
        ("203.0.113.7", {}, TOKEN, 401),
        ("203.0.113.7", {"Authorization": f"Bearer {TOKEN}"}, TOKEN, 200),
        ("203.0.113.7", {"Authorization": f"Bearer {TOKEN}x"}, TOKEN, 401),
        ("203.0.113.7", {"Authorization": "Bearer "}, "", 401),
        ("203.0.113.7", {"Authorization": "Bearer 口令".encode().decode("latin-1")}, TOKEN, 401),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}, TOKEN, 401),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.7"}, TOKEN, 401),
        ("not an address", {}, TOKEN, 401),
    ],
)
async def test_figures_are_for_this_machine_or_the_token_and_a_proxy_is_not_this_machine(
    address: str, headers: dict[str, str], token: str, status: int
) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    async with client_of(metrics_app(Metrics(CollectorRegistry()), stand, token), address) as client:
        answer = await client.get("/metrics", headers=raw)
    assert answer.status_code == status
    assert status == 200 or code_of(answer) == "not_for_outsiders"
