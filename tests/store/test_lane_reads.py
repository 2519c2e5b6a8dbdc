"""What staff see of a lane: what waits, what failed, what nobody knows of, and addresses that take nothing."""

from datetime import timedelta

import pytest

from crm_store.database import Store
from crm_store.people.identities import Address
from crm_store.talks.outbox import Attempt, OutboxMessage
from tests.store.results.past import Past

LANE = "telegram:main"


@pytest.fixture
async def past(store: Store) -> Past:
    async with store.transaction() as crm:
        await crm.lanes.ensure([LANE, "email:desk"])
    return Past(store)


async def outbox(past: Past, state: str = "failed", **told: object) -> int:
    """A message of the lane; failed ones with a try."""
    async with past.store.transaction() as crm:
        row = {"lane": LANE, "address": "1", "purpose": "promotion", "author": "house", "priority": 9, "body": {}}
        message = OutboxMessage(**{**row, "state": state, "queued_at": past.now, **told})
        crm.session.add(message)
        await crm.session.flush()
        if state == "failed":
            tried = Attempt(outbox_id=message.id, started_at=past.now, ended_at=past.now, result="gone", detail="403")
            crm.session.add(tried)
        return message.id


async def test_a_lane_tells_what_it_has_before_it(past: Past) -> None:
    _, firing = await past.fired()
    for hours in (-1, 5):
        await past.reserve(firing, await past.member(), past.now + timedelta(hours=hours))
    await outbox(past, "queued", purpose="reply")
    async with past.store.reading() as crm:
        queues = {lane.name: queue for lane, queue in await crm.lane_reads.all(past.now)}
    found = queues[LANE]
    assert (found.replies, found.due, found.later, found.next_at) == (1, 1, 1, past.now + timedelta(hours=5))
    assert queues["email:desk"].due == 0


async def test_errors_of_the_last_day_are_summed_up(past: Past) -> None:
    await outbox(past)
    await outbox(past)
    async with past.store.reading() as crm:
        [error] = await crm.lane_reads.errors(past.now)
        assert await crm.lane_reads.errors(past.now + timedelta(days=2)) == []
    assert (error.lane, error.result, error.detail, error.many) == (LANE, "gone", "403", 2)


async def test_what_nobody_knows_of_is_listed_with_its_person(past: Past) -> None:
    campaign, firing = await past.fired()
    customer = await past.member(name="Emma Tan")
    await past.touch(firing, customer, "unknown", outbox_id=await outbox(past, "unknown"))
    async with past.store.reading() as crm:
        [found] = await crm.lane_reads.unknown(LANE)
        assert await crm.lane_reads.unknown(LANE, found.outbox_id) == []
        assert await crm.lane_reads.unknown("email:desk") == []
    assert (found.name, found.campaign_id, found.at) == ("Emma Tan", campaign, past.then)


async def test_a_closed_address_is_found_by_what_it_is_and_whose(past: Past) -> None:
    customer = await past.member("email", name="100% Emma_Tan", member_number="M77")
    async with past.store.transaction() as crm:
        identity = await crm.identities.at(Address("email", "main", f"email-{customer}"), "", past.now)
        await crm.identities.mark(identity.id, "bounced")
    async with past.store.reading() as crm:
        for words in ("", f"email-{customer}", "100% emma_", "m77"):
            [found] = await crm.lane_reads.closed_addresses(words)
            assert (found.customer_id, found.reachability, found.error) == (customer, "bounced", None)
        assert await crm.lane_reads.closed_addresses("100% emma%tan") == []
        assert await crm.lane_reads.closed_addresses(before=found.identity_id) == []
