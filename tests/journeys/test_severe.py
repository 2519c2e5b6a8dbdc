"""Something caught fire: a supervisor is called by e-mail, sees to it, and a promise that was missed is owned up to."""

import asyncio
import re
from datetime import timedelta

import httpx2
from playwright.async_api import expect
from sqlalchemy import select

from bot.clockwork import SENTENCES
from bot.main import House
from crm_store.promises.escalations import Cause, Escalation
from crm_store.sentences import read_sentences
from crm_store.staff.members import Role
from scheduler.apologies import Apologies
from scheduler.promises import Promises
from tests.chromium import NewPage
from tests.journeys.conftest import Telegram
from tests.journeys.days import SINGAPORE, Days
from tests.journeys.handler import Handler, hire, picture
from tests.journeys.test_telegram import Chat

MAIL = "sam@willowmere.example"


async def test_a_fire_calls_a_supervisor_and_a_missed_promise_is_owned_up_to(
    house: House, days: Days, telegram: Telegram, new_page: NewPage
) -> None:
    sam = await hire(house, MAIL, "Sam Koh", Role.SUPERVISOR, notify_by="email", notify_address=MAIL)
    chat = Chat(telegram, 72_001)
    number = await it_caught_fire(telegram, chat)
    letter = await the_letter(house, number)
    assert "this is severe" in letter
    assert f"/console/cases/{number}" in letter
    await sam_acknowledges(Handler(house, sam, await days.seen_by(await new_page())), number)
    await days.pass_until(days.now + timedelta(minutes=45))
    await Promises(house.store, house.now).look()
    assert await severe(house) == {(1, sam.id)}
    await nobody_answers_in_time(house, days, chat, number)


async def it_caught_fire(telegram: Telegram, chat: Chat) -> str:
    """Whatever the form asks; the last thing said is that a person comes."""
    telegram.fake.user_starts(chat.chat_id)
    await chat.hears()
    heard = await chat.says("I want to make a complaint, my new kettle caught fire")
    for answer in ("none", "my money back please"):
        heard += await chat.says(answer)
        if "C1" in heard:
            break
    found = re.search(r"C\d{5}", heard)
    assert found is not None, heard
    while "colleague" not in heard:
        heard += await chat.hears()
    return found.group()


async def the_letter(house: House, number: str) -> str:
    """What the demo mailbox holds for Sam about the case, as soon as there is something."""
    async with httpx2.AsyncClient(base_url=house.settings.base_url, headers={"Accept": "application/json"}) as client:
        for _ in range(300):
            told = (await client.get("/demo/mailbox", params={"to": MAIL})).json()["messages"]
            about = [each["text"] for each in told if number in each["subject"]]
            if about:
                return str(about[0])
            await asyncio.sleep(0.1)
    raise AssertionError("no letter came")


async def sam_acknowledges(sam: Handler, number: str) -> None:
    await sam.signs_in("/inbox?view=all")
    line = sam.line(number)
    await expect(line).to_contain_text("Severe", timeout=30_000)
    await picture(sam.page, "30_inbox_severe")
    await line.get_by_role("button", name="Acknowledge").click()
    await sam.is_told("Nobody further up is called")
    await expect(line).to_contain_text("Acknowledged", timeout=30_000)
    await picture(sam.page, "31_inbox_acknowledged")


async def severe(house: House) -> set[tuple[int, int | None]]:
    """Level and who acknowledged, of everything severe."""
    async with house.store.transaction() as crm:
        found = await crm.session.execute(
            select(Escalation.level, Escalation.acknowledged_by).where(
                Escalation.cause == Cause.SEVERE, Escalation.closed_at.is_(None)
            )
        )
        return {(level, by) for level, by in found}


async def nobody_answers_in_time(house: House, days: Days, chat: Chat, number: str) -> None:
    """An hour was promised; the shopper is told so, in the round after it and in none after that."""
    await days.pass_until(days.now + timedelta(minutes=20))
    await Promises(house.store, house.now).look()
    apologies = Apologies(house.store, read_sentences(SENTENCES, house.shop), SINGAPORE, house.now)
    await apologies.say()
    heard = await chat.hears()
    assert f"About your complaint {number}" in heard
    assert "we are late. I am sorry. It has been passed to a senior colleague." in heard
    for _ in range(3):
        await apologies.say()
    await days.pass_until(days.now + timedelta(hours=3))
    await Promises(house.store, house.now).look()
    await apologies.say()
    assert "we are late" not in await chat.says("Hello? Is anybody there?")
