"""The proof that nobody was written to against their wish: it finds what should never be, however it came there."""

from datetime import datetime

import pytest
from sqlalchemy import select

from crm_store.campaigns.campaigns import By
from crm_store.database import Store
from crm_store.people.consent import ConsentEntry, Evidence, Purpose, Who
from crm_store.people.identities import ChannelIdentity
from crm_store.results.proof import Proof
from tests.store.results.past import DAY, HOUR, Past


@pytest.fixture
def past(store: Store) -> Past:
    return Past(store)


async def proof(past: Past) -> Proof:
    async with past.store.reading() as crm:
        return await crm.proofs.between(past.then - DAY, past.now + DAY)


async def agreed(past: Past, at: datetime | None = None) -> tuple[int, int]:
    """Somebody who said yes before the message, and the row that says so."""
    customer = await past.member(allows=())
    await past.says(customer, True, at or past.then - 30 * DAY)
    async with past.store.reading() as crm:
        return customer, await crm.session.scalar(select(ConsentEntry.id).filter_by(customer_id=customer)) or 0


async def test_what_rests_on_a_yes_is_counted_and_nothing_is_against_it(past: Past) -> None:
    _, firing = await past.fired()
    customer, yes = await agreed(past)
    await past.touch(firing, customer, consent_id=yes)
    found = await proof(past)
    assert (found.messages, found.people, found.against, found.holds) == (1, 1, [], True)


async def test_a_message_sent_after_the_yes_was_taken_back_is_found(past: Past) -> None:
    """Made by hand: nothing of ours writes such a row."""
    campaign, firing = await past.fired()
    customer, yes = await agreed(past)
    await past.says(customer, False, past.then - HOUR)
    await past.touch(firing, customer, consent_id=yes)
    [against] = (await proof(past)).against
    assert (against.breach, against.customer_id, against.campaign_id) == ("withdrawn", customer, campaign)


async def test_a_message_that_rests_on_nothing_is_found(past: Past) -> None:
    _, firing = await past.fired()
    await past.touch(firing, (await agreed(past))[0])
    assert [against.breach for against in (await proof(past)).against] == ["without"]


async def test_a_message_that_rests_on_somebody_elses_yes_is_found(past: Past) -> None:
    _, firing = await past.fired()
    _, theirs = await agreed(past)
    await past.touch(firing, (await agreed(past))[0], consent_id=theirs)
    assert [against.breach for against in (await proof(past)).against] == ["wrong"]


async def test_a_stop_at_an_address_before_it_was_linked_counts(past: Past) -> None:
    _, firing = await past.fired()
    customer, yes = await agreed(past)
    async with past.store.transaction() as crm:
        identity = await crm.session.scalar(select(ChannelIdentity.id).filter_by(customer_id=customer))
        said = [(Purpose.PROMOTION, "*", False)]
        await crm.consent.record(Who(identity, None), said, Evidence("chat"), past.then - HOUR)
    await past.touch(firing, customer, consent_id=yes)
    assert [against.breach for against in (await proof(past)).against] == ["withdrawn"]


async def test_a_no_after_the_message_or_taken_back_before_it_is_nothing_against_it(past: Past) -> None:
    _, firing = await past.fired()
    later, yes = await agreed(past)
    await past.says(later, False, past.then + HOUR)
    await past.touch(firing, later, consent_id=yes)
    again = await past.member(allows=())
    await past.says(again, False, past.then - 2 * DAY)
    await past.says(again, True, past.then - DAY)
    async with past.store.reading() as crm:
        yes = await crm.session.scalar(select(ConsentEntry.id).filter_by(customer_id=again, granted=True)) or 0
    await past.touch(firing, again, consent_id=yes)
    assert (await proof(past)).against == []


async def test_where_the_rules_ask_for_no_yes_none_is_missed(past: Past) -> None:
    _, firing = await past.fired(purpose="care")
    async with past.store.transaction() as crm:
        from_now_on = {"without_consent": ["service", "care"]}
        await crm.contact_policies.change(from_now_on, By(None, past.then))
    await past.touch(firing, await past.member(allows=()), policy_version=1)
    assert (await proof(past)).against == []
