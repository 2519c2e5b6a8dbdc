"""What we wrote first and may be answered: opened once, read with the turn, the newest that fits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, select

from crm_store.answers.contexts import (
    LIFE,
    SURVEY_LIFE,
    NewContext,
    OpenContext,
    TouchContext,
    about_of,
    fitting,
    open_contexts,
)
from crm_store.database import Store
from crm_store.people.customers import Customer
from crm_store.people.identities import Address
from crm_store.planning.touches import Touch
from crm_store.talks.arrivals import Arrived
from crm_store.talks.conversations import Conversation
from crm_store.talks.inbox import Arrival, InboxState, Waiting
from tests.touching import Sent, send

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HERE = Address("webchat", "shop", "v1")


@pytest.fixture
async def here(store: Store) -> Sent:
    """Somebody we may write to."""
    async with store.transaction() as crm:
        customer = Customer(name="Emma Tan", joined_on=date(2024, 1, 1))
        crm.session.add(customer)
        await crm.session.flush()
        identity = await crm.identities.at(HERE, "", NOW)
        identity.customer_id = customer.id
        fresh = Conversation(identity_id=identity.id, channel="webchat", account="shop", language="en", opened_at=NOW)
        conversation = await crm.conversations.open(fresh)
        return Sent(customer.id, conversation.id, NOW, about={"coupon_code": "LEAF-1"})


async def arrived(store: Store, at: datetime) -> Waiting:
    """They write; what their turn reads."""
    arrival = Arrival("webchat", "shop", f"m{at.timestamp()}", "message", {}, {"text": "hi"}, InboxState.PENDING)
    async with store.transaction() as crm:
        kept = await crm.arrivals.arrive(HERE, arrival, False, at)
        assert isinstance(kept, Arrived)
    async with store.reading() as crm:
        return (await crm.inbox.waiting(kept.conversation_id, 0, 9))[-1]


@asynccontextmanager
async def counted(store: Store) -> AsyncIterator[list[str]]:
    said: list[str] = []

    def note(*told: object) -> None:
        said.append(str(told[2]))

    event.listen(store.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(store.engine.sync_engine, "before_cursor_execute", note)


async def test_contexts_come_with_the_turn_newest_first_and_cost_no_statement(store: Store, here: Sent) -> None:
    async with store.transaction() as crm:
        first = await send(crm, here)
        here.name, here.now = "Second", NOW + timedelta(hours=1)
        second = await send(crm, here)
    await arrived(store, NOW + timedelta(hours=2))
    async with store.reading() as crm:
        async with counted(store) as statements:
            (waiting,) = await crm.inbox.waiting(here.conversation_id, 0, 1)
        assert len(statements) == 1
    contexts = open_contexts(waiting.contexts)
    assert [each.occurrence_id for each in contexts] == [second.occurrence_id, first.occurrence_id]
    assert contexts[0].at == NOW + timedelta(hours=1)
    assert contexts[0].named("coupon_code") == "LEAF-1"


async def test_any_number_of_touches_is_opened_in_one_statement_and_each_once(store: Store, here: Sent) -> None:
    rows = [
        NewContext(here.conversation_id, place, here.customer_id, place, "care", {"points": "7"}) for place in range(40)
    ]
    async with store.transaction() as crm, counted(store) as statements:
        await crm.contexts.open(rows, NOW)
        await crm.contexts.open([], NOW)
        assert len(statements) == 1
        await crm.contexts.open(rows, NOW + timedelta(days=1))
        kept = (await crm.session.scalars(select(TouchContext))).all()
    assert len(kept) == 40
    assert {each.at for each in kept} == {NOW}


async def test_a_context_lapses_a_survey_sooner(store: Store, here: Sent) -> None:
    async with store.transaction() as crm:
        await send(crm, here)
        here.name, here.asks = "How was it", "score"
        await send(crm, here)
    assert len((await arrived(store, NOW + SURVEY_LIFE - timedelta(seconds=1))).contexts) == 2
    (left,) = (await arrived(store, NOW + SURVEY_LIFE)).contexts
    assert left["asks"] == ""
    assert (await arrived(store, NOW + LIFE)).contexts == []


async def test_the_first_answer_is_noted_with_the_touch_and_stays(store: Store, here: Sent) -> None:
    async with store.transaction() as crm:
        touch = await send(crm, here)
        context = await crm.contexts.newest(here.conversation_id, here.customer_id)
        assert context is not None
        await crm.contexts.answered(context.id, NOW + timedelta(minutes=1))
        await crm.contexts.answered(context.id, NOW + timedelta(minutes=9))
    async with store.transaction() as crm:
        kept = await crm.session.get_one(Touch, (touch.occurrence_id, touch.customer_id))
        again = await crm.contexts.get(context.id)
    assert kept.answered_at == NOW + timedelta(minutes=1)
    assert again is not None
    assert again.answered_at == kept.answered_at


def opened(number: int, about: dict[str, str], provider_id: str) -> OpenContext:
    return OpenContext(number, number, 1, number, "promotion", "", about, NOW, None, provider_id)


def test_of_two_the_newest_that_fits_and_a_quoted_one_before_all() -> None:
    points, coupon = opened(2, {"points": "90"}, "p2"), opened(1, {"coupon_code": "A1"}, "p1")
    contexts = (points, coupon)
    assert fitting(contexts) is points
    assert fitting(contexts, fits=lambda each: bool(each.named("coupon_code"))) is coupon
    assert fitting(contexts, quoted="p1") is coupon
    assert fitting(contexts, quoted="another message") is None


def test_only_what_can_be_asked_about_is_kept_of_a_message() -> None:
    assert about_of({"first_name": "Emma", "coupon_code": "A1", "points": ""}) == {"coupon_code": "A1"}
