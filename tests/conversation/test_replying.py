"""A handler's reply: seconds to take it back, checked before it is queued, later ones held when the shopper writes."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.channels.base import Capabilities, Idempotency
from bot.conversation.desk.reach import judged, reachability_of
from bot.conversation.desk.replying import ReplyRefused, StaffReply
from crm_store.holding.reach import Reach
from crm_store.people.identities import Address
from crm_store.people.proof import linked_by
from crm_store.staff.notices import StaffNotice
from crm_store.talks.conversations import Control
from crm_store.talks.interactions import Interaction
from crm_store.talks.outbox import OutboxMessage
from scheduler.later import LaterSending
from tests.conversation.conftest import START, Desk

WHATSAPP = Capabilities(1000, 3, 20, Idempotency.NONE, 80, 10, window_hours=24)


async def held(desk: Desk, name: str = "Lin Mei") -> int:
    """A handler has the first conversation; the shopper has read two messages."""
    someone = await desk.has_staff(name)
    await desk.says("hello out there")
    await desk.replies(1)
    await desk.takes(someone)
    await desk.replies(2)
    return someone


async def undone(desk: Desk, interaction_id: int, staff_id: int) -> bool:
    async with desk.store.transaction() as crm:
        return await desk.replying.undo(crm, interaction_id, staff_id, desk.now())


async def states(desk: Desk, interaction_id: int) -> tuple[str, str]:
    async with desk.store.transaction() as crm:
        row = (await crm.session.scalars(select(OutboxMessage).filter_by(interaction_id=interaction_id))).one()
        return row.state, (await crm.interactions.get(interaction_id)).delivery


async def test_a_reply_waits_ten_seconds_and_then_is_the_staffs_own(desk: Desk) -> None:
    lin = await held(desk)
    interaction_id = await desk.answers(lin, "  Your new cup\x00 is on its way.  ")
    await asyncio.sleep(1.3)
    assert len(await desk.replies(2)) == 2
    desk.passed += timedelta(seconds=10)
    assert (await desk.replies(3))[2] == "Your new cup is on its way."
    async with desk.store.transaction() as crm:
        said = await crm.interactions.get(interaction_id)
    assert (said.author, said.staff_id, said.delivery) == ("staff", lin, "sent")


async def test_the_thread_says_who_speaks(desk: Desk) -> None:
    lin = await held(desk, "Mei Tan")
    await desk.answers(lin, "I am looking into it.")
    desk.passed += timedelta(seconds=10)
    await desk.replies(3)
    spoken = [(each.get("author"), each.get("name")) for each in await desk.thread()]
    assert spoken == [(None, None), ("bot", None), ("house", None), ("staff", "Mei")]


async def test_a_reply_taken_back_in_time_is_never_sent(desk: Desk) -> None:
    lin, tom = await held(desk), await desk.has_staff("Tom Becker")
    interaction_id = await desk.answers(lin, "That was not meant for you")
    assert await undone(desk, interaction_id, tom) is False
    assert await undone(desk, interaction_id, lin) is True
    assert await undone(desk, interaction_id, lin) is False
    desk.passed += timedelta(seconds=30)
    await desk.answers(lin, "This is", undo_seconds=0)
    assert (await desk.replies(3))[2:] == ["This is"]
    assert await states(desk, interaction_id) == ("dropped", "dropped")


async def test_what_has_gone_cannot_be_taken_back(desk: Desk) -> None:
    lin = await held(desk)
    interaction_id = await desk.answers(lin, "Your new cup is on its way.")
    desk.passed += timedelta(seconds=10)
    assert await undone(desk, interaction_id, lin) is False
    await desk.replies(3)
    assert await states(desk, interaction_id) == ("sent", "sent")


async def test_of_taking_back_and_sending_at_once_exactly_one_wins(desk: Desk) -> None:
    lin = await held(desk)
    lane = desk.dispatcher.lanes["webchat:shop"]
    for number in range(8):
        interaction_id = await desk.answers(lin, f"reply {number}")
        in_time = desk.now()
        desk.passed += timedelta(seconds=11)
        async with desk.store.transaction() as crm:
            won, _ = await asyncio.gather(desk.replying.undo(crm, interaction_id, lin, in_time), lane.drain())
        async with asyncio.timeout(20):
            while (found := await states(desk, interaction_id)) not in {("sent", "sent"), ("dropped", "dropped")}:
                await asyncio.sleep(0.02)
        assert (found == ("dropped", "dropped")) is won


@pytest.mark.parametrize("text", ["", "   ", "\x00\x07\n", "x" * 4001])
async def test_a_text_that_cannot_go_is_refused_and_takes_nothing(desk: Desk, text: str) -> None:
    lin = await desk.has_staff()
    await desk.says("agent")
    await desk.replies(1)
    with pytest.raises(ReplyRefused):
        await desk.answers(lin, text)
    assert (await desk.control()).control == Control.WAITING


async def test_who_answers_takes_the_conversation(desk: Desk) -> None:
    lin = await desk.has_staff()
    await desk.says("转人工")
    await desk.replies(1)
    await desk.answers(lin, "您好，我来帮您。", undo_seconds=0)
    assert (await desk.replies(3))[1:] == [desk.line("person_here", "zh", name="Lin"), "您好，我来帮您。"]
    conversation = await desk.control()
    assert (conversation.control, conversation.holder_id) == (Control.PERSON, lin)


async def later(desk: Desk, staff_id: int, text: str, minutes: int) -> int:
    async with desk.store.transaction() as crm:
        send_at = desk.now() + timedelta(minutes=minutes)
        return (await desk.replying.say_later(crm, StaffReply(1, staff_id, text), send_at, desk.now())).id


def sender(desk: Desk) -> Callable[[], Awaitable[None]]:
    return LaterSending(desk.store, desk.now).send


async def test_a_later_reply_goes_at_its_time_once_with_two_schedulers(desk: Desk) -> None:
    lin = await held(desk)
    await later(desk, lin, "The courier comes at noon.", 60)
    await sender(desk)()
    assert len(await desk.replies(2)) == 2
    desk.passed += timedelta(minutes=61)
    await asyncio.gather(*(sender(desk)() for _ in range(4)))
    assert (await desk.replies(3))[2:] == ["The courier comes at noon."]
    async with desk.store.transaction() as crm:
        said = (await crm.session.scalars(select(Interaction).filter_by(author="staff"))).all()
        assert [(each.staff_id, each.text) for each in said] == [(lin, "The courier comes at noon.")]
        assert await crm.later.waiting(1) == []


async def test_a_later_reply_is_held_when_the_shopper_wrote_in_between(desk: Desk) -> None:
    lin = await held(desk)
    later_id = await later(desk, lin, "The courier comes at noon.", 60)
    desk.passed += timedelta(minutes=30)
    await desk.says("I have moved house, do not send it there")
    desk.passed += timedelta(minutes=31)
    await asyncio.gather(sender(desk)(), sender(desk)())
    async with desk.store.transaction() as crm:
        [waiting] = await crm.later.waiting(1)
        assert (waiting.id, waiting.outcome) == (later_id, "held")
        notices = (await crm.session.scalars(select(StaffNotice).filter_by(kind="later_held"))).all()
        assert [(notice.staff_id, notice.conversation_id) for notice in notices] == [(lin, 1)]
        assert await crm.later.cancel(later_id, lin, desk.now())
        assert await crm.later.waiting(1) == []
    assert len(await desk.replies(2)) == 2


async def test_a_later_reply_can_be_cancelled_by_its_writer_and_is_for_the_future(desk: Desk) -> None:
    lin, tom = await held(desk), await desk.has_staff("Tom Becker")
    later_id = await later(desk, lin, "The courier comes at noon.", 60)
    async with desk.store.transaction() as crm:
        assert not await crm.later.cancel(later_id, tom, desk.now())
        assert await crm.later.cancel(later_id, lin, desk.now())
    desk.passed += timedelta(minutes=61)
    await sender(desk)()
    assert len(await desk.replies(2)) == 2
    with pytest.raises(ReplyRefused):
        await later(desk, lin, "now", 0)


async def test_before_typing_it_is_told_whether_a_text_can_arrive_and_where_else(desk: Desk) -> None:
    member = await desk.has_member()
    await desk.says("hello out there")
    await desk.replies(1)
    webchat = {"webchat": desk.channel.capabilities, "telegram": WHATSAPP}
    async with desk.store.transaction() as crm:
        other = await crm.identities.at(Address("telegram", "shopbot", "77"), "Emma", desk.now())
        await crm.identities.at(Address("telegram", "shopbot", "78"), "Somebody else", desk.now())
        for identity_id in (1, other.id):
            await crm.identities.link(identity_id, member, linked_by("contact", desk.now()))
        here = await reachability_of(crm, 1, webchat, desk.now())
        away = await reachability_of(crm, 1, webchat, desk.now() + timedelta(minutes=6))
        await crm.identities.mark(1, "blocked")
        blocked = await reachability_of(crm, 1, webchat, desk.now())
    assert (here.can_arrive, here.when_back, away.can_arrive, away.when_back) == (True, False, True, True)
    assert (blocked.can_arrive, blocked.reason) == (False, "blocked")
    assert [(way.channel, way.label, way.conversation_id) for way in blocked.others] == [("telegram", "Emma", None)]


@pytest.mark.parametrize(("hours", "open_still"), [(23, True), (24, False)])
def test_a_providers_window_closes_so_long_after_the_shoppers_last_word(hours: int, open_still: bool) -> None:
    reach = Reach("whatsapp", "1", "ok", START, [])
    found = judged(reach, {"whatsapp": WHATSAPP}, START + timedelta(hours=hours))
    assert (found.can_arrive, found.reason) == (open_still, "" if open_still else "window_closed")
    assert found.window_closes_at == START + timedelta(hours=24)
