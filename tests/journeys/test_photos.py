"""A photo in the middle of a complaint: the form goes on, and the case has the photo."""

import re
from uuid import uuid4

from sqlalchemy import select

from bot.main import House
from crm_store.cases.attachments import Attachment
from crm_store.cases.complaints import Complaint
from tests.files import samples
from tests.journeys.conftest import Telegram, WebShopper
from tests.journeys.test_telegram import Chat


async def photos_of(house: House, number: str) -> list[tuple[str, str]]:
    async with house.store.transaction() as crm:
        complaint = (await crm.session.scalars(select(Complaint).filter_by(number=number))).one()
        found = select(Attachment).filter_by(complaint_id=complaint.id).order_by(Attachment.id)
        return [(row.state, row.media_type) for row in await crm.session.scalars(found)]


async def send_photo(shopper: WebShopper, size: int) -> str:
    files = {"file": ("cup.png", samples.picture("PNG", (size, size)), "image/png")}
    data = {"client_message_id": uuid4().hex}
    answer = await shopper.http.post("/channels/webchat/attachments", data=data, files=files)
    assert answer.status_code == 202, answer.text
    return await shopper.hears()


async def test_a_photo_within_the_form_leaves_its_question_standing(house: House, shopper: WebShopper) -> None:
    question = await shopper.says("I want to make a complaint, the toaster I bought is broken")
    said = await send_photo(shopper, 40)
    assert "it goes with your complaint" in said
    assert question.splitlines()[-1] in said
    said = await shopper.says("none")
    for answer in ("none", "a new one please"):
        if re.search(r"C\d{5}", said):
            break
        said = await shopper.says(answer)
    found = re.search(r"C\d{5}", said)
    assert found is not None, said
    assert await photos_of(house, found.group()) == [("kept", "image/png")]


async def test_a_photo_on_telegram_within_the_form_is_fetched_and_goes_with_the_case(
    house: House, telegram: Telegram
) -> None:
    chat = Chat(telegram, 70_031)
    telegram.fake.user_starts(chat.chat_id)
    await chat.hears()
    await chat.says("我要投诉，收到的锅是坏的，把手都断了")
    telegram.fake.user_sends_photo(chat.chat_id, content=samples.photo_with_a_place())
    assert "会和您的投诉放在一起" in await chat.hears()
    said = await chat.says("没有订单号")
    for answer in ("没有订单号", "请给我换一个新的"):
        if re.search(r"C\d{5}", said):
            break
        said = await chat.says(answer)
    found = re.search(r"C\d{5}", said)
    assert found is not None, said
    assert await photos_of(house, found.group()) == [("kept", "image/jpeg")]
