"""A kill at every step: nothing is lost, nothing is sent twice, and what cannot be known is called unknown."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import pytest
from sqlalchemy import func, select

from bot.channels.base import Idempotency, Rendered
from crm_store.database import Store
from crm_store.errors import StoreUnavailable
from crm_store.sending.letter import Letter
from crm_store.talks.interactions import Interaction
from crm_store.talks.outbox import Attempt, OutboxMessage
from scheduler.care.lane import CareLane
from scheduler.dispatcher import LaneDispatcher
from tests.scheduler.care.house import LANE, TERMS, House, address_of


async def claim(house: House) -> Sequence[Letter]:
    """As a process does that is killed right after it."""
    async with house.store.transaction() as crm:
        await crm.lanes.ensure([LANE])
        return await crm.sending.claim(LANE, house.now(), 10, TERMS.sender)


async def look(house: House, letters: Sequence[Letter]) -> None:
    async with house.store.transaction() as crm:
        assert await crm.sending.look(LANE, letters, house.now()) == {}


async def taken_over(house: House) -> None:
    """Another process finds the lane free, and takes it."""
    lane = LaneDispatcher(house.store, LANE, house.telegram, house.now, lambda channel, result: None)
    await lane.take_over()
    await CareLane(house.store, lane, TERMS, house.now).take_over()


async def test_killed_within_the_claim_nothing_has_happened(house: House) -> None:
    await house.members(3)
    await house.planned()
    with suppress(KeyboardInterrupt):
        async with house.store.transaction() as crm:
            await crm.lanes.ensure([LANE])
            assert len(await crm.sending.claim(LANE, house.now(), 10, TERMS.sender)) == 3
            raise KeyboardInterrupt
    assert await house.states() == {"waiting": 3}
    assert await house.read(select(func.count()).select_from(OutboxMessage)) == 0


async def test_killed_between_claim_and_intent_everything_goes_out_once(house: House) -> None:
    await house.members(3)
    await house.planned()
    await claim(house)
    assert await house.states() == {"sending": 3}
    await taken_over(house)
    assert await house.states() == {"waiting": 3}
    assert await house.read(select(func.count()).select_from(Interaction)) == 0
    async with house.sending():
        await house.until("sent", 3)
    assert set(house.telegram.got.values()) == {1}


@pytest.mark.parametrize("handed_over", [True, False])
async def test_killed_after_the_intent_it_is_unknown_and_never_sent_again(house: House, handed_over: bool) -> None:
    ada = await house.shop.member()
    await house.planned()
    letters = await claim(house)
    await look(house, letters)
    if handed_over:
        await house.telegram.send(Rendered({"address": address_of(ada), "text": "Hello"}))
    async with house.sending():
        await house.until("unknown", 1)
        house.later(hours=2)
    assert house.telegram.got == ({address_of(ada): 1} if handed_over else {})
    assert await house.read(select(Attempt.result)) == "unknown"


async def test_what_may_have_arrived_in_a_channel_that_takes_repeats_is_sent_again(house: House) -> None:
    house.telegram.takes_repeats(Idempotency.NATIVE)
    await house.shop.member()
    await house.planned()
    await look(house, await claim(house))
    async with house.sending():
        await house.until("sent", 1)
    assert len(house.telegram.sent) == 1


async def test_a_store_that_is_away_while_endings_are_written_gets_them_when_it_is_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.members(5)
    await house.planned()
    away = [2]
    real = house.store.transaction

    def now_and_then():  # type: ignore[no-untyped-def]
        if house.telegram.sent and away[0]:
            away[0] -= 1
            raise StoreUnavailable("the database does not answer")
        return real()

    monkeypatch.setattr(house.store, "transaction", now_and_then)
    async with house.sending():
        await house.until("sent", 5)
    assert away == [0]
    assert set(house.telegram.got.values()) == {1}


async def test_two_processes_share_lanes_and_send_everything_once(house: House, other: Store) -> None:
    everybody = await house.members(60)
    await house.planned()
    async with house.sending(), house.sending(house.dispatcher(other)):
        await house.until("sent", len(everybody))
    assert house.telegram.got == {address_of(id): 1 for id in everybody}


async def test_a_lane_that_loses_its_lock_hands_over_nothing_more(house: House, other: Store) -> None:
    """Its connection breaks; somebody else takes the lane, and calls unknown what may have been handed over."""
    everybody = await house.members(60)
    house.telegram.opened.clear()
    await house.planned()
    async with house.sending():
        await house.inside(48)
        await house.holds(lambda: house.read(select(Attempt.id).offset(59)))
        await house.store.locks.close()
        async with house.sending(house.dispatcher(other)):
            house.telegram.opened.set()
            await asyncio.sleep(0)
            await house.holds(lambda: _all_ended(house))
    assert max(house.telegram.got.values()) == 1
    states = await house.states()
    assert states.get("sent", 0) + states.get("unknown", 0) == len(everybody)


async def _all_ended(house: House) -> bool:
    states = await house.states()
    return not states.keys() & {"waiting", "sending"}


async def test_an_ending_told_late_by_whoever_had_the_lane_before_still_counts(house: House) -> None:
    await house.shop.member()
    await house.planned()
    letters = await claim(house)
    await look(house, letters)
    await taken_over(house)
    assert await house.states() == {"unknown": 1}
    async with house.store.transaction() as crm:
        await crm.sending.settle_unknown(letters[0].id, True, "a receipt", house.now())
    assert await house.states() == {"sent": 1}
    assert await house.read(select(Interaction.seq)) == 1


async def test_replies_half_sent_are_settled_by_their_own_rule(house: House) -> None:
    """The rows of touches and those of replies are told apart when a lane is taken over."""
    await house.shop.member()
    await house.planned()
    await look(house, await claim(house))
    async with house.store.transaction() as crm:
        assert await crm.outbox.adrift(LANE) == []
        assert [each.tried for each in await crm.sending.adrift(LANE)] == [True]
