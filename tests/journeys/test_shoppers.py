import asyncio
import re

import pytest
from sqlalchemy import func, select

from bot.main import House
from crm_store.cases.complaints import ComplaintConversation
from tests.journeys.conftest import WebShopper, letters, mailed_code

JOURNEYS = {
    "en": {
        "mail": "emma.tan@example.com",
        "greet": ("hello", "assistant"),
        "points": ("how many points do I have", "2,480"),
        "order": ("where is my order WM100001", "WM100001"),
        "complain": "I want to make a complaint, my blender arrived broken and it smokes",
        "stop": "stop",
    },
    "zh": {
        "mail": "xiaomei.lin@example.com",
        "greet": ("你好", "智能助手"),
        "points": ("我还有多少积分", "865"),
        "order": ("我的订单WM100002到哪了", "WM100002"),
        "complain": "我要投诉，收到的锅是坏的，把手都断了",
        "stop": "别再发了",
    },
}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_from_hello_to_stop(house: House, shopper: WebShopper, language: str) -> None:
    """Greet, points, proof, balance, order, complaint with its number, stop: every word of it kept, in order."""
    journey = JOURNEYS[language]
    assert journey["greet"][1] in await shopper.says(journey["greet"][0])
    asked = await shopper.says(journey["points"][0])
    assert journey["points"][1] not in asked
    mail = str(journey["mail"])
    before = await letters(house, mail)
    await shopper.says(mail)
    told = await shopper.says(await mailed_code(house.settings.base_url, mail, before))
    assert journey["points"][1] in told.replace("，", ",")
    assert journey["order"][1] in await shopper.says(journey["order"][0])
    number = await complain(shopper, str(journey["complain"]))
    assert "http" not in await shopper.says(str(journey["stop"]))
    async with house.store.transaction() as crm:
        complaint = await crm.complaints.numbered(number)
        kept = await crm.interactions.readable(shopper.conversation_id, 0)
    assert complaint is not None
    assert str(journey["complain"])[:10] in complaint.what_happened
    assert [each.text for each in kept] == [each["text"] for each in shopper.heard]
    assert [each.seq for each in kept] == list(range(1, len(kept) + 1))


async def complain(shopper: WebShopper, words: str) -> str:
    """Go through the form, whatever it asks, until a number is told."""
    said = await shopper.says(words)
    answers = iter(["none", "none", "my money back please", "yes", "no"])
    while not (found := re.search(r"C\d{5}", said)):
        said = await shopper.says(next(answers))
    return found.group()


async def test_the_last_word_of_a_complaint_delivered_five_times_at_once_is_one_complaint(
    house: House, shopper: WebShopper
) -> None:
    """Acceptance check 2: Through the whole house: one message, one reply of the bot, one complaint.

    The same inbound event delivered five times, concurrently: one message, one reply, one complaint (rule 6).
    """
    await shopper.says("I want to make a complaint, the toaster I bought is broken")
    await shopper.says("none")
    body = {"client_message_id": "the-last-word", "text": "a new one please"}
    answers = await asyncio.gather(*(shopper.http.post("/channels/webchat/messages", json=body) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["interaction_id"] for answer in answers}) == 1
    said = await shopper.hears()
    assert len(re.findall(r"complaint C\d{5}", said)) == 1
    async with house.store.transaction() as crm:
        opened = select(func.count()).where(ComplaintConversation.conversation_id == shopper.conversation_id)
        assert await crm.session.scalar(opened) == 1
        kept = await crm.interactions.readable(shopper.conversation_id, 0)
    assert [each.text for each in kept].count("a new one please") == 1
    assert [each.direction for each in kept] == ["in", "out"] * 3
