import asyncio
from datetime import timedelta

from sqlalchemy import select

from crm_store.people.consent import ConsentEntry
from crm_store.talks.conversations import Control, ConversationEvent
from tests.conversation.conftest import Desk


async def test_a_bot_that_is_away_is_owned_up_to_at_once_and_the_message_answered_when_it_is_back(desk: Desk) -> None:
    await desk.bot.stop()
    await desk.says("how many points do I have")
    assert await desk.replies(1) == [desk.line("bot_away")]
    await desk.says("hello, anybody there")
    await desk.bot.start()
    desk.passed = timedelta(seconds=60)
    assert (await desk.replies(3))[1:] == ["bot: how many points do I have", "bot: hello, anybody there"]


async def test_a_message_the_bot_cannot_answer_for_ten_minutes_goes_to_a_person(desk: Desk) -> None:
    await desk.bot.stop()
    kept = await desk.says("how many points do I have")
    await desk.replies(1)
    desk.passed = timedelta(minutes=11)
    assert (await desk.replies(2))[1] == desk.line("all_away")
    async with desk.store.transaction() as crm:
        conversation = await crm.conversations.get(kept.conversation_id)
        event = (await crm.session.scalars(select(ConversationEvent))).one()
    assert conversation.control == Control.WAITING
    assert (event.before, event.after, event.reason, event.version) == ("bot", "waiting", "bot_away", 1)


async def test_a_slow_bot_is_announced_and_waited_for(desk: Desk) -> None:
    desk.bot.delay = 3.5
    await desk.says("what a difficult question")
    assert await desk.replies(2) == [desk.line("one_moment"), "bot: what a difficult question"]


async def test_a_broken_answer_counts_as_away(desk: Desk) -> None:
    desk.bot.status = 500
    await desk.says("how many points do I have")
    assert await desk.replies(1) == [desk.line("bot_away")]
    desk.bot.status = 200
    desk.passed = timedelta(seconds=60)
    assert (await desk.replies(2))[1] == "bot: how many points do I have"


async def test_a_stop_is_heard_while_the_bot_is_away_and_written_down_word_for_word(desk: Desk) -> None:
    await desk.bot.stop()
    await desk.says("how many points do I have")
    await desk.replies(1)
    kept = await desk.says("別再發了！")
    assert (await desk.replies(2))[1] == desk.line("stopped", "zh")
    async with desk.store.transaction() as crm:
        rows = (await crm.session.scalars(select(ConsentEntry))).all()
    assert {(row.purpose, row.granted) for row in rows} == {("care", False), ("survey", False), ("promotion", False)}
    assert {(row.answer, row.interaction_id) for row in rows} == {("別再發了！", kept.interaction_id)}


async def test_a_person_is_one_message_away_and_the_way_back_too(desk: Desk) -> None:
    kept = await desk.says("转人工")
    assert await desk.replies(1) == [desk.line("all_away", "zh")]
    await desk.presses(desk.line("back_to_bot", "zh"))
    assert (await desk.replies(2))[1] == desk.line("here_again", "zh")
    async with desk.store.transaction() as crm:
        assert (await crm.conversations.get(kept.conversation_id)).control == Control.BOT


async def test_out_of_hours_the_next_opening_is_named_and_nothing_else_promised(desk: Desk) -> None:
    desk.passed = timedelta(hours=10)  # 22:00 on Monday in Singapore
    await desk.says("agent please")
    opening = desk.line("opening", weekday="Tuesday", day="24", month="11", time="09:00")
    assert await desk.replies(1) == [desk.line("parked", opening=opening)]
    async with desk.store.transaction() as crm:
        await crm.conversations.unpark(desk.now() + timedelta(hours=11))
    async with desk.store.transaction() as crm:
        assert (await crm.conversations.get(1)).control == Control.WAITING


async def test_a_message_that_breaks_its_turn_is_set_aside_and_blocks_nobody(desk: Desk) -> None:
    desk.bot.reply = lambda question: [{"text": "x", "buttons": [{"no": "title"}], "custom": None}]
    await desk.says("please break this turn")
    for _ in range(6):
        desk.passed += timedelta(seconds=10)
        await asyncio.sleep(1.2)
    assert (await desk.replies(1))[0] == desk.line("all_away")
