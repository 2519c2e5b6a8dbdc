import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from crm_store.cases.complaints import Complaint, ComplaintConversation
from crm_store.cases.events import By, Happened
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.people.consent import Who
from crm_store.people.preferences import Told
from crm_store.remedies.follow_ups import FollowUp
from crm_store.remedies.granting import RemedyKind
from crm_store.remedies.remedies import Proposal
from crm_store.sentences import Sentences, read_sentences
from crm_store.shop.products import Product
from crm_store.talks.conversations import Change, Control, Conversation
from crm_store.talks.interactions import Interaction
from crm_store.talks.outbox import OutboxMessage
from scheduler.follow_ups import FollowUpRounds
from tests.conftest import ROOT
from tests.mending import NOW, Case, MendingShop

TOMORROW = NOW + timedelta(hours=21)


@pytest.fixture
async def shop(store: Store) -> MendingShop:
    return await MendingShop(store).open()


@pytest.fixture
def sentences() -> Sentences:
    return read_sentences(ROOT / "scheduler" / "sentences.yml", {"en": "Willowmere", "zh": "柳岸百货"})


class Rounds:
    """Rounds at a time the test chooses."""

    def __init__(self, shop: MendingShop, sentences: Sentences) -> None:
        self.shop = shop
        self.at = NOW
        self.rounds = FollowUpRounds(shop.store, sentences, lambda: self.at)

    async def go(self, at: datetime) -> None:
        self.at = at
        await self.rounds.round()

    async def all[T](self, table: type[T]) -> list[T]:
        async with self.shop.store.transaction() as crm:
            return list((await crm.session.scalars(select(table).order_by("id"))).all())


@pytest.fixture
def rounds(shop: MendingShop, sentences: Sentences) -> Rounds:
    return Rounds(shop, sentences)


async def talk(crm: Crm, case: Case) -> Conversation:
    return await crm.conversations.get(case.conversation_id)


async def test_a_done_case_is_asked_about_once_the_next_day_in_its_language(
    shop: MendingShop, rounds: Rounds, sentences: Sentences
) -> None:
    case = await shop.done_case(language="zh")
    async with shop.store.transaction() as crm:
        await crm.follow_ups.plan(case.id, NOW)
    await rounds.go(NOW + timedelta(hours=1))
    assert await rounds.all(OutboxMessage) == []
    await rounds.go(TOMORROW)
    await rounds.go(TOMORROW + timedelta(hours=1))
    (message,) = await rounds.all(OutboxMessage)
    assert (message.purpose, message.author, message.lane) == ("service", "house", "webchat:shop")
    assert message.body["text"] == sentences.say("follow_up_question", "zh", number=case.number)
    assert all("payload" not in choice for choice in message.body["choices"])
    (said,) = await rounds.all(Interaction)
    (question,) = await rounds.all(FollowUp)
    assert (question.asked_at, question.interaction_id) == (TOMORROW, said.id)
    async with shop.store.transaction() as crm:
        conversation = await talk(crm, case)
        events = await crm.complaint_events.of([case.id])
    assert conversation.awaiting is not None
    assert (conversation.awaiting["for"], conversation.awaiting["id"]) == ("follow_up", question.id)
    assert [choice["payload"] for choice in conversation.offered[0]] == [
        f"careloop:follow_up:{question.id}:{answer}" for answer in ("yes", "no")
    ]
    assert [(event.kind, event.detail["step"]) for event in events] == [(Happened.FOLLOW_UP, "asked")]


