"""When the Bot API is down, slow, drops calls, asks to wait, or refuses: what was said is sent late, or marked."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from crm_store.people.identities import ChannelIdentity
from crm_store.talks.interactions import Interaction
from crm_store.talks.lanes import Lane
from crm_store.talks.outbox import Attempt, OutboxMessage
from tests.fakes.rasa import ScriptedBot
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.telegram_faults import accepted_but_dropped, broken_json, dropped, flooded, html_page, refused, slow
from tests.trouble.conftest import fresh_database
from tests.trouble.house import WORDS, Open, open_house, settings_for, shopper_at
from tests.trouble.journal import Journal

ACCOUNT = TOKEN.partition(":")[0]
ANOTHER_TOKEN = f"{ACCOUNT}:another-token-of-the-same-bot"
ANNA = 4001


@dataclass
class Line:
    """A house that polls a Telegram which can be told to fail."""

    house: Open
    fake: FakeTelegram

    async def outbox(self) -> list[tuple[str, str, int]]:
        """State, last result and number of tries of everything that left or will leave for Telegram."""
        async with self.house.house.store.transaction() as crm:
            rows = await crm.session.scalars(
                select(OutboxMessage).where(OutboxMessage.lane.like("telegram:%")).order_by(OutboxMessage.id)
            )
            found = []
            for row in rows.all():
                tries = await crm.session.scalars(
                    select(Attempt.result).filter_by(outbox_id=row.id).order_by(Attempt.id)
                )
                results = [str(result) for result in tries.all()]
                found.append((row.state, results[-1] if results else "", len(results)))
            return found

    async def until_outbox(self, *states: tuple[str, str, int], within: float = 20.0) -> None:
        async with asyncio.timeout(within):
            while await self.outbox() != list(states):
                await asyncio.sleep(0.1)

    async def lane(self) -> Lane:
        async with self.house.house.store.transaction() as crm:
            lane = await crm.lanes.get(f"telegram:{ACCOUNT}")
        assert lane is not None
        return lane

    async def reachability(self, chat_id: int) -> str:
        async with self.house.house.store.transaction() as crm:
            found = await crm.session.scalars(select(ChannelIdentity.reachability).filter_by(address=str(chat_id)))
            return str(found.one())

    async def deliveries(self) -> list[str]:
        async with self.house.house.store.transaction() as crm:
            found = await crm.session.scalars(
                select(Interaction.delivery).filter_by(direction="out").order_by(Interaction.id)
            )
            return list(found.all())


@pytest.fixture
async def line(
    postgres: str, worker_id: str, answering: ScriptedBot, journal: Journal, var: Path
) -> AsyncIterator[Line]:
    fake = FakeTelegram(TOKEN)
    base = await fake.start()
    database = await asyncio.to_thread(fresh_database, postgres, f"careloop_telegram_{worker_id}")
    settings = settings_for(var, database, answering.url, telegram_token=TOKEN, telegram_api_base=base)
    async with open_house(settings, journal) as opened:
        yield Line(opened, fake)
    await fake.stop()


@pytest.mark.parametrize("fault", [accepted_but_dropped, broken_json])
async def test_a_reply_that_may_have_arrived_is_sent_once_more_and_no_oftener(line: Line, fault: object) -> None:
    assert callable(fault)
    line.fake.fails_next("sendMessage", fault(), fault())
    line.fake.user_says(ANNA, WORDS)
    await line.until_outbox(("unknown", "unknown", 2))
    assert await line.deliveries() == ["unknown"]
    assert len(line.fake.sent(ANNA)) == 2
    line.fake.user_says(ANNA, f"{WORDS} next")
    await line.until_outbox(("unknown", "unknown", 2), ("sent", "accepted", 1))
    assert [each.text for each in line.fake.sent(ANNA)] == [f"bot: {WORDS}"] * 2 + [f"bot: {WORDS} next"]


@pytest.mark.parametrize("fault", [dropped, html_page])
async def test_a_reply_that_was_lost_on_the_way_is_sent_again(line: Line, fault: object) -> None:
    assert callable(fault)
    line.fake.fails_next("sendMessage", fault())
    line.fake.user_says(ANNA, WORDS)
    await line.until_outbox(("sent", "accepted", 2))
    assert [each.text for each in line.fake.sent(ANNA)] == [f"bot: {WORDS}"]


async def test_a_slow_provider_keeps_nobody_else_waiting(line: Line) -> None:
    line.fake.fails_next("sendMessage", slow(3.0))
    line.fake.user_says(ANNA, WORDS)
    async with shopper_at(line.house.url) as shopper:
        await shopper.says(WORDS)
        await shopper.hears(f"bot: {WORDS}")
    assert await line.outbox() in ([], [("sending", "None", 1)])
    await line.until_outbox(("sent", "accepted", 1))


async def test_a_provider_that_asks_to_wait_is_left_alone_until_then(line: Line) -> None:
    line.fake.fails_next("sendMessage", flooded(3))
    line.fake.user_says(ANNA, WORDS)
    await line.until_outbox(("queued", "retry_at", 1))
    blocked = (await line.lane()).blocked_until
    assert blocked is not None
    line.fake.user_says(ANNA + 1, f"{WORDS} too")
    await line.until_outbox(("queued", "retry_at", 1), ("queued", "", 0))
    await line.until_outbox(("sent", "accepted", 2), ("sent", "accepted", 1))
    assert line.fake.called("sendMessage") == 3


async def test_who_has_blocked_us_is_marked_and_not_written_to_again_until_they_write(line: Line) -> None:
    line.fake.fails_next("sendMessage", refused(403, "Forbidden: bot was blocked by the user"))
    line.fake.user_says(ANNA, WORDS)
    await line.until_outbox(("failed", "gone", 1))
    assert await line.reachability(ANNA) == "blocked"
    line.fake.user_says(ANNA, f"{WORDS} here again")
    await line.until_outbox(("failed", "gone", 1), ("sent", "accepted", 1))
    assert await line.reachability(ANNA) == "ok"


async def test_a_refused_token_halts_the_lane_keeps_the_queue_and_goes_on_with_a_good_one(
    line: Line, answering: ScriptedBot, journal: Journal, tmp_path_factory: pytest.TempPathFactory
) -> None:
    journal.secrets.add(ANOTHER_TOKEN)
    line.fake.fails_next("sendMessage", refused(401, "Unauthorized"))
    line.fake.user_says(ANNA, f"{WORDS} 1")
    await line.until_outbox(("queued", "config", 1))
    assert (await line.lane()).halted == "Unauthorized"
    line.fake.user_says(ANNA, f"{WORDS} 2")
    await line.until_outbox(("queued", "config", 1), ("queued", "", 0))
    assert line.fake.sent(ANNA) == []
    line.house.serving.cancel()
    await asyncio.gather(line.house.serving, return_exceptions=True)
    line.fake.token = ANOTHER_TOKEN
    told = line.house.house.settings
    settings = settings_for(
        tmp_path_factory.mktemp("again"),
        told.database_url,
        answering.url,
        telegram_token=ANOTHER_TOKEN,
        telegram_api_base=told.telegram_api_base,
    )
    async with open_house(settings, journal):
        sent = await line.fake.wait_for_sent(ANNA, count=2, seconds=20)
    assert [each.text for each in sent] == [f"bot: {WORDS} 1", f"bot: {WORDS} 2"]


async def test_a_provider_that_is_down_gets_everything_when_it_is_back(line: Line) -> None:
    line.fake.user_says(ANNA, f"{WORDS} 1")
    await line.fake.wait_for_sent(ANNA, seconds=20)
    port = int(line.house.house.settings.telegram_api_base.rpartition(":")[2])
    line.fake.user_says(ANNA, f"{WORDS} 2")
    await asyncio.sleep(0.3)
    await line.fake.stop()
    async with shopper_at(line.house.url) as shopper:
        await shopper.says(WORDS)
        await shopper.hears(f"bot: {WORDS}")
    line.fake.user_says(ANNA, f"{WORDS} 3")
    await line.fake.start(port)
    sent = await line.fake.wait_for_sent(ANNA, count=3, seconds=40)
    assert [each.text for each in sent] == [f"bot: {WORDS} {number}" for number in (1, 2, 3)]
