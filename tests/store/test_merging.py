"""Two cases become one and two again, and nothing crosses between two people who are known."""

import asyncio

import pytest

from crm_store.cases.complaints import Complaint
from crm_store.cases.locking import CaseUnknown
from crm_store.cases.merging import MergeRefused
from crm_store.crm import Crm
from crm_store.database import Store
from tests.store import cases
from tests.store.cases import BY_STAFF, NOON


async def as_it_is(crm: Crm, complaint_id: int) -> tuple[object, ...]:
    row = await crm.session.get_one(Complaint, complaint_id)
    conversations = await crm.ties.conversations_of(complaint_id)
    return row.number, row.state, row.closed_at, row.merged_into, row.customer_id, conversations


async def test_a_merge_moves_the_conversations_keeps_both_numbers_and_ends_the_source(store: Store) -> None:
    async with store.transaction() as crm:
        source, target = await cases.case(crm, "a"), await cases.case(crm, "b")
        theirs = [*await crm.ties.conversations_of(source.id), *await crm.ties.conversations_of(target.id)]
        assert (await crm.merging.merge(source.id, target.id, BY_STAFF, NOON)).id == target.id
        assert await crm.ties.conversations_of(target.id) == theirs
        assert await as_it_is(crm, source.id) == (source.number, "closed", NOON, target.id, None, [])
        merged, absorbed = [(await crm.complaint_events.of([each]))[-1] for each in (source.id, target.id)]
        assert (merged.kind, merged.detail["into"]) == ("merged", target.number)
        assert (absorbed.kind, absorbed.detail["from"]) == ("absorbed", source.number)
        await crm.handling.move(source.id, "investigating", BY_STAFF, NOON)
        assert (target.state, source.state) == ("investigating", "closed")


async def test_a_split_restores_both_exactly(store: Store) -> None:
    """Acceptance check 9: A merge can be undone."""
    async with store.transaction() as crm:
        emma = await cases.customer(crm, "Emma")
        source, target = await cases.case(crm, "a", emma), await cases.case(crm, "b")
        both = (await crm.ties.conversations_of(target.id))[0]
        await crm.ties.talked(source.id, both, BY_STAFF, NOON)
        await crm.handling.move(source.id, "investigating", BY_STAFF, NOON)
        before = [await as_it_is(crm, each) for each in (source.id, target.id)]
        for _ in range(2):
            await crm.merging.merge(source.id, target.id, BY_STAFF, NOON)
            await crm.merging.split(source.id, BY_STAFF, NOON)
            assert [await as_it_is(crm, each) for each in (source.id, target.id)] == before
        with pytest.raises(MergeRefused, match="not merged"):
            await crm.merging.split(source.id, BY_STAFF, NOON)


async def test_two_known_customers_are_never_merged_not_even_through_a_stranger(store: Store) -> None:
    """Acceptance check 9: No merge between two people who are known, also not through a third case."""
    async with store.transaction() as crm:
        emma, ben = await cases.customer(crm, "Emma"), await cases.customer(crm, "Ben")
        hers, his = await cases.case(crm, "a", emma), await cases.case(crm, "b", ben)
        nobodys = await cases.case(crm, "c")
        with pytest.raises(MergeRefused, match="two different customers"):
            await crm.merging.merge(hers.id, his.id, BY_STAFF, NOON)
        await crm.merging.merge(hers.id, nobodys.id, BY_STAFF, NOON)
        for source, target in ((his, nobodys), (nobodys, his), (his, hers)):
            with pytest.raises(MergeRefused, match="two different customers"):
                await crm.merging.merge(source.id, target.id, BY_STAFF, NOON)
        also_hers = await cases.case(crm, "a2", emma)
        await crm.merging.merge(also_hers.id, nobodys.id, BY_STAFF, NOON)


async def test_an_address_that_was_linked_since_counts_as_its_customer(store: Store) -> None:
    async with store.transaction() as crm:
        emma, ben = await cases.customer(crm, "Emma"), await cases.customer(crm, "Ben")
        hers, unlinked = await cases.case(crm, "a", emma), await cases.case(crm, "b")
        await cases.talk(crm, "b", ben)
        with pytest.raises(MergeRefused, match="two different customers"):
            await crm.merging.merge(hers.id, unlinked.id, BY_STAFF, NOON)


async def test_chains_are_followed_and_never_become_rings(store: Store) -> None:
    async with store.transaction() as crm:
        first, second, third = [await cases.case(crm, name) for name in "abc"]
        await crm.merging.merge(first.id, second.id, BY_STAFF, NOON)
        await crm.merging.merge(second.id, third.id, BY_STAFF, NOON)
        for target in (first, second, third):
            with pytest.raises(MergeRefused):
                await crm.merging.merge(third.id, target.id, BY_STAFF, NOON)
        with pytest.raises(MergeRefused, match="merged already"):
            await crm.merging.merge(first.id, third.id, BY_STAFF, NOON)
        with pytest.raises(MergeRefused, match="take that apart first"):
            await crm.merging.split(first.id, BY_STAFF, NOON)
        await crm.handling.move(first.id, "investigating", BY_STAFF, NOON)
        assert third.state == "investigating"
        assert len(await crm.ties.conversations_of(third.id)) == 3
        third.merged_into = first.id  # a ring that no verb of ours makes
        await crm.session.flush()
        with pytest.raises(CaseUnknown):
            await crm.handling.close(second.id, BY_STAFF, NOON)


async def test_two_merges_crossing_each_other_leave_one_live_case(store: Store) -> None:
    async with store.transaction() as crm:
        one, other = (await cases.case(crm, "a")).id, (await cases.case(crm, "b")).id

    async def merge(source: int, target: int) -> None:
        async with store.transaction() as crm:
            await crm.merging.merge(source, target, BY_STAFF, NOON)

    ended = await asyncio.gather(merge(one, other), merge(other, one), return_exceptions=True)
    assert [type(each) for each in ended if each is not None] == [MergeRefused]
    async with store.transaction() as crm:
        rows = [await crm.session.get_one(Complaint, each) for each in (one, other)]
        assert len([row for row in rows if row.merged_into is None]) == 1


async def test_one_conversation_can_be_taken_out_into_a_case_of_its_own(store: Store) -> None:
    async with store.transaction() as crm:
        emma = await cases.customer(crm, "Emma")
        case = await cases.case(crm, "a")
        with pytest.raises(MergeRefused):
            await crm.merging.split_off(case.id, (await crm.ties.conversations_of(case.id))[0], BY_STAFF, NOON)
        other = await cases.talk(crm, "b", emma)
        with pytest.raises(MergeRefused):
            await crm.merging.split_off(case.id, other.id, BY_STAFF, NOON)
        await crm.ties.talked(case.id, other.id, BY_STAFF, NOON)
        fresh = await crm.merging.split_off(case.id, other.id, BY_STAFF, NOON)
        assert (fresh.what_happened, fresh.customer_id, fresh.state) == (case.what_happened, emma, "received")
        assert await crm.ties.conversations_of(fresh.id) == [other.id]
        assert other.id not in await crm.ties.conversations_of(case.id)
        assert (await crm.complaint_events.of([case.id]))[-1].detail["to"] == fresh.number
