import re

import pytest
from sqlalchemy import select

from bot.main import House
from crm_store.cases.complaints import Complaint
from crm_store.people.consent import ConsentEntry
from crm_store.people.customers import Customer
from crm_store.people.identities import ChannelIdentity
from tests.fakes.telegram import TOKEN
from tests.journeys.conftest import Telegram, letters, mailed_code
from tests.journeys.test_shoppers import JOURNEYS

TELEGRAM_ACCOUNT = TOKEN.partition(":")[0]

ANOTHER_CASE = ("A new complaint", "另外登记")


class Chat:
    """One person at Telegram."""

    def __init__(self, telegram: Telegram, chat_id: int) -> None:
        self._fake = telegram.fake
        self.chat_id = chat_id
        self._read = 0

    async def hears(self) -> str:
        sent = await self._fake.wait_for_sent(self.chat_id, self._read + 1, seconds=30)
        said = "\n".join(message.text for message in sent[self._read :])
        self._read = len(sent)
        return said

    async def says(self, text: str) -> str:
        self._fake.user_says(self.chat_id, text)
        return await self.hears()


@pytest.mark.parametrize(("language", "chat_id"), [("en", 70_001), ("zh", 70_002)])
async def test_from_start_to_stop(house: House, telegram: Telegram, language: str, chat_id: int) -> None:
    """The same journey as at the web chat, by the provider's own wire format and rules."""
    journey = JOURNEYS[language]
    chat = Chat(telegram, chat_id)
    telegram.fake.user_starts(chat_id)
    await chat.hears()
    assert str(journey["greet"][1]) in await chat.says(str(journey["greet"][0]))
    await chat.says(str(journey["points"][0]))
    mail = str(journey["mail"])
    seen = await letters(house, mail)
    await chat.says(mail)
    said = await chat.says(await mailed_code(house.settings.base_url, mail, seen))
    while not re.search(r"\d[\d,]*", said.replace("，", ",")):
        said += await chat.hears()
    assert str(journey["points"][1]) in said.replace("，", ",")
    assert str(journey["order"][1]) in await chat.says(str(journey["order"][0]))
    number = await complained(telegram, chat, str(journey["complain"]))
    await chat.says(str(journey["stop"]))
    async with house.store.transaction() as crm:
        identity = (await crm.session.scalars(select(ChannelIdentity).filter_by(address=str(chat_id)))).one()
        complaint = (await crm.session.scalars(select(Complaint).filter_by(number=number))).one()
        stops = (await crm.session.scalars(select(ConsentEntry).filter_by(identity_id=identity.id))).all()
    assert (complaint.identity_id, complaint.language) == (identity.id, language)
    assert {stop.answer for stop in stops} == {journey["stop"]}


async def complained(telegram: Telegram, chat: Chat, words: str) -> str:
    """Whatever the form asks; told of a case about the same order, it is another one."""
    said = await chat.says(words)
    for answer in ("none", "none", "my money back please", "yes", "no"):
        last = telegram.fake.sent(chat.chat_id)[-1]
        another = next((label for label, _ in last.buttons if label in ANOTHER_CASE), None)
        if another is None and (number := re.search(r"C\d{5}", said)):
            return number.group()
        if another is not None:
            telegram.fake.user_presses(last.message_id, another)
        said = await (chat.hears() if another is not None else chat.says(answer))
    raise AssertionError("no number was told")


async def test_only_ones_own_contact_card_given_when_asked_links_and_it_proves_nothing(
    house: House, telegram: Telegram
) -> None:
    async with house.store.transaction() as crm:
        reachable = (Customer.id > 100, Customer.email.is_not(None), Customer.phone.is_not(None))
        member = (await crm.session.scalars(select(Customer).where(*reachable).order_by(Customer.id))).first()
    assert member is not None
    assert member.phone is not None
    chat = Chat(telegram, 70_003)
    telegram.fake.user_starts(chat.chat_id)
    await chat.hears()
    telegram.fake.user_shares_contact(chat.chat_id, member.phone, own=True)
    assert "only take your own number" in await chat.hears()
    await chat.says("how many points do I have")
    telegram.fake.user_shares_contact(chat.chat_id, member.phone, own=False)
    assert "only take your own number" in await chat.hears()
    telegram.fake.user_shares_contact(chat.chat_id, member.phone, own=True)
    said = await chat.hears()
    while "***@" not in said:
        said += await chat.hears()
    assert member.name in said
    assert "You have" not in said


async def test_a_blocked_bot_is_noted_and_nothing_is_sent_there(house: House, telegram: Telegram) -> None:
    chat = Chat(telegram, 70_004)
    telegram.fake.user_starts(chat.chat_id)
    await chat.hears()
    telegram.fake.user_blocks(chat.chat_id)
    for _ in range(200):
        async with house.store.transaction() as crm:
            known = await crm.identities.reachability("telegram", TELEGRAM_ACCOUNT, [str(chat.chat_id)])
        if known == {str(chat.chat_id): "blocked"}:
            return
    raise AssertionError("not noted")
