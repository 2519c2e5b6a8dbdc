"""The contact receipt of one person: everything that passed between asking and stopping, newest first, page by page."""

from datetime import UTC, date, datetime, timedelta

import pytest

from crm_store.answers.surveys import GivenScore
from crm_store.database import Store
from crm_store.people.consent import Evidence, Purpose, Who
from crm_store.people.customers import Customer
from crm_store.people.identities import Address
from crm_store.people.opt_ins import OptIn
from crm_store.people.preferences import Told
from crm_store.people.proof import linked_by
from crm_store.planning.touches import Touch
from crm_store.privacy.receipt_words import in_words
from crm_store.privacy.receipts import ReceiptKind, ReceiptLine
from crm_store.records.page import CursorUnknown
from crm_store.talks.conversations import Conversation
from tests.touching import LEFT, Sent, occurrence_of, send

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
async def emma(store: Store) -> Sent:
    async with store.transaction() as crm:
        customer = Customer(name="Emma Tan", joined_on=date(2024, 1, 1))
        crm.session.add(customer)
        await crm.session.flush()
        identity = await crm.identities.at(Address("webchat", "shop", "v1"), "", NOW)
        await crm.identities.link(identity.id, customer.id, linked_by("deep_link", NOW))
        fresh = Conversation(identity_id=identity.id, channel="webchat", account="shop", language="en", opened_at=NOW)
        conversation = await crm.conversations.open(fresh)
        return Sent(customer.id, conversation.id, NOW, purpose=Purpose.SURVEY, asks="score")


async def lived(store: Store, emma: Sent) -> Touch:
    """A yes, a rule, a survey sent, seen and answered, another held back, one planned, and a stop."""
    async with store.transaction() as crm:
        touch = await send(crm, emma)
        await crm.session.execute(LEFT)
        touch.outbox_id = 1
        context = await crm.contexts.newest(emma.conversation_id, emma.customer_id)
        assert context is not None
        await crm.contexts.answered(context.id, NOW + HOUR)
        given = GivenScore(touch.occurrence_id, emma.customer_id, None, 2, {}, "2, late")
        await crm.surveys.keep(given, NOW + HOUR)
        for place, (state, reason) in enumerate((("suppressed", "open_case"), ("waiting", "hours"))):
            emma.name = f"Other {place}"
            other = await occurrence_of(crm, emma)
            crm.session.add(
                Touch(
                    occurrence_id=other.id,
                    customer_id=emma.customer_id,
                    state=state,
                    outcome="defer",
                    reason=reason,
                    channel="webchat",
                    due_at=NOW + 9 * HOUR,
                    expires_at=NOW + 99 * HOUR,
                    decided_at=NOW + (2 + place) * HOUR,
                    policy_version=0,
                )
            )
        told = Told("only in the morning", None, NOW - HOUR)
        await crm.preferences.put(Who(1, emma.customer_id), "hours", {"to": "12:00"}, told)
        crm.session.add(
            OptIn(
                customer_id=emma.customer_id,
                identity_id=1,
                channel="email",
                purpose="promotion",
                question="May we?",
                question_version="v1",
                answer="ok",
                asked_at=NOW - 2 * HOUR,
                expires_at=NOW,
            )
        )
        await crm.consent.stop(Who(1, emma.customer_id), Evidence("chat", answer="stop it"), NOW + 5 * HOUR)
        return touch


async def test_everything_is_told_newest_first_with_its_kind_and_its_reason(store: Store, emma: Sent) -> None:
    await lived(store, emma)
    async with store.reading() as crm:
        page = await crm.receipts.of(emma.customer_id)
    kinds = [line.kind.value for line in page.lines]
    assert kinds == ["stopped"] * 3 + ["planned", "held", "answered", "sent", "wished", "asked", "agreed"]
    assert page.next is None
    lines = {line.kind: line for line in page.lines}
    assert lines[ReceiptKind.STOPPED].detail["answer"] == "stop it"
    assert lines[ReceiptKind.HELD].detail["reason"] == "open_case"
    assert lines[ReceiptKind.PLANNED].detail["due_at"].startswith("2026-11-23T13:00")
    assert lines[ReceiptKind.ANSWERED].detail["score"] == 2
    assert lines[ReceiptKind.SENT].detail["text"] == emma.text
    assert lines[ReceiptKind.AGREED].detail["answer"] == "yes please"
    assert lines[ReceiptKind.ASKED].channel == "email"


async def test_what_was_shown_to_them_says_so_after_it_was_sent(store: Store, emma: Sent) -> None:
    async with store.transaction() as crm:
        touch = await send(crm, emma)
        await crm.session.execute(LEFT)
        touch.outbox_id = 1
        context = await crm.contexts.newest(emma.conversation_id, emma.customer_id)
        assert context is not None
        (await crm.interactions.get(context.interaction_id)).delivery = "delivered"
    async with store.reading() as crm:
        page = await crm.receipts.of(emma.customer_id)
    assert [line.kind.value for line in page.lines][:2] == ["read", "sent"]


async def test_pages_hold_every_line_once(store: Store, emma: Sent) -> None:
    await lived(store, emma)
    found: list[ReceiptLine] = []
    after: str | None = None
    async with store.reading() as crm:
        whole = (await crm.receipts.of(emma.customer_id)).lines
        while True:
            page = await crm.receipts.of(emma.customer_id, after, 3)
            found += page.lines
            after = page.next
            if after is None:
                break
    assert found == whole


async def test_somebody_elses_lines_are_not_in_it(store: Store, emma: Sent) -> None:
    await lived(store, emma)
    async with store.reading() as crm:
        assert (await crm.receipts.of(emma.customer_id + 1)).lines == []


@pytest.mark.parametrize("after", ["", "x", "2026-11-23~", "2026-11-23T04:00:00~k", "2026-11-23T04:00:00+00:00~\x00"])
async def test_a_page_begins_only_after_one_of_ours(store: Store, emma: Sent, after: str) -> None:
    async with store.reading() as crm:
        with pytest.raises(CursorUnknown):
            await crm.receipts.of(emma.customer_id, after)


@pytest.mark.parametrize("kind", list(ReceiptKind))
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_kind_of_line_has_words(kind: ReceiptKind, language: str) -> None:
    line = ReceiptLine(NOW, "k", kind, "promotion", "telegram", {"reason": "open_case"})
    said = in_words(line, language)
    assert said
    assert "{" not in said
    if kind is ReceiptKind.HELD:
        assert ("complaint" if language == "en" else "投诉") in said


async def test_one_may_ask_for_some_kinds_alone(store: Store, emma: Sent) -> None:
    await lived(store, emma)
    async with store.reading() as crm:
        page = await crm.receipts.of(emma.customer_id, kinds=[ReceiptKind.HELD, ReceiptKind.STOPPED])
        assert {line.kind for line in page.lines} <= {ReceiptKind.HELD, ReceiptKind.STOPPED}
        assert ReceiptKind.HELD in {line.kind for line in page.lines}
        first = await crm.receipts.of(emma.customer_id, limit=1, kinds=[ReceiptKind.HELD, ReceiptKind.ANSWERED])
        assert len(first.lines) == 1
        rest = await crm.receipts.of(emma.customer_id, first.next, kinds=[ReceiptKind.HELD, ReceiptKind.ANSWERED])
    assert {line.kind for line in [*first.lines, *rest.lines]} == {ReceiptKind.HELD, ReceiptKind.ANSWERED}
