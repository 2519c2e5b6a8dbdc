"""What is passed on when a conversation goes to a person, and what the shopper is told about who is there."""

import asyncio
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from crm_store.cases.events import ComplaintEvent, Happened
from crm_store.desk.handoffs import HandoffRecord
from crm_store.people.proof import proved_by_code
from crm_store.promises.calendars import CalendarForm
from crm_store.promises.escalations import Escalation
from crm_store.talks.conversations import Control
from scheduler.clock import Clock
from tests.conversation.conftest import START, Desk

FORM = "complaint_form"
STEPS: list[list[dict[str, Any]]] = [
    [{"event": "active_loop", "name": FORM}, {"event": "slot", "name": "requested_slot", "value": "complaint_story"}],
    [
        {"event": "active_loop", "name": FORM},
        {"event": "slot", "name": "complaint_story", "value": "the cup came broken"},
        {"event": "slot", "name": "requested_slot", "value": "complaint_order"},
    ],
    [
        {"event": "active_loop", "name": FORM},
        {"event": "slot", "name": "complaint_story", "value": "the cup came broken"},
        {"event": "slot", "name": "complaint_order", "value": "WM104233"},
        {"event": "slot", "name": "requested_slot", "value": "complaint_wish"},
    ],
]


async def handed(desk: Desk) -> HandoffRecord:
    async with desk.store.transaction() as crm:
        return (await crm.session.scalars(select(HandoffRecord))).one()


async def escalations(desk: Desk) -> list[tuple[str, int | None]]:
    async with desk.store.transaction() as crm:
        found = (await crm.session.scalars(select(Escalation).order_by(Escalation.id))).all()
    return [(each.cause, each.conversation_id) for each in found]


def facts(record: HandoffRecord) -> dict[str, tuple[str, str]]:
    return {fact["name"]: (fact["value"], fact["origin"]) for fact in record.facts}


async def in_form(desk: Desk, step: list[dict[str, Any]], language: str) -> None:
    """The bot is in the middle of its complaint form."""
    await desk.says("hello there you" if language == "en" else "你们好呀")
    await desk.replies(1)
    async with desk.store.transaction() as crm:
        await crm.conversations.remember(1, step, desk.now())


@pytest.mark.parametrize(("words", "language"), [("can I talk to a human", "en"), ("Agent", "en"), ("转人工", "zh")])
@pytest.mark.parametrize("step", STEPS, ids=["story", "order", "wish"])
async def test_asking_for_a_person_works_in_one_message_at_any_point_of_the_complaint_form(
    desk: Desk, step: list[dict[str, Any]], words: str, language: str
) -> None:
    """Acceptance check 4: Asking for a person works in one message, at any point of a form."""
    await desk.has_staff()
    await in_form(desk, step, language)
    await desk.says(words)
    assert (await desk.replies(2))[1] == desk.line("handed_over", language)
    conversation = await desk.control()
    assert (conversation.control, conversation.dialogue, conversation.awaiting) == (Control.WAITING, [], None)
    assert conversation.waiting_since == desk.now()
    told = facts(await handed(desk))
    answered = {each["name"]: each["value"] for each in step if each["event"] == "slot"}
    assert told.get("what_happened", ("", ""))[0] == answered.get("complaint_story", "")
    assert told.get("order_number", ("", ""))[0] == answered.get("complaint_order", "")
    assert len(desk.bot.asked) == 1


@pytest.mark.parametrize(("words", "language"), [("real person please, talk to a human", "en"), ("我要人工", "zh")])
@pytest.mark.parametrize("known", [False, True], ids=["asked for a contact", "asked for a code"])
async def test_asking_for_a_person_works_in_one_message_while_proof_is_asked_for(
    desk: Desk, known: bool, words: str, language: str
) -> None:
    """Acceptance check 4: Asking for a person works in one message, also in the middle of proof."""
    await desk.has_member()
    prove = {"careloop": "prove", "wanted": "/ask_points"}
    desk.bot.reply = lambda question: [{"text": None, "buttons": [], "custom": prove}]
    hello = "how many points do I have" if language == "en" else "我有多少积分"
    await desk.says(f"{hello} emma.tan@example.com" if known else hello)
    await desk.replies(1)
    assert (await desk.control()).awaiting is not None
    await desk.says(words)
    assert (await desk.replies(2))[1] == desk.line("all_away", language)
    conversation = await desk.control()
    assert (conversation.control, conversation.awaiting) == (Control.WAITING, None)


async def test_the_next_real_opening_is_named_over_a_holiday(desk: Desk) -> None:
    """Acceptance check 4: The answer names the next real opening when nobody is there."""
    split = {str(day): [["09:00", "12:00"], ["13:30", "18:00"]] for day in range(5)}
    holidays = [{"day": "2026-11-24", "name": "Founders' day"}]
    async with desk.store.transaction() as crm:
        await crm.calendars.save(CalendarForm("desk", "Asia/Singapore", split, holidays), START)
    await desk.says("转人工")  # noon: the desk has its lunch break
    opening = desk.line("opening", "zh", weekday="周一", day="23", month="11", time="13:30")
    assert await desk.replies(1) == [desk.line("parked", "zh", opening=opening)]
    desk.passed = timedelta(hours=1, minutes=30)
    await desk.says("转人工", visitor="v3")
    assert await desk.replies(1, visitor="v3") == [desk.line("all_away", "zh")]
    desk.passed = timedelta(hours=7)  # the evening; tomorrow is the holiday
    await desk.says("转人工", visitor="v4")
    opening = desk.line("opening", "zh", weekday="周三", day="25", month="11", time="09:00")
    assert await desk.replies(1, visitor="v4") == [desk.line("parked", "zh", opening=opening)]
    assert (await desk.control(3)).control == Control.PARKED


