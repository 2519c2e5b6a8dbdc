"""What a shopper proves themselves with stays between them and us: nothing of it is in the log."""

import asyncio
import re
from datetime import UTC, date, datetime

import httpx2

from bot.conversation.visitors import new_token
from crm_store.people.customers import Customer
from tests.fakes.rasa import ScriptedBot
from tests.trouble.house import SECRET, Open, Shopper, texts
from tests.trouble.journal import Journal

EMAIL = "mirabelle.quetsch@example.com"
PHONE = "+6591239876"
NAME = "Mirabelle Quetsch"


async def test_neither_contact_nor_code_nor_name_is_written_down(
    house: Open, shopper: Shopper, answering: ScriptedBot, journal: Journal
) -> None:
    journal.secrets |= {EMAIL, PHONE, NAME}
    async with house.house.store.transaction() as crm:
        crm.session.add(
            Customer(name=NAME, email=EMAIL, phone=PHONE, member_number="M87654321", joined_on=date(2024, 1, 1))
        )
    usual, answering.reply = answering.reply, _wants_proof
    try:
        await shopper.says("how many points do I have")
        await shopper.replies(1)
        await shopper.says(f"it is {EMAIL}")
        await shopper.replies(2)
        code = await _mailed_code(house)
        journal.secrets.add(code)
        await shopper.says(f"{int(code[0]) ^ 1}{code[1:]}")
        await shopper.replies(3)
        answering.reply = usual
        await shopper.says(code)
        await shopper.hears("bot: /ask_points")
    finally:
        answering.reply = usual
    assert any(NAME in text for text in texts(await shopper.thread(), "out"))


def _wants_proof(question: dict[str, object]) -> list[dict[str, object]]:
    return [{"text": None, "buttons": [], "custom": {"careloop": "prove", "wanted": "/ask_points"}}]


async def _mailed_code(house: Open) -> str:
    async with asyncio.timeout(20), httpx2.AsyncClient(base_url=house.url) as client:
        while True:
            answer = await client.get("/demo/mailbox", params={"to": EMAIL}, headers={"Accept": "application/json"})
            for letter in answer.json()["messages"]:
                found = re.search(r"\d{6}", letter["text"])
                if found is not None:
                    return found.group()
            await asyncio.sleep(0.05)


async def test_a_lapsed_token_is_refused_and_not_written_down(house: Open, journal: Journal) -> None:
    _, lapsed = new_token(SECRET.encode(), datetime(2024, 1, 1, tzinfo=UTC))
    journal.secrets.add(lapsed)
    async with httpx2.AsyncClient(base_url=house.url, headers={"Authorization": f"Bearer {lapsed}"}) as client:
        answer = await client.get("/channels/webchat/messages")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "session_unknown")