async def test_the_question_names_what_the_case_was_about(shop: MendingShop, rounds: Rounds) -> None:
    kettle = Product(
        sku="KT-1",
        name={"en": "Ash kettle", "zh": "灰釉水壶"},
        category={"en": "Kitchen", "zh": "厨房"},
        brand="Ash",
        description={"en": "A kettle.", "zh": "水壶。"},
        price_cents=4900,
        stock=3,
        search="kettle",
    )
    async with shop.store.transaction() as crm:
        await crm.products.add([kettle])
    of_product = await shop.done_case(product_sku="KT-1", order_number="WM104233", language="zh")
    of_order = await shop.done_case(order_number="WM104233")
    no_longer_theirs = await shop.done_case(order_number="WM104234")
    async with shop.store.transaction() as crm:
        identity = await crm.identities.get((await talk(crm, no_longer_theirs)).identity_id)
        identity.customer_id = None
    await rounds.go(NOW)
    await rounds.go(TOMORROW)
    asked = {message.conversation_id: message.body["text"] for message in await rounds.all(OutboxMessage)}
    assert asked[of_product.conversation_id].startswith(f"想跟您确认一下关于灰釉水壶的投诉 {of_product.number}：")
    assert "about your order WM104233 (your complaint" in asked[of_order.conversation_id]
    assert "WM104234" not in asked[no_longer_theirs.conversation_id]


async def test_a_done_case_nobody_planned_for_is_planned_by_the_clock(shop: MendingShop, rounds: Rounds) -> None:
    await shop.done_case()
    await rounds.go(NOW)
    (question,) = await rounds.all(FollowUp)
    assert (question.due_at - NOW, question.ordinal) == (timedelta(hours=21), 1)  # nine o'clock, not eight


async def test_nothing_is_asked_before_the_remedy_has_arrived(shop: MendingShop, rounds: Rounds) -> None:
    case, handler = await shop.case(), await shop.staff()
    async with shop.store.transaction() as crm:
        remedy = await crm.remedies.propose(Proposal(case.id, RemedyKind.REFUND, 900, "leaks"), handler, NOW)
    async with shop.store.transaction() as crm:
        await crm.session.execute(update(Complaint).values(state="done", done_at=NOW))
        await crm.follow_ups.plan(case.id, NOW)
    await rounds.go(TOMORROW + timedelta(days=2))
    assert await rounds.all(FollowUp) == []
    async with shop.store.transaction() as crm:
        await crm.remedies.arrived(remedy.id, By("api:bank"), NOW + timedelta(days=5))
    (question,) = await rounds.all(FollowUp)
    assert question.due_at == NOW + timedelta(days=5, hours=21)


async def test_the_shoppers_hours_are_kept_even_when_the_clock_stood_still(shop: MendingShop, rounds: Rounds) -> None:
    case = await shop.done_case()
    async with shop.store.transaction() as crm:
        who = Who((await talk(crm, case)).identity_id, case.customer_id)
        await crm.preferences.put(who, "hours", {"from": "18:00", "to": "19:00"}, Told("after six", None, NOW))
    await rounds.go(NOW)
    await rounds.go(NOW + timedelta(days=2))  # noon: it was due yesterday at six
    assert await rounds.all(OutboxMessage) == []
    await rounds.go(NOW + timedelta(days=2, hours=6))
    assert len(await rounds.all(OutboxMessage)) == 1


async def test_while_a_person_holds_the_conversation_nothing_is_asked(shop: MendingShop, rounds: Rounds) -> None:
    case = await shop.done_case()
    await rounds.go(NOW)
    async with shop.store.transaction() as crm:
        await crm.conversations.hand(await talk(crm, case), Change(Control.PERSON, "staff:1", "taken"), NOW)
    await rounds.go(TOMORROW)
    assert await rounds.all(OutboxMessage) == []
    async with shop.store.transaction() as crm:
        await crm.conversations.hand(await talk(crm, case), Change(Control.BOT, "staff:1", "done"), TOMORROW)
    await rounds.go(TOMORROW + timedelta(hours=1))
    assert len(await rounds.all(OutboxMessage)) == 1


async def test_two_schedulers_at_once_ask_each_case_once(
    shop: MendingShop, rounds: Rounds, sentences: Sentences
) -> None:
    cases = [await shop.done_case() for _ in range(12)]
    await rounds.go(NOW)
    others = [Rounds(shop, sentences) for _ in range(3)]
    await asyncio.gather(*(each.go(TOMORROW) for each in others))
    asked = [message.conversation_id or 0 for message in await rounds.all(OutboxMessage)]
    assert sorted(asked) == sorted(case.conversation_id for case in cases)


