"""Why somebody got a message, or did not: the stored decision with its grounds, and the one of this moment."""

from datetime import UTC, date, datetime, timedelta

import pytest

from crm_store.database import Store
from crm_store.decision.decision import Outcome, Reason
from crm_store.people.consent import ANY_CHANNEL, Evidence, Purpose, Who
from crm_store.people.customers import Customer
from crm_store.people.identities import Address
from crm_store.people.preferences import Told
from crm_store.people.proof import linked_by
from crm_store.planning.touches import Touch
from crm_store.planning.why import Frequency
from crm_store.talks.conversations import Conversation
from tests.touching import Sent, occurrence_of, send, trace

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PLAN = {"channels": ["webchat"], "occasion": "birthday"}


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
        return Sent(customer.id, conversation.id, NOW, plan=PLAN)


async def test_what_was_sent_is_explained_by_its_own_decision_and_permission(store: Store, emma: Sent) -> None:
    async with store.transaction() as crm:
        touch = await send(crm, emma)
    async with store.transaction() as crm:
        why = await crm.whys.of(touch.occurrence_id, emma.customer_id, NOW)
        assert why is not None
        assert (why.campaign.name, why.plan.occasion, why.outcome, why.reason) == (
            "Leaf week",
            "birthday",
            "send",
            "allowed",
        )
        assert why.steps == [{"gate": "no_consent", "passed": True, "detail": "promotion"}]
        assert why.consent is not None
        assert (why.consent.answer, why.consent.at) == ("yes please", NOW - timedelta(days=30))
        assert why.live is None


async def test_a_permission_withdrawn_since_then_does_not_change_what_it_rested_on(store: Store, emma: Sent) -> None:
    async with store.transaction() as crm:
        touch = await send(crm, emma)
        await crm.consent.stop(Who(None, emma.customer_id), Evidence("chat", answer="stop"), NOW)
    async with store.transaction() as crm:
        why = await crm.whys.of(touch.occurrence_id, emma.customer_id, NOW, live=True)
        assert why is not None
        assert why.consent is not None
        assert why.consent.granted
        assert why.live is not None
        assert why.live.outcome is Outcome.SUPPRESS


async def test_what_failed_for_want_of_a_yes_shows_the_no_and_its_words(store: Store, emma: Sent) -> None:
    async with store.transaction() as crm:
        touch = await send(crm, emma)
        touch.consent_id, touch.state, touch.outcome, touch.reason = None, "suppressed", "suppress", Reason.NO_CONSENT
    here, asked = Who(None, emma.customer_id), (touch.occurrence_id, emma.customer_id, NOW)
    async with store.transaction() as crm:
        why = await crm.whys.of(*asked)
        assert why is not None
        assert why.consent is None
        no = [(Purpose.PROMOTION, ANY_CHANNEL, False)]
        await crm.consent.record(here, no, Evidence("chat", answer="no more promotions"), NOW)
        await crm.consent.record(here, no, Evidence("chat", answer="I said no"), NOW + timedelta(days=1))
    async with store.transaction() as crm:
        why = await crm.whys.of(*asked)
    assert why is not None
    assert why.consent is not None
    assert (why.consent.granted, why.consent.answer) == (False, "no more promotions")


async def test_the_count_is_of_the_time_it_was_sent_by_the_rules_of_that_time(store: Store, emma: Sent) -> None:
    async with store.transaction() as crm:
        for place in range(3):
            emma.name, emma.now = f"Campaign {place}", NOW + timedelta(days=2 * place)
            touch = await send(crm, emma)
        middle = Told("one a month", None, NOW + timedelta(days=5))
        await crm.preferences.put(Who(None, emma.customer_id), "at_most", {"count": 1, "per": "month"}, middle)
    async with store.transaction() as crm:
        why = await crm.whys.of(touch.occurrence_id, emma.customer_id, NOW + timedelta(days=20))
        first = await crm.whys.of(touch.occurrence_id - 2, emma.customer_id, NOW + timedelta(days=20))
    assert why is not None
    assert first is not None
    assert why.frequency == Frequency(month=3, sent=3, most=3, days=7)
    assert first.frequency.month == 1


async def test_an_own_limit_is_named_as_such(store: Store, emma: Sent) -> None:
    async with store.transaction() as crm:
        before = Told("one a month", None, NOW - timedelta(days=5))
        await crm.preferences.put(Who(1, None), "at_most", {"count": 1, "per": "month"}, before)
        touch = await send(crm, emma)
        why = await crm.whys.of(touch.occurrence_id, emma.customer_id, NOW)
    assert why is not None
    assert why.frequency == Frequency(month=1, sent=1, most=1, days=31, own=True)


async def test_who_was_held_out_or_lost_a_slot_is_told_by_the_decision(store: Store, emma: Sent) -> None:
    async with store.transaction() as crm:
        winner = await send(crm, emma)
        emma.name = "Second"
        second = await occurrence_of(crm, emma)
        crm.session.add(
            Touch(
                occurrence_id=second.id,
                customer_id=emma.customer_id,
                state="suppressed",
                outcome="suppress",
                reason="expired_waiting",
                expires_at=NOW,
                decided_at=NOW,
                policy_version=0,
                displaced_by=winner.occurrence_id,
                trace_id=await trace(crm, [{"gate": "cap_purpose", "passed": False, "detail": "2 in 7 days"}]),
            )
        )
    async with store.transaction() as crm:
        why = await crm.whys.of(second.id, emma.customer_id, NOW)
    assert why is not None
    assert (why.outcome, why.reason, why.displaced_by) == ("suppress", "expired_waiting", "Leaf week")
    assert why.steps[0]["detail"] == "2 in 7 days"
    assert why.consent is None


async def test_who_was_never_meant_has_no_touch_and_is_decided_now(store: Store, emma: Sent) -> None:
    async with store.transaction() as crm:
        occurrence = await occurrence_of(crm, emma)
    async with store.transaction() as crm:
        why = await crm.whys.of(occurrence.id, emma.customer_id, NOW, live=True)
        assert why is not None
        assert why.touch is None
        assert why.live is not None
        assert (why.outcome, why.reason) == (Outcome.SUPPRESS, Reason.NO_CONSENT)
        unasked = await crm.whys.of(occurrence.id, emma.customer_id, NOW)
        assert unasked is not None
        assert (unasked.outcome, unasked.reason) == ("suppress", "no_longer_eligible")


async def test_nothing_is_known_of_what_there_is_none_of(store: Store, emma: Sent) -> None:
    async with store.transaction() as crm:
        assert await crm.whys.of(999, emma.customer_id, NOW) is None
        occurrence = await occurrence_of(crm, emma)
        nobody = await crm.whys.of(occurrence.id, 999, NOW, live=True)
    assert nobody is not None
    assert (nobody.touch, nobody.live) == (None, None)


async def test_a_message_about_an_own_order_is_not_counted(store: Store, emma: Sent) -> None:
    async with store.transaction() as crm:
        emma.purpose = Purpose.SERVICE
        touch = await send(crm, emma)
        why = await crm.whys.of(touch.occurrence_id, emma.customer_id, NOW)
    assert why is not None
    assert (why.frequency.month, why.frequency.most) == (0, None)
