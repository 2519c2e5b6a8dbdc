"""Between the claim and the sending: what is said or moved there is obeyed, too."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from crm_store.campaigns.campaigns import By
from crm_store.database import Store
from crm_store.planning.touches import Touch
from crm_store.sending.looking import NotNow
from crm_store.talks.interactions import Interaction
from crm_store.talks.lanes import Lane
from crm_store.talks.outbox import Attempt, OutboxMessage
from scheduler.care.lane import AT_ONCE
from tests.scheduler.care.house import LANE, TERMS, House, address_of


async def claimed(house: House, limit: int = 10) -> list[Any]:
    async with house.store.transaction() as crm:
        await crm.lanes.ensure([LANE])
        return await crm.sending.claim(LANE, house.now(), limit, TERMS.sender)


async def looked(house: House, letters: list[Any]) -> dict[int, NotNow]:
    async with house.store.transaction() as crm:
        return await crm.sending.look(LANE, letters, house.now())


async def move(house: House, campaign_id: int, how: str) -> None:
    async with house.store.transaction() as crm:
        await getattr(crm.campaigns, how)(campaign_id, By(None, house.now()))


async def untouched(house: House) -> bool:
    """No trace is left of what was claimed."""
    counted = [await house.read(select(func.count()).select_from(of)) for of in (OutboxMessage, Attempt, Interaction)]
    return counted == [0, 0, 0] and await house.states() == {"waiting": 1}


async def test_a_stop_between_claim_and_look_is_obeyed(house: House) -> None:
    ada = await house.shop.member()
    await house.planned()
    (letter,) = await claimed(house)
    await house.shop.stops(ada)
    assert await looked(house, [letter]) == {letter.id: NotNow.CHANGED}
    assert await untouched(house)
    async with house.sending():
        await house.until("suppressed", 1)
    assert not house.telegram.sent


async def test_a_mark_seen_when_it_was_decided_is_none_since_then(house: House) -> None:
    ada = await house.shop.member()
    await house.planned()
    async with house.store.transaction() as crm:
        await crm.identities.mark(1, "blocked")
        await crm.identities.mark(1, "ok")
    (letter,) = await claimed(house)
    assert letter.seen["marks"]
    async with house.store.transaction() as crm:
        assert await crm.standings.refresh(ada, ada, house.now()) == 1
    assert await looked(house, [letter]) == {}


@pytest.mark.parametrize(("how", "reason", "state"), [
    ("pause", NotNow.CAMPAIGN, "waiting"), ("cancel", NotNow.CAMPAIGN, "cancelled"),
])  # fmt: skip
async def test_a_campaign_stopped_between_claim_and_look_keeps_what_was_claimed(
    house: House, how: str, reason: NotNow, state: str
) -> None:
    await house.shop.member()
    occurrence = await house.planned()
    (letter,) = await claimed(house)
    await move(house, await house.campaign_of(occurrence), how)
    assert await looked(house, [letter]) == {letter.id: reason}
    assert await house.states() == {state: 1}
    assert await claimed(house) == []


async def test_a_campaign_paused_within_the_claim_waits_as_if_nobody_had_asked(house: House, other: Store) -> None:
    ada = await house.shop.member()
    occurrence = await house.planned()
    campaign = await house.campaign_of(occurrence)
    async with house.store.transaction() as crm:
        await crm.lanes.ensure([LANE])
        (due,) = await crm.sending.due(LANE, house.now(), 10)
        async with other.transaction() as elsewhere:
            await elsewhere.campaigns.pause(campaign, By(None, house.now()))
        assert await crm.sending.claim(LANE, house.now(), 10, TERMS.sender, {due.occurrence_id: 10}) == []
    touch = await house.touch(occurrence, ada)
    assert (touch.due_at, touch.reason) == (house.now(), "allowed")


async def test_care_of_a_lane_paused_by_staff_goes_back(house: House) -> None:
    await house.shop.member()
    await house.planned()
    (letter,) = await claimed(house)
    async with house.store.transaction() as crm:
        await crm.lanes.pause_care(LANE, True)
    assert await looked(house, [letter]) == {letter.id: NotNow.LANE}
    assert await untouched(house)


@pytest.mark.parametrize(("by", "reason"), [
    (timedelta(seconds=61), NotNow.OLD), (timedelta(hours=25), NotNow.EXPIRED),
])  # fmt: skip
async def test_no_decision_is_older_than_a_minute_when_its_message_leaves(
    house: House, by: timedelta, reason: NotNow
) -> None:
    await house.shop.member()
    await house.planned()
    (letter,) = await claimed(house)
    house.clock += by
    assert await looked(house, [letter]) == {letter.id: reason}
    assert await untouched(house)


async def test_a_letter_somebody_else_has_settled_is_not_ours_to_send(house: House) -> None:
    await house.shop.member()
    await house.planned()
    (letter,) = await claimed(house)
    async with house.store.transaction() as crm:
        await crm.session.execute(update(OutboxMessage).values(state="unknown"))
    assert await looked(house, [letter]) == {letter.id: NotNow.TAKEN}


async def held_up(house: House) -> tuple[list[int], int]:
    """More people than are handed over at once, the first of them held in the doorway; and their occurrence."""
    everybody = await house.members(AT_ONCE + 8)
    house.telegram.opened.clear()
    return everybody, await house.planned()


async def waiting_outside(house: House, everybody: list[int]) -> set[int]:
    """Looked at, with their intent written, and not handed over yet."""
    await house.inside(AT_ONCE)
    await house.holds(lambda: house.read(select(Attempt.id).offset(len(everybody) - 1)))
    return {id for id in everybody if address_of(id) not in house.telegram.inside}


async def test_a_stop_between_look_and_handing_over_is_obeyed(house: House) -> None:
    everybody, occurrence = await held_up(house)
    async with house.sending():
        outside = await waiting_outside(house, everybody)
        stopped = min(outside)
        await house.heard("standing", house.shop.stops(stopped))
        house.telegram.opened.set()
        await house.until("sent", len(everybody) - 1)
        await house.until("suppressed", 1)
    assert address_of(stopped) not in house.telegram.got
    assert (await house.touch(occurrence, stopped)).reason == "address_suppressed"


async def test_a_pause_lets_go_what_was_handed_over_and_keeps_the_rest_untouched(house: House) -> None:
    everybody, occurrence = await held_up(house)
    campaign = await house.campaign_of(occurrence)
    async with house.sending():
        outside = await waiting_outside(house, everybody)
        await house.heard("campaign", move(house, campaign, "pause"))
        house.telegram.opened.set()
        await house.until("waiting", len(outside))
        assert await house.states() == {"sent": AT_ONCE, "waiting": len(outside)}
        assert await house.read(select(func.count()).select_from(Attempt)) == AT_ONCE
        touch = await house.touch(occurrence, min(outside))
        assert (touch.due_at, touch.outbox_id) == (house.now(), None)
        await move(house, campaign, "resume")
        await house.until("sent", len(everybody))
    assert set(house.telegram.got.values()) == {1}


async def test_a_cancelled_campaign_sends_nothing_more(house: House) -> None:
    everybody, occurrence = await held_up(house)
    async with house.sending():
        outside = await waiting_outside(house, everybody)
        await house.heard("campaign", move(house, await house.campaign_of(occurrence), "cancel"))
        house.telegram.opened.set()
        await house.until("cancelled", len(outside))
    assert await house.states() == {"sent": AT_ONCE, "cancelled": len(outside)}


async def test_who_is_stopped_from_outside_settles_what_was_handed_over(house: House) -> None:
    everybody, _ = await held_up(house)
    async with house.sending():
        outside = await waiting_outside(house, everybody)
        house.telegram.release_soon()
    assert await house.states() == {"sent": AT_ONCE, "waiting": len(outside)}
    async with house.sending():
        await house.until("sent", len(everybody))
    assert set(house.telegram.got.values()) == {1}


async def test_what_waits_in_a_cancelled_campaign_ends_when_its_lane_looks_next(house: House) -> None:
    """A letter may have gone back just while its campaign was being cancelled."""
    ada = await house.shop.member()
    occurrence = await house.planned()
    await move(house, await house.campaign_of(occurrence), "cancel")
    assert await claimed(house) == []
    assert (await house.touch(occurrence, ada)).state == "cancelled"
    assert await house.read(select(Lane.halted)) is None
    assert await house.read(select(Touch.outbox_id)) is None
