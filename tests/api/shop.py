"""A small shop to read: two members who talk, and a stranger."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crm_store.cases.complaints import Grievance, Opener
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.people.customers import Customer
from crm_store.people.identities import Address
from crm_store.people.proof import linked_by
from crm_store.talks.conversations import Change, Control, Conversation
from crm_store.talks.interactions import Delivery, Interaction

PAYLOAD = "/confirm_return{secret_slot}"
DIALOGUE = "slot-only-the-bot-may-know"


@dataclass(frozen=True)
class Shop:
    """Ids of what is there."""

    mei: int
    anna: int
    mei_talk: int
    anna_talk: int
    stranger_talk: int
    mei_words: list[int]
    complaint: int


async def open_shop(store: Store, now: datetime) -> Shop:
    async with store.transaction() as crm:
        mei = await customer(crm, "Tan Mei Ling 陈美玲", "M1001", "Mei@Example.com", "+6591234567")
        anna = await customer(crm, "Anna O'Neill", "M1002", "anna@example.com", None)
        mei_talk = await talk(crm, "telegram", "1001", mei, now)
        anna_talk = await talk(crm, "webchat", "v2", anna, now)
        stranger_talk = await talk(crm, "webchat", "v3", None, now)
        words = [
            await said(crm, mei_talk, mei, at) for at in (now, now + timedelta(minutes=2), now + timedelta(minutes=1))
        ]
        complaint = await complain(crm, mei_talk, mei, words[0], now)
        return Shop(mei, anna, mei_talk.id, anna_talk.id, stranger_talk.id, words, complaint)


async def customer(crm: Crm, name: str, number: str | None, email: str | None, phone: str | None) -> int:
    made = Customer(name=name, member_number=number, email=email, phone=phone, joined_on=date(2024, 2, 29))
    crm.session.add(made)
    await crm.session.flush()
    return made.id


async def talk(crm: Crm, channel: str, address: str, customer_id: int | None, now: datetime) -> Conversation:
    identity = await crm.identities.at(Address(channel, "shop", address), "", now)
    if customer_id is not None:
        await crm.identities.link(identity.id, customer_id, linked_by("deep_link", now))
    fresh = Conversation(identity_id=identity.id, channel=channel, account="shop", language="en", opened_at=now)
    opened = await crm.conversations.open(fresh)
    await crm.conversations.remember(opened.id, [{"event": "slot", "value": DIALOGUE}], now)
    await crm.conversations.await_answer(opened.id, {"for": "code", "wanted": DIALOGUE})
    await crm.conversations.hand(opened, Change(Control.WAITING, "shopper", "asked_for_person"), now)
    return opened


async def said(crm: Crm, conversation: Conversation, customer_id: int | None, at: datetime) -> int:
    made = Interaction(
        conversation_id=conversation.id,
        identity_id=conversation.identity_id,
        customer_id=customer_id,
        direction="out",
        author="bot",
        text="退货吗？ <b>Return</b> it?",
        choices=[{"id": "c1", "label": "Yes", "payload": PAYLOAD}],
        delivery=Delivery.SENT,
        at=at,
    )
    return (await crm.interactions.add(made)).id


async def complain(crm: Crm, conversation: Conversation, customer_id: int, interaction_id: int, now: datetime) -> int:
    opener = Opener(conversation.identity_id, customer_id, conversation.id, interaction_id)
    grievance = Grievance("damaged", "normal", "壶漏水 the kettle leaks", "a new one", "W1", "en")
    return (await crm.complaints.open(opener, grievance, now)).id
