"""The whole house on a real port: demo shop, real Rasa, a mailbox, and a Telegram that enforces its rules."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import psycopg
import pytest
from pydantic import SecretStr

from bot.main import House, now, opened_house
from bot.serving import serve
from bot.settings import Settings
from bot.stack.addresses import free_port
from bot.stack.model import ensure_model
from bot.stack.rasa import Wiring, start_rasa
from crm_store.database import open_store
from crm_store.demo.seed import fill_demo_shop
from crm_store.keys import new_key
from crm_store.promises.defaults import ensure_promises
from tests.conftest import ROOT, migrate
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.journeys.days import Days, Watch, monday_morning

SECRET = "journeys-0123456789-0123456789-0123456789"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker("rasa")
            item.add_marker(pytest.mark.xdist_group("rasa"))


@pytest.fixture(scope="session")
async def demo_database(postgres: str, worker_id: str) -> str:
    name = f"careloop_journeys_{worker_id}"
    with psycopg.connect(postgres.format("postgres"), autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(f'create database "{name}"')
    url = postgres.format(name).replace("postgresql://", "postgresql+psycopg://")
    migrate(url)
    store = open_store(url, pool=2)
    await fill_demo_shop(store, datetime.now(UTC).date(), lambda _: None)
    async with store.transaction() as crm:
        await ensure_promises(crm, datetime.now(UTC), "Asia/Singapore")
        await crm.remedies.limits.ensure()
    await store.close()
    return url


@pytest.fixture(scope="session")
async def telegram() -> AsyncIterator["Telegram"]:
    fake = FakeTelegram(TOKEN)
    yield Telegram(fake, await fake.start())
    await fake.stop()


@dataclass(frozen=True)
class Telegram:
    """The provider and where it listens."""

    fake: FakeTelegram
    base: str


@pytest.fixture(scope="session")
async def settings(
    demo_database: str, telegram: Telegram, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Settings]:
    """Settings of a house whose Rasa is running."""
    var = tmp_path_factory.mktemp("house")
    told = Settings(
        port=free_port(),
        var=var,
        demo=True,
        database_url=demo_database,
        secret=SecretStr(SECRET),
        rasa_token=SecretStr("rasa-token"),
        actions_token=SecretStr("actions-token"),
        telegram_token=SecretStr(TOKEN),
        telegram_api_base=telegram.base,
        web_sessions_per_minute=1000,
        models=ROOT / "var" / "models",
    )
    model = await asyncio.to_thread(ensure_model, told, lambda _: None)
    rasa = start_rasa(var, model, Wiring(f"{told.base_url}/internal/actions", "actions-token", "rasa-token"))
    await asyncio.to_thread(rasa.wait)
    yield told.model_copy(update={"rasa_url": rasa.url})
    await asyncio.to_thread(rasa.stop)


@pytest.fixture(scope="session")
def watch() -> Watch:
    return Watch()


@pytest.fixture
async def days(watch: Watch) -> AsyncIterator[Days]:
    """It is Monday, ten o'clock; afterwards it is as late as it is."""
    passing = Days(watch)
    await passing.pass_until(monday_morning(now()))
    yield passing
    watch.ahead = timedelta(0)


@pytest.fixture(scope="session")
async def house(settings: Settings, watch: Watch) -> AsyncIterator[House]:
    """The house, open for visitors."""
    async with opened_house(settings, watch) as opened:
        serving = asyncio.create_task(serve(opened.app(), settings.host, settings.port, opened.background))
        async with httpx2.AsyncClient(base_url=settings.base_url) as client:
            await _until_ready(client)
        yield opened
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def _until_ready(client: httpx2.AsyncClient) -> None:
    for _ in range(600):
        try:
            if (await client.get("/healthz")).json()["status"] == "ok":
                return
        except httpx2.HTTPError:
            pass
        await asyncio.sleep(0.1)
    raise AssertionError("the house did not open")


class WebShopper:
    """Somebody at the web chat, over the public contract."""

    def __init__(self, url: str) -> None:
        self.http = httpx2.AsyncClient(base_url=url, timeout=60)
        self.heard: list[dict[str, Any]] = []
        self.after = 0
        self.conversation_id = 0

    async def arrive(self, language: str = "en") -> None:
        answer = await self.http.post("/channels/webchat/sessions", json={"language": language})
        session = answer.json()
        self.http.headers["Authorization"] = f"Bearer {session['token']}"
        self.conversation_id = session["conversation_id"]

    async def says(self, text: str) -> str:
        """Say it and wait for the answer: every text of it, in one string."""
        return await self._sent({"text": text})

    async def presses(self, label: str) -> str:
        choices = [choice for message in self.heard for choice in message["quick_replies"]]
        chosen = next(choice for choice in reversed(choices) if choice["label"] == label)
        return await self._sent({"payload": chosen["id"]})

    async def _sent(self, body: dict[str, str]) -> str:
        answer = await self.http.post("/channels/webchat/messages", json={"client_message_id": uuid4().hex, **body})
        assert answer.status_code == 202, answer.text
        return await self.hears()

    async def hears(self) -> str:
        """What is said next, until nothing more has come for a moment."""
        said: list[str] = []
        while True:
            query = {"after": self.after, "wait": 20 if not said else 0.7}
            messages = (await self.http.get("/channels/webchat/messages", params=query)).json()["messages"]
            if not messages and said:
                return "\n".join(said)
            assert messages or not said, "no answer"
            self.heard += messages
            self.after = messages[-1]["seq"] if messages else self.after
            said += [message["text"] for message in messages if message["direction"] == "out"]


@pytest.fixture
async def shopper(house: House) -> AsyncIterator[WebShopper]:
    visitor = WebShopper(house.settings.base_url)
    await visitor.arrive()
    yield visitor
    await visitor.http.aclose()


async def mailed_code(url: str, to: str, seen: int = 0) -> str:
    """The newest code in the demo mailbox for an address, once there are more than `seen` letters."""
    async with httpx2.AsyncClient(base_url=url) as client:
        for _ in range(200):
            answer = await client.get("/demo/mailbox", params={"to": to}, headers={"Accept": "application/json"})
            letters = answer.json()["messages"]
            if len(letters) > seen:
                found = re.search(r"\d{6}", letters[0]["text"])
                assert found is not None
                return found.group()
            await asyncio.sleep(0.05)
    raise AssertionError("no letter came")


async def letters(house: House, to: str) -> int:
    """How many letters the demo mailbox holds for an address."""
    async with httpx2.AsyncClient(base_url=house.settings.base_url) as client:
        answer = await client.get("/demo/mailbox", params={"to": to}, headers={"Accept": "application/json"})
        return len(answer.json()["messages"])


async def deep_link(house: House, channel: str, email: str) -> str:
    """A link into a channel for the member with an address, made over the public API with a key of its own."""
    shown, key = new_key("journey", ["customers:read", "links:write"], now())
    async with house.store.transaction() as crm:
        crm.api_keys.add(key)
    headers = {"Authorization": f"Bearer {shown}"}
    async with httpx2.AsyncClient(base_url=house.settings.base_url, headers=headers) as client:
        found = await client.get("/api/v1/customers", params={"email": email})
        asked = {"customer_id": found.json()["items"][0]["id"], "channel": channel}
        made = await client.post("/api/v1/links", json=asked)
    assert made.status_code == 201, made.text
    return str(made.json()["url"])
