"""A case that waits for the shopper goes on when they write: from that moment, once, whoever has the conversation."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm_store.cases.complaints import Complaint
from crm_store.cases.events import By, ComplaintEvent
from crm_store.promises.choice import ClockKind
from tests.conversation.conftest import START, Desk

MEI = By("staff")


async def paused(desk: Desk, reason: str = "shopper") -> int:
    """A case of the first conversation stands still for an hour."""
    await desk.says("the cup came broken")
    await desk.replies(1)
    number = await desk.has_case()
    async with desk.store.transaction() as crm:
        case = await crm.complaints.numbered(number)
        assert case is not None
        await crm.handling.pause(case.id, reason, MEI, START)
    desk.passed += timedelta(hours=1)
    return case.id


async def resumed(desk: Desk, case: int) -> list[ComplaintEvent]:
    async with desk.store.reading() as crm:
        asked = select(ComplaintEvent).where(ComplaintEvent.complaint_id == case, ComplaintEvent.kind == "resumed")
        return list((await crm.session.scalars(asked)).all())


async def test_the_pause_ends_at_the_moment_they_write(desk: Desk) -> None:
    case = await paused(desk)
    kept = await desk.says("here is the photo you wanted")
    await desk.replies(2)
    (event,) = await resumed(desk, case)
    assert (event.by, event.interaction_id, event.at) == ("shopper", kept.interaction_id, START + timedelta(hours=1))
    async with desk.store.reading() as crm:
        assert (await crm.session.get_one(Complaint, case)).waits_for == "us"
        clocks = {clock.kind: clock for clock in await crm.clocks.of(case)}
    assert clocks[ClockKind.RESOLUTION].next_at is not None
    await desk.says("and another one")
    await desk.replies(3)
    assert len(await resumed(desk, case)) == 1


async def test_while_a_person_has_the_conversation_too(desk: Desk) -> None:
    case = await paused(desk)
    await desk.takes(await desk.has_staff())
    await desk.says("here it is")
    for _ in range(400):
        if await resumed(desk, case):
            break
    assert len(await resumed(desk, case)) == 1


async def test_the_same_message_delivered_twice_ends_it_once(desk: Desk) -> None:
    case = await paused(desk)
    for _ in range(3):
        await desk.says("here is the photo", key="the-same-1")
    await desk.replies(2)
    assert len(await resumed(desk, case)) == 1


async def test_a_message_from_before_the_pause_ends_nothing_however_late_it_is_read(desk: Desk) -> None:
    case = await paused(desk)
    desk.passed -= timedelta(hours=2)
    await desk.says("is anybody there?")
    desk.passed += timedelta(hours=2)
    await desk.replies(2)
    assert await resumed(desk, case) == []


@pytest.mark.parametrize("reason", ["carrier", "the supplier looks for it"])
async def test_what_we_wait_for_elsewhere_is_not_ended_by_the_shopper(desk: Desk, reason: str) -> None:
    case = await paused(desk, reason)
    await desk.says("any news?")
    await desk.replies(2)
    assert await resumed(desk, case) == []


async def test_what_was_resumed_by_hand_is_not_resumed_again(desk: Desk) -> None:
    case = await paused(desk)
    async with desk.store.transaction() as crm:
        await crm.handling.resume(case, MEI, desk.now())
    desk.passed += timedelta(minutes=1)
    await desk.says("here is the photo")
    await desk.replies(2)
    assert [event.by for event in await resumed(desk, case)] == ["staff"]
