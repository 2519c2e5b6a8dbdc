import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from bot.channels.base import Result, SendResult
from crm_store.talks.lanes import lane_number
from crm_store.talks.outbox import Attempt, OutboxMessage, OutState
from tests.conversation.conftest import Desk

LANE = "mail:desk"


async def write(desk: Desk, *letters: tuple[str, str]) -> None:
    async with desk.store.transaction() as crm:
        for address, text in letters:
            crm.outbox.queue(
                OutboxMessage(
                    lane=LANE,
                    address=address,
                    purpose="reply",
                    author="bot",
                    priority=0,
                    body={"text": text},
                    queued_at=desk.now(),
                )
            )
        crm.nudge("outbox", lane_number(LANE))


async def until(desk: Desk, state: OutState, count: int) -> None:
    async with asyncio.timeout(40):
        while True:
            async with desk.store.reading() as crm:
                query = select(func.count()).where(OutboxMessage.lane == LANE, OutboxMessage.state == state)
                if await crm.session.scalar(query) == count:
                    return
            await asyncio.sleep(0.05)


async def unknown_attempts(desk: Desk) -> int:
    async with desk.store.reading() as crm:
        found = await crm.session.scalar(select(func.count()).where(Attempt.result == Result.UNKNOWN))
    return found or 0


async def test_one_that_has_to_wait_holds_back_those_after_it_and_nobody_else(desk: Desk) -> None:
    desk.mail.answer_next(SendResult(Result.RETRY_AT, retry_after=30))
    await write(desk, ("a@example.com", "one"), ("a@example.com", "two"), ("b@example.com", "other"))
    await until(desk, OutState.SENT, 1)
    await write(desk, ("a@example.com", "three"))
    await asyncio.sleep(1.5)
    assert desk.mail.texts_to("a@example.com") == []
    assert desk.mail.texts_to("b@example.com") == ["other"]
    desk.passed = timedelta(seconds=60)
    await until(desk, OutState.SENT, 4)
    assert desk.mail.texts_to("a@example.com") == ["one", "two", "three"]


async def test_a_provider_that_asks_the_account_to_wait_is_not_asked_again_in_the_same_breath(desk: Desk) -> None:
    desk.mail.answer_next(SendResult(Result.RETRY_AT, retry_after=30, whole_account=True))
    await write(desk, *((f"{number}@example.com", "hello") for number in range(5)))
    await asyncio.sleep(1.5)
    before = len(desk.mail.sent)
    assert before < 5
    desk.passed = timedelta(seconds=60)
    await until(desk, OutState.SENT, 5)
    assert len(desk.mail.sent) == 5


async def test_a_channel_that_breaks_its_promise_stops_no_other_lane(desk: Desk) -> None:
    nothing: Any = None  # what no channel may answer
    desk.mail.answer_next(nothing)
    await write(desk, ("a@example.com", "one"))
    await desk.says("hello out there")
    assert await desk.replies(1) == ["bot: hello out there"]
    while await unknown_attempts(desk) == 0:
        await asyncio.sleep(0.05)
    desk.passed = timedelta(seconds=60)
    await until(desk, OutState.SENT, 1)
