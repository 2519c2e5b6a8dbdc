"""Two copies on one database: everything once and in order, and when one falls silent the other takes over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from crm_store.talks.lanes import lane_number
from tests.fakes.rasa import ScriptedBot
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.trouble.house import WORDS, Open, Shopper, open_house, settings_for, shopper_at, texts
from tests.trouble.journal import Journal

CONVERSATIONS = 40
ROUNDS = 3


@pytest.fixture(scope="module")
async def telegram() -> AsyncIterator[tuple[FakeTelegram, str]]:
    fake = FakeTelegram(TOKEN)
    yield fake, await fake.start()
    await fake.stop()


@pytest.fixture
async def houses(
    own_database: str, answering: ScriptedBot, journal: Journal, var: Path, telegram: tuple[FakeTelegram, str]
) -> AsyncIterator[tuple[Open, Open]]:
    more = {"telegram_token": TOKEN, "telegram_api_base": telegram[1]}
    async with AsyncExitStack() as stack:
        opened = [
            await stack.enter_async_context(
                open_house(settings_for(var / name, own_database, answering.url, **more), journal)
            )
            for name in ("one", "other")
        ]
        yield opened[0], opened[1]


@asynccontextmanager
async def at_both(houses: tuple[Open, Open]) -> AsyncIterator[tuple[Shopper, Shopper]]:
    """One shopper whose page reaches now this copy, now that one."""
    here, there = Shopper(houses[0].url), Shopper(houses[1].url)
    await here.arrive()
    there.http.headers["Authorization"] = here.http.headers["Authorization"]
    yield here, there
    await here.http.aclose()
    await there.http.aclose()


async def test_forty_conversations_at_both_are_answered_once_and_in_order(houses: tuple[Open, Open]) -> None:
    async def talks(number: int) -> None:
        asked = [f"{WORDS} {number}.{turn}" for turn in range(ROUNDS)]
        async with at_both(houses) as both:
            for turn, words in enumerate(asked):
                await both[(number + turn) % 2].says(words)
            await both[number % 2].replies(ROUNDS, within=60)
            thread = await both[1].thread()
        assert texts(thread, "in") == asked
        assert texts(thread, "out") == [f"bot: {words}" for words in asked]
        assert [message["seq"] for message in thread] == list(range(1, 2 * ROUNDS + 1))

    await asyncio.gather(*(talks(number) for number in range(CONVERSATIONS)))


async def test_one_copy_holds_the_lane_and_the_poller_and_the_other_takes_over_when_it_dies(
    houses: tuple[Open, Open], telegram: tuple[FakeTelegram, str]
) -> None:
    fake, _ = telegram
    fake.user_says(501, f"{WORDS} before")
    await fake.wait_for_sent(501, seconds=30)
    holders = await _holders(houses[0])
    assert len(holders) == 1
    for house in houses:
        await _dies_if_holding(house, holders)
    fake.user_says(501, f"{WORDS} after")
    sent = await fake.wait_for_sent(501, count=2, seconds=40)
    assert [message.text for message in sent] == [f"bot: {WORDS} before", f"bot: {WORDS} after"]
    (survivor,) = [house for house in houses if not house.serving.done()]
    async with shopper_at(survivor.url) as shopper:
        await shopper.says(WORDS)
        await shopper.hears(f"bot: {WORDS}")


async def test_a_copy_that_loses_its_locks_stops_working_its_lanes_and_one_of_both_goes_on(
    houses: tuple[Open, Open], telegram: tuple[FakeTelegram, str]
) -> None:
    fake, _ = telegram
    for number in range(4):
        async with houses[0].house.store.transaction() as crm:
            await crm.session.execute(text(f"select pg_terminate_backend(pid) from ({HOLDING}) as holding"))
        async with at_both(houses) as both:
            await both[number % 2].says(f"{WORDS} {number}")
            await both[number % 2].hears(f"bot: {WORDS} {number}")
        fake.user_says(502, f"{WORDS} {number}")
        await fake.wait_for_sent(502, count=number + 1, seconds=40)
        async with asyncio.timeout(30):
            while len(await _holders(houses[1])) != 1:
                await asyncio.sleep(0.1)
    sent = fake.sent(502)
    assert [message.text for message in sent] == [f"bot: {WORDS} {number}" for number in range(4)]


HOLDING = """
    select distinct l.pid from pg_locks l join pg_database d on d.oid = l.database
     where l.locktype = 'advisory' and l.granted and l.classid in (7242, 7243) and d.datname = current_database()
"""


async def _holders(house: Open) -> set[int]:
    """The server's sessions that hold the lane of Telegram, of any copy."""
    lane = lane_number(f"telegram:{TOKEN.partition(':')[0]}")
    async with house.house.store.transaction() as crm:
        found = await crm.session.scalars(text(f"{HOLDING} and l.objid = :lane"), {"lane": lane})
        return set(found.all())


async def _dies_if_holding(house: Open, holders: set[int]) -> None:
    """As near to a kill as one process comes: its locks are gone before its works know, and then those are cut off."""
    connection = house.house.store.locks._connection
    if connection is None or connection.info.backend_pid not in holders:
        return
    async with house.house.store.transaction() as crm:
        await crm.session.execute(text("select pg_terminate_backend(:pid)"), {"pid": connection.info.backend_pid})
    house.serving.cancel()
    await asyncio.gather(house.serving, return_exceptions=True)
