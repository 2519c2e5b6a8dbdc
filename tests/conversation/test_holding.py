"""Who of the staff holds a conversation, what the shopper is told of it, and that the bot keeps silent meanwhile."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.conversation.deep_links import make
from bot.conversation.desk.holding import HeldByAnother, Note, first_name
from crm_store.cases.events import ComplaintEvent, Happened
from crm_store.people.identities import ChannelIdentity
from crm_store.promises.escalations import Escalation
from crm_store.staff.audit import AuditEvent
from crm_store.staff.notices import StaffNotice
from crm_store.talks.answers import plainly
from crm_store.talks.conversations import Control, ControlMoved
from crm_store.talks.interactions import Interaction
from tests.conversation.conftest import Desk

ONE_MINUTE = timedelta(minutes=1)


async def until_turns_are_over(desk: Desk) -> None:
    """Everything that came in has had its turn."""
    async with asyncio.timeout(20):
        while True:
            async with desk.store.transaction() as crm:
                if await crm.inbox.pending() == 0:
                    return
            await asyncio.sleep(0.02)


async def bot_rows(desk: Desk) -> list[tuple[str, str]]:
    """What the bot wanted to say, and what became of it."""
    async with desk.store.transaction() as crm:
        found = await crm.session.execute(
            select(Interaction.text, Interaction.delivery).filter_by(author="bot").order_by(Interaction.id)
        )
        return [(said, delivery) for said, delivery in found]


async def test_while_a_person_holds_it_the_bot_sends_nothing_not_even_what_it_was_computing(desk: Desk) -> None:
    """Acceptance check 3: While a person holds it the bot sends nothing; after the return it speaks again."""
    lin = await desk.has_staff()
    desk.bot.delay = 1.0
    await desk.says("a question that takes a while")
    async with asyncio.timeout(20):
        while not desk.bot.asked:
            await asyncio.sleep(0.02)
    await desk.takes(lin)
    await until_turns_are_over(desk)
    await desk.says("are you still there now")
    await until_turns_are_over(desk)
    assert await desk.replies(1) == [desk.line("person_here", name="Lin")]
    assert await bot_rows(desk) == []
    assert len(desk.bot.asked) == 1
    async with desk.store.transaction() as crm:
        await desk.holding.hand_back(crm, 1, lin, Note(), desk.now())
    desk.bot.delay = 0.0
    await desk.says("and you again, bot?")
    said = await desk.replies(3)
    assert said[1:] == [desk.line("handed_back", name="Lin"), "bot: and you again, bot?"]


async def test_what_the_bot_had_queued_when_a_person_came_is_dropped(desk: Desk) -> None:
    lin = await desk.has_staff()
    await desk.says("hello out there")
    await desk.replies(1)
    async with desk.store.transaction() as crm:
        thread = await crm.answers.thread_of(1)
        late = replace(plainly("bot", "I know it now", "en"), not_before=desk.now() + ONE_MINUTE)
        await crm.answers.say(thread, [late], desk.now())
    await desk.takes(lin)
    desk.passed += 2 * ONE_MINUTE
    assert (await desk.replies(2))[1:] == [desk.line("person_here", name="Lin")]
    assert await bot_rows(desk) == [("bot: hello out there", "sent"), ("I know it now", "dropped")]


async def test_a_bot_that_is_away_takes_nothing_from_the_person_who_came(desk: Desk) -> None:
    lin = await desk.has_staff()
    await desk.bot.stop()
    await desk.says("how many points do I have")
    await desk.replies(1)
    await desk.takes(lin)
    for minutes in (1, 11):
        desk.passed += minutes * ONE_MINUTE
        await until_turns_are_over(desk)
    conversation = await desk.control()
    assert (conversation.control, conversation.holder_id) == (Control.PERSON, lin)
    assert await desk.replies(2) == [desk.line("bot_away"), desk.line("person_here", name="Lin")]


async def test_of_two_who_take_it_at_once_one_has_it_and_the_shopper_is_told_once(desk: Desk) -> None:
    lin, tom = await desk.has_staff(), await desk.has_staff("Tom Becker")
    await desk.says("agent")
    await desk.replies(1)
    taken = await asyncio.gather(desk.takes(lin), desk.takes(tom), return_exceptions=True)
    assert [type(each) for each in taken if each is not None] == [ControlMoved]
    winner = lin if taken[0] is None else tom
    conversation = await desk.control()
    assert (conversation.control, conversation.holder_id) == (Control.PERSON, winner)
    assert conversation.waiting_since is None
    name = "Lin" if winner == lin else "Tom"
    assert (await desk.replies(2))[1:] == [desk.line("person_here", name=name)]
    await desk.takes(winner)
    async with desk.store.transaction() as crm:
        [record] = await crm.handoffs.of(1)
        assert (record.accepted_by, record.accepted_at) == (winner, desk.now())
        escalation = (await crm.session.scalars(select(Escalation))).one()
        assert escalation.closed_at == desk.now()
        deeds = (await crm.session.scalars(select(AuditEvent).filter_by(action="took"))).all()
        assert [(deed.staff_id, deed.detail) for deed in deeds] == [
            (winner, {"from": "waiting", "to": "person", "holder": winner})
        ]
    assert len(await desk.replies(2)) == 2


async def test_a_colleague_can_take_it_over_and_then_only_they_give_it_back(desk: Desk) -> None:
    lin, tom = await desk.has_staff(), await desk.has_staff("Tom Becker")
    await desk.says("hello out there")
    await desk.replies(1)
    await desk.takes(lin)
    await desk.takes(tom)
    with pytest.raises(HeldByAnother):
        async with desk.store.transaction() as crm:
            await desk.holding.hand_back(crm, 1, lin, Note(), desk.now())
    with pytest.raises(HeldByAnother):
        await desk.answers(lin, "I am here too")
    assert (await desk.replies(3))[1:] == [
        desk.line("person_here", name="Lin"),
        desk.line("person_here", name="Tom"),
    ]


@pytest.mark.parametrize("tell", [False, True])
async def test_the_note_of_a_handler_reaches_the_bot_and_the_shopper_only_when_it_shall(desk: Desk, tell: bool) -> None:
    lin = await desk.has_staff()
    await desk.says("my cup came broken")
    await desk.replies(1)
    await desk.takes(lin)
    async with desk.store.transaction() as crm:
        await desk.holding.hand_back(crm, 1, lin, Note("A new cup is on its way", tell), desk.now())
    told = ["A new cup is on its way"] if tell else []
    assert (await desk.replies(3 + len(told)))[2:] == [*told, desk.line("handed_back", name="Lin")]
    await desk.says("how many points do I have")
    await desk.replies(4 + len(told))
    assert desk.bot.asked[-1]["metadata"]["note"] == "A new cup is on its way"
    assert desk.bot.asked[-1]["state"] == []
    desk.passed += 3 * 60 * ONE_MINUTE
    await desk.says("and another question")
    await desk.replies(5 + len(told))
    assert "note" not in desk.bot.asked[-1]["metadata"]
    async with desk.store.transaction() as crm:
        [record] = await crm.handoffs.of(1)
    assert (record.note, record.return_why) == ("A new cup is on its way", "staff")


async def test_a_conversation_given_away_is_noticed_and_one_released_waits_anew(desk: Desk) -> None:
    lin, tom = await desk.has_staff(), await desk.has_staff("Tom Becker")
    await desk.says("agent")
    await desk.replies(1)
    async with desk.store.transaction() as crm:
        await desk.holding.assign(crm, 1, tom, lin, desk.now())
    assert (await desk.control()).holder_id == tom
    async with desk.store.transaction() as crm:
        notices = (await crm.session.scalars(select(StaffNotice).filter_by(kind="talk_assigned"))).all()
    assert [notice.staff_id for notice in notices] == [tom]
    desk.passed += ONE_MINUTE
    async with desk.store.transaction() as crm:
        await desk.holding.to_queue(crm, 1, tom, desk.now())
    conversation = await desk.control()
    assert (conversation.control, conversation.holder_id) == (Control.WAITING, None)
    assert conversation.waiting_since == desk.now()
    assert (await desk.replies(3))[1:] == [desk.line("now_with", name="Tom"), desk.line("in_the_queue_again")]
    async with desk.store.transaction() as crm:
        open_ones = await crm.session.scalar(select(func.count()).where(Escalation.closed_at.is_(None)))
    assert open_ones == 1


async def test_who_writes_into_a_closed_conversation_finds_the_bot(desk: Desk) -> None:
    lin = await desk.has_staff()
    await desk.says("agent")
    await desk.replies(1)
    await desk.takes(lin)
    async with desk.store.transaction() as crm:
        await desk.holding.close(crm, 1, lin, desk.now())
    assert (await desk.control()).control == Control.CLOSED
    await desk.says("one more question please")
    assert (await desk.replies(4))[2:] == [desk.line("closed_for_now"), "bot: one more question please"]
    async with desk.store.transaction() as crm:
        assert [each.return_why for each in await crm.handoffs.of(1)] == ["closed"]


async def test_what_is_asked_of_a_person_starts_the_clock_and_a_thanks_does_not(desk: Desk) -> None:
    lin = await desk.has_staff()
    await desk.says("my cup came broken")
    await desk.replies(1)
    await desk.has_case()
    await desk.takes(lin)
    for words in ("好的，谢谢您", "and when does it come", "👍"):
        await desk.says(words)
    await until_turns_are_over(desk)
    async with desk.store.transaction() as crm:
        asked = (await crm.session.scalars(select(ComplaintEvent).filter_by(kind=Happened.ASKED))).all()
        texts = [(await crm.interactions.get(each.interaction_id or 0)).text for each in asked]
    assert texts == ["and when does it come"]


async def test_a_link_opened_while_a_person_holds_the_conversation_is_spent_and_asked_about(desk: Desk) -> None:
    lin, emma = await desk.has_staff(), await desk.has_member()
    await desk.says("hello out there")
    await desk.replies(1)
    await desk.takes(lin)
    async with desk.store.transaction() as crm:
        token = (await make(crm, emma, "webchat", desk.now())).token
    for key in ("start-1", "start-2"):
        await desk.way_in.keep(desk.channel, {"visitor": "v1", "client_message_id": key, "start": token})
    assert (await desk.replies(4))[2:] == [desk.line("link_confirm", masked="E***"), desk.line("link_lapsed")]
    await desk.presses(desk.line("link_yes"))
    assert (await desk.replies(5))[4] == desk.line("linked", name="Emma Tan")
    async with desk.store.transaction() as crm:
        assert (await crm.session.scalars(select(ChannelIdentity.customer_id))).one() == emma
    assert await authors(desk) == ["bot", *["house"] * 4]
    assert (await desk.control()).control == Control.PERSON


async def authors(desk: Desk) -> list[str]:
    async with desk.store.transaction() as crm:
        found = await crm.session.scalars(
            select(Interaction.author).filter_by(direction="out").order_by(Interaction.id)
        )
        return list(found.all())


@pytest.mark.parametrize(("name", "first"), [("Lin Mei", "Lin"), ("王小美", "王小美"), ("Tom", "Tom"), ("", "")])
def test_a_shopper_is_told_a_first_name(name: str, first: str) -> None:
    assert first_name(name) == first
