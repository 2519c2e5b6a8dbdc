"""Somebody is angry: a person at once when it is plain and the desk is open, else a person on offer."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.conversation.desk.mood import Mood, mood_of
from crm_store.holding.thanks_words import only_thanks
from crm_store.promises.escalations import Escalation
from crm_store.talks.conversations import Control
from tests.conversation.conftest import Desk


@pytest.mark.parametrize(
    "text",
    [
        "you are useless",
        "THIS IS THE THIRD TIME!!!",
        "My coat came with a hole, that is unacceptable and nobody answers",
        "气死我了",
        "你们太差了，第三次了！！",
        "一群騙子",
    ],
)
def test_this_leaves_no_doubt(text: str) -> None:
    assert mood_of(text) is Mood.FURIOUS


@pytest.mark.parametrize("text", ["that is ridiculous", "太差了", "投诉你们", "WHERE IS MY PARCEL", "这是第三次了"])
def test_this_is_one_sign(text: str) -> None:
    assert mood_of(text) is Mood.ANGRY


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "Thank you so much!!!",
        "I LOVE THIS SHOP!!!",
        "WM104233 SKU ABC",
        "垃圾袋有货吗",
        "我要投诉",
        "太好了！！！",
    ],
)
def test_this_is_calm(text: str) -> None:
    assert mood_of(text) is Mood.CALM


@pytest.mark.parametrize("text", ["thanks", "OK!", "好的，谢谢您🙏", "收到", "👍", "Got it, thank you guys"])
def test_this_only_thanks(text: str) -> None:
    assert only_thanks(text)


@pytest.mark.parametrize("text", ["", "!!!", "😡", "ok?", "好的，什么时候到", "thanks but it is broken", "not good"])
def test_this_does_more_than_thank(text: str) -> None:
    assert not only_thanks(text)


async def test_somebody_furious_is_handed_over_at_once_while_the_desk_is_open(desk: Desk) -> None:
    await desk.says("气死我了，你们这群骗子")
    assert await desk.replies(1) == [desk.line("all_away", "zh")]
    assert desk.bot.asked == []
    async with desk.store.transaction() as crm:
        assert [each.cause for each in await crm.session.scalars(select(Escalation))] == ["angry"]
        assert [each.reason for each in await crm.handoffs.of(1)] == ["angry"]


async def test_somebody_furious_out_of_hours_is_answered_and_offered_a_person(desk: Desk) -> None:
    desk.passed = timedelta(hours=10)
    await desk.says("you are useless")
    assert await desk.replies(2) == ["bot: you are useless", desk.line("offer_person")]
    await desk.presses(desk.line("person_please"))
    await desk.replies(3)
    assert (await desk.control()).control == Control.PARKED


async def test_the_second_angry_message_brings_the_offer_and_the_button_brings_the_person(desk: Desk) -> None:
    await desk.says("that is ridiculous")
    await desk.says("where is my parcel then")
    assert await desk.replies(2) == ["bot: that is ridiculous", "bot: where is my parcel then"]
    await desk.says("this is outrageous")
    assert (await desk.replies(4))[2:] == ["bot: this is outrageous", desk.line("offer_person")]
    await desk.presses(desk.line("person_please"))
    assert (await desk.replies(5))[4] == desk.line("all_away")
    async with desk.store.transaction() as crm:
        assert [each.reason for each in await crm.handoffs.of(1)] == ["angry"]


async def test_anger_of_another_day_is_forgotten(desk: Desk) -> None:
    await desk.says("that is ridiculous")
    await desk.replies(1)
    desk.passed = timedelta(hours=3)
    await desk.says("this is outrageous")
    assert (await desk.replies(2))[1] == "bot: this is outrageous"
    await desk.says("hello out there")
    assert (await desk.replies(3))[2] == "bot: hello out there"
