"""Polling loses nothing, stops when told, and gives way where going on would do harm."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.channels.telegram_bot import close_bot, open_bot
from bot.channels.telegram_poll import AnotherPoller, ForeignWebhook, TelegramPoll, TokenRefused
from tests.channels.conftest import ANNA, Line
from tests.fakes.telegram import TOKEN
from tests.fakes.telegram_faults import broken_json, dropped, flooded, html_page


class Inbox:
    """A store that survives: raw updates by id, and the cursor. `refuses` counts down the times it is down."""

    def __init__(self) -> None:
        self.updates: dict[int, dict[str, Any]] = {}
        self.cursor = ""
        self.refuses = 0
        self.times = 0
        self._changed = asyncio.Condition()

    async def keep(self, updates: list[dict[str, Any]], next_cursor: str) -> None:
        self.times += 1
        if self.refuses:
            self.refuses -= 1
            raise ConnectionError("the store is down")
        async with self._changed:
            self.updates.update({update["update_id"]: update for update in updates})
            self.cursor = next_cursor
            self._changed.notify_all()

    async def wait_for(self, *update_ids: int) -> None:
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: self.updates.keys() >= set(update_ids))


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def poll(line: Line) -> TelegramPoll:
    return TelegramPoll(line.bot, first_pause=0.01)


@pytest.fixture
async def running(line: Line, poll: TelegramPoll, inbox: Inbox) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(poll.run("", inbox.keep))
    yield task
    poll.stop()
    await asyncio.wait({task}, timeout=10)
    assert task.done()


async def test_updates_are_kept_raw(line: Line, running: asyncio.Task[None], inbox: Inbox) -> None:
    said = line.fake.user_says(ANNA, "hello", something_new={"from": "the future"})
    await inbox.wait_for(said)
    assert inbox.updates[said]["message"]["something_new"] == {"from": "the future"}
    assert inbox.cursor == str(said + 1)


async def test_telegram_keeps_an_update_until_the_store_has_it(line: Line, poll: TelegramPoll, inbox: Inbox) -> None:
    said = line.fake.user_says(ANNA, "hello")
    pending: list[bool] = []

    async def keep(updates: list[dict[str, Any]], next_cursor: str) -> None:
        pending.append(said in line.fake.pending)
        await inbox.keep(updates, next_cursor)

    inbox.refuses = 3
    task = asyncio.create_task(poll.run("", keep))
    await inbox.wait_for(said)
    poll.stop()
    await task
    assert pending == [True] * 4


async def test_after_a_crash_before_confirming_nothing_is_lost(line: Line, inbox: Inbox) -> None:
    said = [line.fake.user_says(ANNA, str(number)) for number in range(150)]
    first = asyncio.create_task(TelegramPoll(line.bot).run("", inbox.keep))
    await inbox.wait_for(said[0])
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    poll = TelegramPoll(line.bot)
    second = asyncio.create_task(poll.run(inbox.cursor, inbox.keep))
    await inbox.wait_for(*said)
    poll.stop()
    await second


async def test_it_goes_on_after_every_passing_trouble(line: Line, running: asyncio.Task[None], inbox: Inbox) -> None:
    line.fake.fails_next("getUpdates", html_page(502), dropped(), broken_json(), html_page(504))
    said = line.fake.user_says(ANNA, "hello")
    await inbox.wait_for(said)
    assert not running.done()


async def test_a_flood_limit_is_waited_out(line: Line, inbox: Inbox) -> None:
    line.fake.fails_next("getUpdates", flooded(600))
    poll = TelegramPoll(line.bot)
    task = asyncio.create_task(poll.run("", inbox.keep))
    async with asyncio.timeout(10):
        while not line.fake.called("getUpdates"):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert line.fake.called("getUpdates") == 1
        poll.stop()
        await task


async def test_it_stops_in_the_middle_of_a_long_poll(line: Line, poll: TelegramPoll, inbox: Inbox) -> None:
    task = asyncio.create_task(poll.run("9", inbox.keep))
    async with asyncio.timeout(10):
        while not line.fake.called("getUpdates"):
            await asyncio.sleep(0.01)
        poll.stop()
        await task


async def test_it_stops_only_after_keeping_what_it_has(line: Line, poll: TelegramPoll) -> None:
    kept: list[str] = []
    keeping = asyncio.Event()

    async def keep(updates: list[dict[str, Any]], next_cursor: str) -> None:
        keeping.set()
        await asyncio.sleep(0.05)
        kept.append(next_cursor)

    task = asyncio.create_task(poll.run("", keep))
    async with asyncio.timeout(10):
        await keeping.wait()
        poll.stop()
        await task
    assert len(kept) == 1


async def test_a_queue_that_begins_anew_lower_is_followed(line: Line, inbox: Inbox) -> None:
    line.fake.next_update_id = 400
    poll = TelegramPoll(line.bot)
    line.fake._queue.clear()
    task = asyncio.create_task(poll.run("760546623", inbox.keep))
    said = line.fake.user_says(ANNA, "after a quiet week")
    await inbox.wait_for(said)
    assert inbox.cursor == "401"
    poll.stop()
    await task


async def test_a_foreign_webhook_is_left_standing(line: Line, poll: TelegramPoll, inbox: Inbox) -> None:
    line.fake.webhook.url = "https://shop.example/telegram"
    with pytest.raises(ForeignWebhook):
        await poll.run("", inbox.keep)
    assert line.fake.called("deleteWebhook") == line.fake.called("getUpdates") == 0


async def test_our_own_webhook_is_taken_down_and_its_updates_stay(line: Line, inbox: Inbox) -> None:
    said = line.fake.user_says(ANNA, "while the webhook stood")
    line.fake.webhook.url = "https://shop.example/telegram"
    poll = TelegramPoll(line.bot, own_webhook="https://shop.example/telegram")
    task = asyncio.create_task(poll.run("", inbox.keep))
    await inbox.wait_for(said)
    poll.stop()
    await task


async def test_a_webhook_set_later_is_named(line: Line, poll: TelegramPoll, inbox: Inbox) -> None:
    async def keep(updates: list[dict[str, Any]], next_cursor: str) -> None:
        line.fake.webhook.url = "https://shop.example/telegram"

    with pytest.raises(ForeignWebhook):
        await poll.run("", keep)


async def test_another_poller_is_named(line: Line, poll: TelegramPoll, inbox: Inbox) -> None:
    older = asyncio.create_task(poll.run("60000000", inbox.keep))
    line.fake._queue.clear()
    newer = TelegramPoll(line.bot)
    async with asyncio.timeout(10):
        while not line.fake.called("getUpdates"):
            await asyncio.sleep(0.01)
        task = asyncio.create_task(newer.run("60000000", inbox.keep))
        with pytest.raises(AnotherPoller):
            await older
        newer.stop()
        await task


async def test_a_token_that_telegram_refuses_is_named_without_showing_it(line: Line, inbox: Inbox) -> None:
    bot = open_bot(TOKEN[:-1] + "x", line.api_base)
    with pytest.raises(TokenRefused) as caught:
        await TelegramPoll(bot).run("", inbox.keep)
    assert TOKEN.partition(":")[2][:-1] not in str(caught.value)
    await close_bot(bot)


async def test_a_broken_log_line_never_holds_a_shoppers_words(
    line: Line, running: asyncio.Task[None], inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    inbox.refuses = 1
    said = line.fake.user_says(ANNA, "a private matter")
    await inbox.wait_for(said)
    assert "ConnectionError" in caplog.text
    assert "private" not in caplog.text
    assert "the store is down" not in caplog.text
