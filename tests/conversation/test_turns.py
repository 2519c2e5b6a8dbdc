import asyncio
from datetime import timedelta

from sqlalchemy import func, select

from crm_store.talks.conversations import Change, Control
from crm_store.talks.interactions import Interaction
from crm_store.talks.outbox import Attempt, OutboxMessage
from tests.conversation.conftest import Desk


async def test_a_message_is_answered_and_both_are_kept_in_order(desk: Desk) -> None:
    await desk.says("how many points do I have")
    assert await desk.replies(1) == ["bot: how many points do I have"]
    thread = await desk.thread()
    assert [(message["seq"], message["direction"]) for message in thread] == [(1, "in"), (2, "out")]
    async with desk.store.transaction() as crm:
        asked, answered = (await crm.session.scalars(select(Interaction).order_by(Interaction.id))).all()
    assert (asked.intent, asked.confidence, asked.language) == ("ask_points", 0.9, "en")
    assert (answered.answers, answered.delivery) == (asked.id, "sent")


async def test_the_same_event_five_times_at_once_gives_one_interaction_and_one_reply(desk: Desk) -> None:
    """Acceptance check 2: The same event delivered five times at once is one message and one reply of the bot."""
    kept = await asyncio.gather(*(desk.says("hello there you", key="same-key") for _ in range(5)))
    assert len({each.interaction_id for each in kept}) == 1
    assert sum(each.new for each in kept) == 1
    await desk.replies(1)
    await asyncio.sleep(0.2)
    async with desk.store.transaction() as crm:
        assert await crm.session.scalar(select(func.count()).select_from(Interaction)) == 2
        assert await crm.session.scalar(select(func.count()).select_from(OutboxMessage)) == 1
        assert await crm.session.scalar(select(func.count()).select_from(Attempt)) == 1


async def test_messages_of_one_conversation_are_answered_in_the_order_they_came(desk: Desk) -> None:
    for number in range(6):
        await desk.says(f"message number {number}")
    assert await desk.replies(6) == [f"bot: message number {number}" for number in range(6)]


async def test_conversations_do_not_wait_for_each_other(desk: Desk) -> None:
    desk.bot.together = asyncio.Barrier(8)  # the bot answers nobody until all eight have asked
    for number in range(8):
        await desk.says("hello out there", visitor=f"v{number}")
    for number in range(8):
        assert "bot: hello out there" in await desk.replies(1, visitor=f"v{number}")


async def test_what_the_bot_remembers_travels_with_the_next_question(desk: Desk) -> None:
    await desk.says("first question here")
    await desk.replies(1)
    await desk.says("second question here")
    await desk.replies(2)
    assert desk.bot.asked[0]["state"] == []
    assert desk.bot.asked[1]["state"] == [{"event": "user", "text": "first question here"}]
    desk.passed = timedelta(hours=3)
    await desk.says("a new day, a new question")
    await desk.replies(3)
    assert desk.bot.asked[2]["state"] == []


async def test_a_slash_typed_by_a_shopper_is_never_a_command(desk: Desk) -> None:
    await desk.says("/restart the thing")
    await desk.replies(1)
    assert desk.bot.asked[0]["trusted"] is False


async def test_a_pressed_button_means_what_was_offered_and_nothing_else(desk: Desk) -> None:
    button = {"title": "My orders", "payload": "/ask_order_status"}
    desk.bot.reply = lambda question: [{"text": f"bot: {question['text']}", "buttons": [button], "custom": None}]
    await desk.says("good morning to you")
    await desk.replies(1)
    await desk.presses("My orders")
    await desk.replies(2)
    assert (desk.bot.asked[1]["text"], desk.bot.asked[1]["trusted"]) == ("/ask_order_status", True)
    assert [message["text"] for message in await desk.thread()][2] == "My orders"
    await desk.way_in.keep(desk.channel, {"visitor": "v1", "client_message_id": "forged-1", "payload": "/ask_points"})
    assert (await desk.replies(3))[2] == desk.line("choice_lapsed")


async def test_words_that_are_the_label_of_a_button_press_it(desk: Desk) -> None:
    button = {"title": "是的", "payload": "/affirm"}
    desk.bot.reply = lambda question: [{"text": "好吗？", "buttons": [button], "custom": None}]
    await desk.says("我想改订阅")
    await desk.replies(1)
    await desk.says("是的")
    await desk.replies(2)
    assert (desk.bot.asked[1]["text"], desk.bot.asked[1]["trusted"]) == ("/affirm", True)


async def test_while_a_person_holds_the_conversation_the_bot_is_silent(desk: Desk) -> None:
    kept = await desk.says("hello to everyone")
    await desk.replies(1)
    async with desk.store.transaction() as crm:
        conversation = await crm.conversations.get(kept.conversation_id)
        await crm.conversations.hand(conversation, Change(Control.PERSON, "staff:1", "taken"), desk.now())
    await desk.says("are you still there now")
    await asyncio.sleep(0.5)
    assert len(desk.bot.asked) == 1
    assert len(await desk.thread()) == 3


async def test_a_reply_computed_while_a_person_took_over_is_not_said(desk: Desk) -> None:
    desk.bot.delay = 0.6
    kept = await desk.says("hello to everyone")
    await asyncio.sleep(0.2)
    async with desk.store.transaction() as crm:
        conversation = await crm.conversations.get(kept.conversation_id)
        await crm.conversations.hand(conversation, Change(Control.PERSON, "staff:1", "taken"), desk.now())
    await asyncio.sleep(0.8)
    assert [message["direction"] for message in await desk.thread()] == ["in"]


async def test_a_bot_that_says_nothing_is_answered_for(desk: Desk) -> None:
    desk.bot.reply = lambda question: []
    await desk.says("blah blah blah")
    assert await desk.replies(1) == [desk.line("not_understood")]


async def test_the_language_follows_the_shopper_and_a_wish_fixes_it(desk: Desk) -> None:
    await desk.says("你好呀")
    await desk.replies(1)
    assert desk.bot.asked[0]["language"] == "zh"
    desk.bot.reply = lambda question: [{"text": None, "buttons": [], "custom": {"careloop": "speak", "language": "en"}}]
    await desk.says("please speak English")
    assert (await desk.replies(2))[1] == desk.line("speaks")
    desk.bot.reply = lambda question: [{"text": "ok", "buttons": [], "custom": None}]
    await desk.says("积分")
    await desk.replies(3)
    assert desk.bot.asked[2]["language"] == "en"
