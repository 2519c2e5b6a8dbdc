"""The loop is closed by the shopper: what follows the question whether it is put right."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from crm_store.cases.complaints import Complaint, ComplaintConversation
from crm_store.cases.events import By
from crm_store.remedies.follow_ups import FollowUp
from crm_store.sentences import read_sentences
from crm_store.staff.members import StaffMember
from crm_store.talks.conversations import Change, Control
from scheduler.follow_ups import FollowUpRounds
from tests.conftest import ROOT
from tests.conversation.conftest import SHOP, START, Desk

QUESTIONS = read_sentences(ROOT / "scheduler" / "sentences.yml", SHOP)


@dataclass
class Asked:
    """A shopper who has been asked, and the case it is about."""

    desk: Desk
    conversation_id: int
    complaint_id: int
    handler: int
    number: str = "C10001"

    async def ask(self, after: timedelta = timedelta(days=1, hours=6)) -> None:
        self.desk.passed += after
        await FollowUpRounds(self.desk.store, QUESTIONS, self.desk.now).round()

    async def case(self) -> Complaint:
        async with self.desk.store.transaction() as crm:
            return await crm.session.get_one(Complaint, self.complaint_id)

    async def questions(self) -> list[FollowUp]:
        async with self.desk.store.transaction() as crm:
            return await crm.follow_ups.of(self.complaint_id)

    async def steps(self) -> list[str]:
        async with self.desk.store.transaction() as crm:
            return [event.kind for event in await crm.complaint_events.of([self.complaint_id])]


@pytest.fixture
async def asked(desk: Desk) -> Asked:
    kept = await desk.says("hello to everyone")
    await desk.replies(1)
    async with desk.store.transaction() as crm:
        handler = StaffMember(login="h@shop.example", name="Hana", password_hash="!", role="handler", made_at=START)
        crm.session.add(handler)
        await crm.session.flush()
        conversation = await crm.conversations.get(kept.conversation_id)
        case = Complaint(
            number="C10001",
            identity_id=conversation.identity_id,
            category="damaged",
            what_happened="The kettle leaks.",
            language="en",
            state="done",
            assignee_id=handler.id,
            opened_at=START,
            changed_at=START,
            done_at=START,
        )
        crm.session.add(case)
        await crm.session.flush()
        crm.session.add(ComplaintConversation(complaint_id=case.id, conversation_id=conversation.id))
        await crm.follow_ups.plan(case.id, START)
    shopper = Asked(desk, conversation.id, case.id, handler.id)
    await shopper.ask()
    assert (await desk.replies(2))[1] == QUESTIONS.say("follow_up_question", "en", number="C10001")
    return shopper


async def test_yes_confirms_closes_and_asks_for_one_score(desk: Desk, asked: Asked) -> None:
    await desk.presses("Yes, thank you")
    assert (await desk.replies(3))[2] == desk.line("follow_up_confirmed", number="C10001")
    assert (await asked.case()).state == "closed"
    await desk.presses("4 ★")
    assert (await desk.replies(4))[3] == desk.line("follow_up_scored")
    (question,) = await asked.questions()
    assert (question.answer, question.score) == ("yes", 4)
    assert [question["text"] for question in desk.bot.asked] == ["hello to everyone"]


@pytest.mark.parametrize(("words", "score"), [("thanks!", "5"), ("收到了", "五星")])
async def test_thanks_is_a_yes_and_a_number_a_score(desk: Desk, asked: Asked, words: str, score: str) -> None:
    await desk.says(words)
    await desk.replies(3)
    await desk.says(score)
    await desk.replies(4)
    (question,) = await asked.questions()
    assert (question.answer, question.words, question.score) == ("yes", words, 5)
    assert (await asked.case()).state == "closed"


@pytest.mark.parametrize("words", ["no, it still leaks", "还没收到", "没收到", "Not really."])
async def test_a_no_in_any_wording_reopens_with_the_same_colleague_and_keeps_the_words(
    desk: Desk, asked: Asked, words: str
) -> None:
    await desk.says(words)
    await desk.replies(3)
    case, (question,) = await asked.case(), await asked.questions()
    assert (case.state, case.urgent, case.reopened, case.assignee_id) == ("investigating", True, 1, asked.handler)
    assert (case.done_at, case.closed_at) == (None, None)
    assert (question.answer, question.words) == ("no", words)
    assert "reopened" in await asked.steps()
    assert "C10001" in (await desk.replies(3))[2]


async def test_who_reopens_is_told_that_the_same_colleague_has_it(desk: Desk, asked: Asked) -> None:
    await desk.presses("No, not yet")
    assert (await desk.replies(3))[2] == desk.line("follow_up_reopened", number="C10001")


async def test_something_else_goes_to_the_bot_and_the_button_still_holds(desk: Desk, asked: Asked) -> None:
    await desk.says("what are your opening hours?")
    assert (await desk.replies(3))[2] == "bot: what are your opening hours?"
    await desk.presses("Yes, thank you")
    await desk.replies(4)
    assert (await asked.case()).state == "closed"


async def test_a_yes_to_something_the_bot_has_said_since_is_the_bots(desk: Desk, asked: Asked) -> None:
    await desk.says("do you have kettles?")
    await desk.replies(3)
    await desk.says("yes please")
    assert (await desk.replies(4))[3] == "bot: yes please"
    assert (await asked.case()).state == "done"


async def test_pressed_twice_it_is_answered_once(desk: Desk, asked: Asked) -> None:
    await desk.presses("No, not yet")
    await desk.replies(3)
    await desk.presses("Yes, thank you")
    assert (await desk.replies(4))[3] == desk.line("follow_up_noted")
    assert ((await asked.case()).state, (await asked.questions())[0].answer) == ("investigating", "no")


async def test_the_second_resolution_is_asked_about_anew(desk: Desk, asked: Asked) -> None:
    await desk.presses("No, not yet")
    await desk.replies(3)
    async with desk.store.transaction() as crm:
        await crm.handling.move(asked.complaint_id, "done", By("staff", asked.handler), desk.now())
    await asked.ask(timedelta(minutes=5))
    await asked.ask(timedelta(hours=23))
    assert len(await desk.replies(4)) == 4
    await desk.says("yes, thank you very much")
    await desk.replies(5)
    assert [question.answer for question in await asked.questions()] == ["no", "yes"]
    assert (await asked.case()).state == "closed"


async def test_a_no_after_the_clock_has_closed_the_case_still_reopens_it(desk: Desk, asked: Asked) -> None:
    await asked.ask(timedelta(days=8))
    assert (await asked.case()).state == "closed"
    await desk.says("no it still leaks badly")  # words are no answer after seven days
    await desk.replies(3)
    assert (await asked.case()).state == "closed"
    await desk.presses("No, not yet")
    await desk.replies(4)
    assert (await asked.case()).state == "investigating"


async def test_while_a_person_holds_the_conversation_the_answer_is_kept_in_silence(desk: Desk, asked: Asked) -> None:
    async with desk.store.transaction() as crm:
        conversation = await crm.conversations.get(asked.conversation_id)
        await crm.conversations.hand(conversation, Change(Control.PERSON, "staff:1", "taken"), desk.now())
    await desk.presses("No, not yet")
    async with desk.store.transaction() as crm:
        answered = select(FollowUp.id).where(FollowUp.answer == "no")
    for _ in range(400):
        async with desk.store.transaction() as crm:
            if await crm.session.scalar(answered):
                break
    assert (await asked.case()).state == "investigating"
    assert len(await desk.replies(2)) == 2
