import pytest

from tests.actions.conftest import NewTalker

pytestmark = pytest.mark.rasa


async def test_the_bot_says_that_it_is_one_and_that_a_person_can_be_had(talker: NewTalker) -> None:
    english = await (await talker()).say("are you a human?")
    assert "I am a bot" in english.text
    assert english.buttons == {"Talk to a person": "/ask_human"}
    chinese = await (await talker("zh")).say("你是真人吗")
    assert "我是机器人" in chinese.text


async def test_a_linked_shopper_is_greeted_by_name_and_nobody_else_is(talker: NewTalker) -> None:
    shopper = await talker("zh")
    assert "林晓梅" not in (await shopper.say("你好")).text
    await shopper.prove("xiaomei.lin@example.com")
    assert "林晓梅" in (await shopper.say("你好")).text


async def test_a_person_is_one_message_away(talker: NewTalker) -> None:
    reply = await (await talker("zh")).say("我要找真人客服")
    assert reply.wishes == [{"careloop": "hand_over", "reason": "asked"}]
    assert reply.texts == []


async def test_a_stop_in_other_words_goes_to_the_house_at_once(talker: NewTalker) -> None:
    reply = await (await talker()).say("please never contact me again, leave me alone")
    assert reply.wishes == [{"careloop": "stop"}]


async def test_the_language_asked_for_is_the_one_named_else_there_are_buttons(talker: NewTalker) -> None:
    shopper = await talker()
    assert (await shopper.say("can you speak Chinese")).wishes == [{"careloop": "speak", "language": "zh"}]
    asked = await shopper.say("change language")
    assert (await shopper.press(asked, "中文")).wishes == [{"careloop": "speak", "language": "zh"}]


async def test_not_understood_twice_in_a_row_brings_a_person(talker: NewTalker) -> None:
    shopper = await talker()
    first = await shopper.say("qqq")
    assert "other words" in first.text
    assert first.wishes == []
    assert (await shopper.say("qqq")).wishes == [{"careloop": "hand_over", "reason": "bot_failed"}]


async def test_being_understood_once_ends_the_count(talker: NewTalker) -> None:
    shopper = await talker()
    await shopper.say("qqq")
    await shopper.say("thank you")
    assert "other words" in (await shopper.say("qqq")).text


async def test_a_bare_contact_leads_to_proof_and_shows_nothing(talker: NewTalker) -> None:
    reply = await (await talker()).say("emma.tan@example.com")
    assert reply.wishes == [{"careloop": "prove", "wanted": "/ask_membership"}]
    assert reply.texts == []


async def test_a_bare_fact_without_a_use_is_asked_about(talker: NewTalker) -> None:
    reply = await (await talker()).say("last Tuesday")
    assert "/ask_human" in reply.buttons.values()