async def stopped_before_the_commit(shop: MendingShop, rounds: Rounds) -> None:
    with suppress(ConnectionAbortedError):
        async with shop.store.transaction() as crm:
            assert await rounds.rounds._ask(crm) == 1
            raise ConnectionAbortedError


async def test_a_crash_between_question_and_commit_asks_again(shop: MendingShop, rounds: Rounds) -> None:
    await shop.done_case()
    await rounds.go(NOW)
    rounds.at = TOMORROW
    await stopped_before_the_commit(shop, rounds)
    assert await rounds.all(OutboxMessage) == []
    await rounds.go(TOMORROW)
    assert len(await rounds.all(OutboxMessage)) == 1


async def test_two_cases_of_one_shopper_are_not_asked_about_in_one_breath(shop: MendingShop, rounds: Rounds) -> None:
    first, second = await shop.done_case(), await shop.done_case()
    async with shop.store.transaction() as crm:
        await crm.session.execute(
            update(Conversation).where(Conversation.id == second.conversation_id).values(control="closed")
        )
    async with shop.store.transaction() as crm:
        await crm.session.execute(
            update(ComplaintConversation)
            .where(ComplaintConversation.complaint_id == second.id)
            .values(conversation_id=first.conversation_id)
        )
    await rounds.go(NOW)
    await rounds.go(TOMORROW)
    assert len(await rounds.all(OutboxMessage)) == 1
    await rounds.go(TOMORROW + timedelta(days=1))
    assert len(await rounds.all(OutboxMessage)) == 2


async def test_unanswered_for_seven_days_the_clock_closes_the_case_and_says_so(
    shop: MendingShop, rounds: Rounds
) -> None:
    case = await shop.done_case()
    await rounds.go(NOW)
    await rounds.go(TOMORROW)
    await rounds.go(TOMORROW + timedelta(days=6))
    async with shop.store.transaction() as crm:
        assert (await crm.session.get_one(Complaint, case.id)).state == "done"
    await rounds.go(TOMORROW + timedelta(days=7))
    async with shop.store.transaction() as crm:
        complaint = await crm.session.get_one(Complaint, case.id)
        events = await crm.complaint_events.of([case.id])
    assert (complaint.state, complaint.closed_at) == ("closed", TOMORROW + timedelta(days=7))
    lapsed = [event for event in events if event.detail.get("step") == "lapsed"]
    assert [(event.by, event.detail["why"]) for event in lapsed] == [("clock", "no_answer")]


async def test_nobody_can_be_reached_and_the_case_is_closed_in_the_end(shop: MendingShop, rounds: Rounds) -> None:
    case = await shop.done_case(reachability="blocked")
    for day in range(10):
        await rounds.go(NOW + timedelta(days=day))
    assert await rounds.all(OutboxMessage) == []
    async with shop.store.transaction() as crm:
        assert (await crm.session.get_one(Complaint, case.id)).state == "closed"


async def test_a_reopened_case_is_not_asked_about_the_first_resolution(shop: MendingShop, rounds: Rounds) -> None:
    case = await shop.done_case()
    await rounds.go(NOW)
    async with shop.store.transaction() as crm:
        await crm.handling.reopen(case.id, By("shopper"), NOW + timedelta(hours=2))
    await rounds.go(TOMORROW)
    assert await rounds.all(OutboxMessage) == []
    async with shop.store.transaction() as crm:
        await crm.handling.move(case.id, "done", By("staff"), TOMORROW)
    await rounds.go(TOMORROW)
    await rounds.go(TOMORROW + timedelta(days=1))
    assert len(await rounds.all(OutboxMessage)) == 1
    assert [question.ordinal for question in await rounds.all(FollowUp)] == [1, 2]
