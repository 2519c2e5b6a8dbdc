"""The real Rasa with today's model, the real actions behind their door, and the demo shop to ask about."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
import uvicorn
from fastapi import FastAPI

from actions.server import actions_router
from bot.settings import Settings
from bot.stack.addresses import free_port
from bot.stack.folders import ROOT
from bot.stack.model import ensure_model
from bot.stack.rasa import Rasa, Wiring, start_rasa
from crm_store.database import Store, open_store
from crm_store.demo.seed import fill_demo_shop
from tests.actions.talker import MONDAY_NOON, Clock, Talker
from tests.conftest import migrate
from tests.nlu.rasa_client import RasaClient

TOKEN = "for-the-tests-only"
ACTIONS_TOKEN = "for-the-actions-only"
VISITORS = count()

NewTalker = Callable[..., Awaitable[Talker]]


@pytest.fixture(scope="session")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
async def shop(postgres: str, worker_id: str) -> AsyncIterator[Store]:
    """The demo shop, to be talked to: shoppers leave their complaints and wishes in it."""
    name = f"careloop_test_talk_{worker_id}"
    with psycopg.connect(postgres.format("postgres"), autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(f'create database "{name}"')
    url = postgres.format(name).replace("postgresql://", "postgresql+psycopg://")
    migrate(url)
    opened = open_store(url, pool=5)
    await fill_demo_shop(opened, MONDAY_NOON.date(), lambda _: None)
    yield opened
    await opened.close()


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """`app` on a free port of loopback; gives its address."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:
            await asyncio.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


@pytest.fixture(scope="session")
async def actions_url(shop: Store, clock: Clock) -> AsyncIterator[str]:
    app = FastAPI()
    app.include_router(actions_router(shop, clock, ACTIONS_TOKEN, 3.0))
    async with served(app) as address:
        yield f"{address}/internal/actions"


@pytest.fixture(scope="session")
def model() -> Path:
    return ensure_model(Settings(var=ROOT / "var" / "test-models", models=ROOT / "var" / "test-models"), lambda _: None)


@pytest.fixture(scope="session")
def bot_server(model: Path, actions_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rasa]:
    wiring = Wiring(actions_url=actions_url, actions_token=ACTIONS_TOKEN, rasa_token=TOKEN)
    running = start_rasa(tmp_path_factory.mktemp("var"), model, wiring)
    try:
        running.wait()
        yield running
    finally:
        running.stop()


@pytest.fixture
def talker(shop: Store, bot_server: Rasa, clock: Clock) -> NewTalker:
    """Makes shoppers nobody has talked to before: ``await talker("zh")``."""

    async def make(language: str = "en") -> Talker:
        name = f"visitor-{next(VISITORS)}"
        return await Talker(shop, RasaClient(bot_server.port, TOKEN), clock, name, language).arrive()

    clock.at = MONDAY_NOON
    return make
