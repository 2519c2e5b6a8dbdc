"""An answer is what a person wrote and the shopper got: no other thing is."""

from sqlalchemy import text

from bot.channels.base import Result, SendResult
from bot.channels.recording import RecordingChannel
from crm_store.database import Store
from scheduler.dispatcher import LaneDispatcher
from scheduler.promises import Promises
from tests.promising import Shop, at
from tests.scheduler.conftest import Wall


async def met(shop: Shop, case: int) -> object:
    (found,) = await shop.rows("select met_at from clocks where complaint_id = :id and kind = 'first_answer'", id=case)
    return found[0]


async def sent(shop: Shop, wall: Wall, lane: LaneDispatcher, here: Promises) -> None:
    await lane.drain()
    await here.look()


async def test_a_delivered_message_of_a_person_is_the_first_answer(
    shop: Shop, wall: Wall, lane: LaneDispatcher, here: Promises
) -> None:
    """Acceptance check 5: First response counts a delivered message of a person."""
    case = await shop.case()
    await shop.says(case, "staff", at(23, "09:30"), shop.staff["hana"])
    assert await met(shop, case) is None, "written is not delivered"
    wall.shows = at(23, "09:31")
    await sent(shop, wall, lane, here)
    assert await met(shop, case) == at(23, "09:31")
    (event,) = await shop.rows("select by, staff_id, at from complaint_events where kind = 'answered'")
    assert tuple(event) == ("staff", shop.staff["hana"], at(23, "09:31"))
    assert await shop.rows("select waits_for from complaints") == [("shopper",)]


async def test_what_the_bot_or_the_house_says_is_none(
    shop: Shop, wall: Wall, lane: LaneDispatcher, here: Promises
) -> None:
    """Acceptance check 5: What the bot says is no first response."""
    case = await shop.case()
    for author in ("bot", "house"):
        await shop.says(case, author, wall.shows)
    await sent(shop, wall, lane, here)
    assert await met(shop, case) is None
    assert await shop.rows("select waits_for from complaints") == [("us",)]


async def test_a_message_that_did_not_arrive_is_none(
    shop: Shop, wall: Wall, lane: LaneDispatcher, here: Promises, channel: RecordingChannel
) -> None:
    """Acceptance check 5: What did not arrive is no first response."""
    case = await shop.case()
    await shop.says(case, "staff", wall.shows, shop.staff["hana"])
    channel.answer_next(SendResult(Result.GONE))
    await sent(shop, wall, lane, here)
    assert await met(shop, case) is None


async def test_a_last_word_written_before_closing_counts_though_it_arrives_after(
    shop: Shop, wall: Wall, lane: LaneDispatcher, here: Promises
) -> None:
    case = await shop.case()
    await shop.says(case, "staff", at(23, "09:30"), shop.staff["hana"])
    async with shop.store.transaction() as crm:
        await crm.session.execute(text("update complaints set closed_at = :now"), {"now": at(23, "09:30")})
    wall.shows = at(23, "09:31")
    await sent(shop, wall, lane, here)
    assert await met(shop, case) == at(23, "09:31")


async def test_nobody_is_waited_for_between_sending_and_settling(
    shop: Shop, wall: Wall, lane: LaneDispatcher, here: Promises, other: Store
) -> None:
    """The case is in other hands: the answer is written down at once, and its clock is looked at afterwards."""
    case = await shop.case()
    await shop.says(case, "staff", wall.shows, shop.staff["hana"])
    async with other.transaction() as crm:
        await crm.session.execute(text("select 1 from complaints for no key update"))
        await crm.session.execute(text("select 1 from clocks for update"))
        await lane.drain()
        assert await shop.rows("select state from outbox_messages") == [("sent",)]
    await here.look()
    assert await met(shop, case) is None
    await here.look_again()
    await here.look()
    assert await met(shop, case) == wall.shows
    assert await shop.rows("select waits_for from complaints") == [("shopper",)]
