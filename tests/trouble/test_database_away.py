"""The power cut at the database: every door says so, nothing that was taken is lost, and all goes on by itself."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx2
import pytest

from bot.stack.children import start
from bot.stack.postgres import Postgres, start_postgres
from scheduler.clock import Clock
from tests.fakes.rasa import ScriptedBot
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.trouble.conftest import fresh_database
from tests.trouble.house import RASA_TOKEN, WORDS, Open, Shopper, open_house, settings_for, shopper_at, texts
from tests.trouble.journal import Journal
from tests.trouble.test_live_socket import socket_to

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "16MB"}


@dataclass
class Server:
    """A database server whose plug can be pulled."""

    server: Postgres
    url: str

    async def stops(self) -> None:
        assert self.server.child is not None
        await asyncio.to_thread(self.server.child.stop)

    async def comes_back(self) -> None:
        assert self.server.child is not None
        self.server = Postgres(self.server.data, self.server.socket, start(self.server.child.recipe))


@dataclass
class Cut:
    """A house, its database, its bot and its Telegram."""

    house: Open
    database: Server
    bot: ScriptedBot
    telegram: FakeTelegram

    async def health(self) -> tuple[int, str]:
        async with httpx2.AsyncClient(base_url=self.house.url) as client:
            answer = await client.get("/healthz")
        return answer.status_code, answer.json()["status"]


@pytest.fixture
async def cut(journal: Journal, var: Path) -> AsyncIterator[Cut]:
    folder = var / "server"
    server = await asyncio.to_thread(start_postgres, folder, FAST)
    template = f"postgresql://careloop@/{{}}?host={quote(str(server.socket))}"
    database = Server(server, await asyncio.to_thread(fresh_database, template, "cut"))
    bot, telegram = ScriptedBot(RASA_TOKEN), FakeTelegram(TOKEN)
    await bot.start()
    base = await telegram.start()
    settings = settings_for(
        var, database.url, bot.url, telegram_token=TOKEN, telegram_api_base=base, telegram_mode="polling"
    )
    try:
        async with open_house(settings, journal) as opened:
            yield Cut(opened, database, bot, telegram)
    finally:
        await bot.stop()
        await telegram.stop()
        await asyncio.to_thread(database.server.stop)


async def test_while_the_database_is_away_every_door_says_so_and_afterwards_everything_works_by_itself(
    cut: Cut,
) -> None:
    async with shopper_at(cut.house.url) as shopper, socket_to(cut.house) as socket:
        await shopper.says(f"{WORDS} before")
        await shopper.hears(f"bot: {WORDS} before")
        await socket.greets(shopper.token)
        waiting = asyncio.create_task(shopper.http.get("/messages", params={"after": 1000, "wait": 3}))
        cut.bot.delay = 2.0
        accepted = await shopper.says(f"{WORDS} accepted")
        await cut.database.stops()
        await _every_door_says_so(cut, shopper, accepted)
        read = await waiting
        assert read.status_code == 503
        cut.telegram.user_says(900, f"{WORDS} meanwhile")
        await asyncio.sleep(1.5)
        cut.bot.delay = 0.0
        await cut.database.comes_back()
        await _works_again(cut, shopper)
        thread = await shopper.thread()
    answered = [text for text in texts(thread, "out") if text.startswith("bot:")]
    assert answered == [f"bot: {WORDS} {name}" for name in ("before", "accepted", "again")]
    assert [message.text for message in cut.telegram.sent(900)] == [f"bot: {WORDS} meanwhile"]


async def _every_door_says_so(cut: Cut, shopper: Shopper, accepted: int) -> None:
    posted = await shopper.posts(f"{WORDS} refused")
    read = await shopper.http.get("/messages", params={"after": 1000, "wait": 1})
    async with httpx2.AsyncClient(base_url=cut.house.url) as client:
        opened = await client.post("/channels/webchat/sessions")
        api = await client.get("/api/v1/customers", headers={"Authorization": f"Bearer cl_0123456789ab_{'x' * 43}"})
        page, alive = await client.get("/chat"), await client.get("/livez")
        action = await client.post("/internal/actions", json={})
    for answer in (posted, read, opened, api):
        assert answer.status_code == 503, answer.text
        assert answer.json()["error"]["code"] == "store_unavailable"
        assert int(answer.headers["Retry-After"]) > 0
    assert (page.status_code, alive.status_code, action.status_code) == (200, 200, 401)
    assert await cut.health() == (503, "down")
    async with socket_to(cut.house) as socket:
        await socket.wire.send_json({"token": shopper.token})
        assert (await socket.end())[0] == 1013


async def _works_again(cut: Cut, shopper: Shopper) -> None:
    async with asyncio.timeout(30):
        while (await cut.health())[0] != 200:
            await asyncio.sleep(0.2)
        while (await shopper.posts(f"{WORDS} again", key="again-again")).status_code != 202:
            await asyncio.sleep(0.2)
    await shopper.hears(f"bot: {WORDS} accepted")
    await shopper.hears(f"bot: {WORDS} again")
    await cut.telegram.wait_for_sent(900, seconds=30)
    async with shopper_at(cut.house.url) as another, socket_to(cut.house) as socket:
        await socket.greets(another.token)
        await socket.says(f"{WORDS} new")
        await socket.is_answered(f"{WORDS} new")


async def test_a_house_opened_before_its_database_serves_its_pages_and_begins_when_it_comes(
    cut: Cut, journal: Journal, tmp_path_factory: pytest.TempPathFactory
) -> None:
    await cut.database.stops()
    settings = settings_for(tmp_path_factory.mktemp("early"), cut.database.url, cut.bot.url)
    async with open_house(settings, journal) as early:
        async with httpx2.AsyncClient(base_url=early.url) as client:
            assert (await client.get("/chat")).status_code == 200
            assert (await client.post("/channels/webchat/sessions")).status_code == 503
        await cut.database.comes_back()
        async with asyncio.timeout(20), httpx2.AsyncClient(base_url=early.url) as client:
            while (await client.post("/channels/webchat/sessions")).status_code != 201:
                await asyncio.sleep(0.2)
        async with shopper_at(early.url) as shopper:
            await shopper.says(WORDS)
            await shopper.hears(f"bot: {WORDS}")


async def test_a_page_hears_of_what_another_copy_answered_while_signals_were_cut(
    cut: Cut, journal: Journal, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The lanes are the first copy's: the second only learns by signal that there is something to show."""
    settings = settings_for(tmp_path_factory.mktemp("second"), cut.database.url, cut.bot.url)
    async with open_house(settings, journal) as second, shopper_at(cut.house.url) as shopper:
        for number in range(3):
            words = f"{WORDS} {number}"
            listening = asyncio.create_task(_hears_at(second, shopper, f"bot: {words}"))
            await asyncio.sleep(0.2)
            await cut.database.stops()
            await cut.database.comes_back()
            async with asyncio.timeout(20):
                while (await shopper.posts(words, key=f"number-{number}")).status_code != 202:
                    await asyncio.sleep(0.05)
            async with asyncio.timeout(20):
                await listening


async def _hears_at(house: Open, shopper: Shopper, words: str) -> None:
    """As a page does: when the socket is closed, it opens another one and asks for what it has not shown."""
    after = 0
    while True:
        async with socket_to(house) as socket:
            await socket.wire.send_json({"token": shopper.token, "after": after})
            async for frame in socket.wire:
                told = frame.json()
                if told["type"] == "message":
                    after = told["seq"]
                    if told["text"] == words:
                        return
        assert socket.wire.close_code == 1013
        await asyncio.sleep(0.05)


async def test_housekeeping_waits_for_its_next_time(cut: Cut, journal: Journal) -> None:
    store = cut.house.house.store
    clock = Clock(store, ZoneInfo("UTC"), timedelta(days=1), lambda: datetime.now(UTC))
    await cut.database.stops()
    await clock.open_the_desk()
    await clock.forget_raw_events()
    assert "clock_job_failed" in journal.text
    await cut.database.comes_back()
    async with asyncio.timeout(20):
        while not await store.answers():
            await asyncio.sleep(0.1)
    await clock.open_the_desk()
