"""A held conversation in which nothing happens: back to the bot when nothing is owed, else into the queue."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from crm_store.holding.silence import Fate, Silence, fate_of
from crm_store.promises.escalations import Escalation
from crm_store.sentences import Sentences, read_sentences
from crm_store.staff.members import StaffMember
from crm_store.talks.conversations import Control, ConversationEvent
from scheduler.handback import HandBack
from tests.conftest import ROOT
from tests.conversation.conftest import SHOP, START, Desk

A_DAY = timedelta(hours=24)


def words() -> Sentences:
    return read_sentences(ROOT / "scheduler" / "sentences.yml", SHOP)


async def look(desk: Desk, times: int = 3) -> None:
    """Several schedulers at the same moment."""
    await asyncio.gather(*(HandBack(desk.store, words(), A_DAY, desk.now).look() for _ in range(times)))


async def held(desk: Desk) -> int:
    lin = await desk.has_staff()
    await desk.says("my cup came broken")
    await desk.replies(1)
    await desk.takes(lin)
    await desk.replies(2)
    return lin


async def seen(desk: Desk, staff_id: int) -> None:
    async with desk.store.transaction() as crm:
        await crm.session.execute(update(StaffMember).where(StaffMember.id == staff_id).values(seen_at=desk.now()))


async def test_after_a_day_of_silence_with_nothing_owed_the_bot_is_back_once_and_says_so(desk: Desk) -> None:
    lin = await held(desk)
    await desk.answers(lin, "A new cup is on its way.", undo_seconds=0)
    await desk.replies(3)
    desk.passed += A_DAY - timedelta(minutes=1)
    await look(desk)
    assert (await desk.control()).control == Control.PERSON
    desk.passed += timedelta(minutes=2)
    await look(desk)
    assert (await desk.replies(4))[3:] == [words().say("back_after_silence", "en")]
    conversation = await desk.control()
    assert (conversation.control, conversation.holder_id) == (Control.BOT, None)
    async with desk.store.transaction() as crm:
        returns = await crm.session.scalar(
            select(func.count()).select_from(ConversationEvent).where(ConversationEvent.reason == Fate.RETURNED)
        )
        [record] = await crm.handoffs.of(1)
    assert (returns, record.return_why) == (1, "silence")
    await desk.says("thank you, it is here")
    assert (await desk.replies(5))[4] == "bot: thank you, it is here"
    assert desk.bot.asked[-1]["state"] == []


async def test_a_shopper_who_was_not_answered_is_never_sent_back_to_the_bot(desk: Desk) -> None:
    lin = await held(desk)
    desk.passed += 3 * A_DAY
    await seen(desk, lin)
    await look(desk)
    assert (await desk.control()).control == Control.PERSON


async def test_a_shopper_who_waits_for_somebody_gone_is_put_into_the_queue_and_a_person_called_once(desk: Desk) -> None:
    lin = await held(desk)
    asked_at = START
    desk.passed += timedelta(minutes=14)
    await look(desk)
    assert (await desk.control()).holder_id == lin
    desk.passed += timedelta(minutes=2)
    await look(desk)
    conversation = await desk.control()
    assert (conversation.control, conversation.holder_id) == (Control.WAITING, None)
    assert conversation.waiting_since == asked_at
    async with desk.store.transaction() as crm:
        raised = (await crm.session.scalars(select(Escalation).where(Escalation.closed_at.is_(None)))).all()
    assert [(each.cause, each.conversation_id) for each in raised] == [("asked", 1)]


def silence(author: str, text: str, unseen_minutes: int | None) -> Silence:
    seen_at = None if unseen_minutes is None else START - timedelta(minutes=unseen_minutes)
    return Silence(1, 1, START, seen_at, author, text, START - timedelta(hours=30))


@pytest.mark.parametrize(
    ("author", "text", "unseen", "fate"),
    [
        ("staff", "It is on its way.", 0, Fate.RETURNED),
        ("staff", "It is on its way.", None, Fate.RETURNED),
        ("shopper", "好的，谢谢", 0, Fate.RETURNED),
        ("shopper", "Where is it?", 0, None),
        ("shopper", "Where is it?", 15, Fate.RELEASED),
        ("shopper", "Where is it?", None, Fate.RELEASED),
    ],
)
def test_whose_word_was_the_last_decides(author: str, text: str, unseen: int | None, fate: Fate | None) -> None:
    assert fate_of(silence(author, text, unseen), A_DAY, START) is fate