@pytest.mark.parametrize(("presence", "minutes"), [("away", 0), ("here", 3)])
async def test_a_colleague_is_promised_only_while_somebody_is_there(desk: Desk, presence: str, minutes: int) -> None:
    await desk.has_staff(presence=presence)
    desk.passed += timedelta(minutes=minutes)
    await desk.says("agent")
    assert await desk.replies(1) == [desk.line("all_away")]
    assert (await handed(desk)).promised == desk.line("all_away")


async def test_whoever_takes_over_finds_facts_with_their_origin_what_was_tried_and_what_was_promised(
    desk: Desk,
) -> None:
    await desk.has_staff()
    member = await desk.has_member()
    await desk.says("where is my order WM104299")
    await desk.replies(1)
    number = await desk.has_case()
    async with desk.store.transaction() as crm:
        await crm.identities.link(1, member, proved_by_code("webchat", desk.now()))
    await desk.says("agent")
    await desk.replies(2)
    record = await handed(desk)
    told = facts(record)
    assert (record.reason, record.promised) == ("asked", desk.line("handed_over"))
    assert told["name"] == ("Emma Tan", "records")
    assert told["tier"] == ("member", "records")
    assert told["complaint"] == (number, "records")
    assert told["proof_level"] == ("3", "records")
    assert told["proof_method"] == ("code", "records")
    assert told["proved_at"] == (desk.now().isoformat(), "records")
    assert {fact["value"] for fact in record.facts if fact["name"] == "order_number"} >= {"WM104299"}
    assert [(each["said"], each["intent"], each["confidence"], each["answered"]) for each in record.tried] == [
        ("where is my order WM104299", "ask_points", 0.9, "bot: where is my order WM104299")
    ]


async def test_a_case_learns_that_its_shopper_asked_and_a_thanks_is_no_question(desk: Desk) -> None:
    await desk.says("my cup came broken")
    await desk.replies(1)
    await desk.has_case()
    await desk.says("agent")
    await desk.replies(2)
    await desk.says("ok, thank you!")
    await desk.says("when will you answer?")
    async with asyncio.timeout(20):
        while await asked_by(desk) != ["agent", "when will you answer?"]:
            await asyncio.sleep(0.05)
    async with desk.store.transaction() as crm:
        [case] = await crm.complaints.of(1, None)
    assert case.waits_for == "us"


async def asked_by(desk: Desk) -> list[str]:
    """The messages that made the case's shopper wait for us, in order."""
    async with desk.store.transaction() as crm:
        asked = await crm.session.scalars(
            select(ComplaintEvent.interaction_id).filter_by(kind=Happened.ASKED).order_by(ComplaintEvent.id)
        )
        return [(await crm.interactions.get(each)).text for each in asked.all() if each is not None]


async def test_a_person_is_called_once_for_each_hand_over_with_the_reason_of_it(desk: Desk) -> None:
    desk.bot.reply = lambda question: [
        {"text": None, "buttons": [], "custom": {"careloop": "hand_over", "reason": "bot_failed"}}
    ]
    await desk.says("blah blah blah")
    await desk.replies(1)
    assert await escalations(desk) == [("bot_failed", 1)]
    await desk.presses(desk.line("back_to_bot"))
    await desk.replies(2)
    await desk.says("agent")
    await desk.replies(3)
    assert await escalations(desk) == [("bot_failed", 1), ("asked", 1)]
    async with desk.store.transaction() as crm:
        first, second = (await crm.session.scalars(select(Escalation).order_by(Escalation.id))).all()
        records = await crm.handoffs.of(1)
    assert (first.closed_at is not None, second.closed_at) == (True, None)
    assert [(each.reason, each.return_why) for each in records] == [("asked", ""), ("bot_failed", "shopper")]


async def test_nobody_is_woken_at_night_and_a_person_is_called_once_when_the_desk_opens(desk: Desk) -> None:
    clock = Clock(desk.store, ZoneInfo("Asia/Singapore"), timedelta(days=30), desk.now)
    desk.passed = timedelta(hours=10)
    await desk.says("转人工")
    await desk.replies(1)
    await clock.open_the_desk()
    assert await escalations(desk) == []
    desk.passed = timedelta(hours=21)
    await asyncio.gather(*(clock.open_the_desk() for _ in range(3)))
    assert await escalations(desk) == [("asked", 1)]
    conversation = await desk.control()
    assert (conversation.control, conversation.waiting_since) == (Control.WAITING, START + timedelta(hours=10))


async def test_what_is_severe_waits_for_no_opening(desk: Desk) -> None:
    wish = {"careloop": "hand_over", "reason": "safety"}
    desk.bot.reply = lambda question: [{"text": "Noted.", "buttons": [], "custom": wish}]
    desk.passed = timedelta(hours=10)
    await desk.says("it burned my hand")
    await desk.replies(2)
    assert await escalations(desk) == [("severe", 1)]
