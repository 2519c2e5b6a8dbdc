"""At Telegram's door: nothing without the secret; whatever comes with it is kept once, answered once, or set aside."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, select

from crm_store.talks.inbox import InboxEvent
from tests.fakes.rasa import ScriptedBot
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.trouble.conftest import WEBHOOK_SECRET
from tests.trouble.house import WORDS, Open, open_house, settings_for
from tests.trouble.journal import Journal

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
UPDATES = count(700_000_001)
PEOPLE = count(88_001)


@dataclass
class Door:
    """The house's door for Telegram, and Telegram."""

    house: Open
    fake: FakeTelegram
    http: aiohttp.ClientSession

    async def posts(self, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and, for a refusal, the code."""
        shown = {SECRET_HEADER: WEBHOOK_SECRET} if headers is None else headers
        address = f"{self.house.url}/channels/telegram/webhook"
        async with self.http.post(address, data=body, headers=shown) as answer:
            told = await answer.json()
            return answer.status, str(told.get("error", {}).get("code", ""))

    async def delivers(self, update: object) -> tuple[int, str]:
        return await self.posts(json.dumps(update).encode())

    async def kept(self) -> int:
        """How many events there are, of any state."""
        async with self.house.house.store.transaction() as crm:
            return await crm.session.scalar(select(func.count()).select_from(InboxEvent)) or 0

    async def set_aside(self) -> list[str]:
        """Why events could not be read."""
        async with self.house.house.store.transaction() as crm:
            rows = await crm.session.scalars(select(InboxEvent.error).filter_by(state="quarantined"))
            return [str(error) for error in rows.all()]

    def somebody(self) -> int:
        chat_id = next(PEOPLE)
        self.fake.person(chat_id).open = True
        return chat_id


def message(chat_id: int, **content: Any) -> dict[str, Any]:
    person = {"id": chat_id, "is_bot": False, "first_name": "Anna", "language_code": "en"}
    chat = {"id": chat_id, "type": "private", "first_name": "Anna"}
    said = {"message_id": 1, "date": 1_795_000_000, "from": person, "chat": chat, **content}
    return {"update_id": next(UPDATES), "message": said}


@pytest.fixture(scope="module")
async def door(
    own_database: str, answering: ScriptedBot, journal: Journal, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Door]:
    fake = FakeTelegram(TOKEN, over_http=True)
    base = await fake.start()
    settings = settings_for(
        tmp_path_factory.mktemp("door"),
        own_database,
        answering.url,
        telegram_token=TOKEN,
        telegram_api_base=base,
        telegram_mode="webhook",
        telegram_webhook_secret=WEBHOOK_SECRET,
    )
    async with open_house(settings, journal) as opened, aiohttp.ClientSession() as http:
        yield Door(opened, fake, http)
    await fake.stop()


async def test_updates_come_in_by_the_webhook_that_was_put_up(door: Door) -> None:
    chat_id = next(PEOPLE)
    async with asyncio.timeout(10):
        while not door.fake.webhook.url:
            await asyncio.sleep(0.05)
    door.fake.user_says(chat_id, WORDS)
    sent = await door.fake.wait_for_sent(chat_id, seconds=20)
    assert [each.text for each in sent] == [f"bot: {WORDS}"]


FORGED: dict[str, dict[str, str]] = {
    "missing": {},
    "empty": {SECRET_HEADER: ""},
    "wrong": {SECRET_HEADER: "wrong"},
    "almost": {SECRET_HEADER: WEBHOOK_SECRET[:-1]},
    "longer": {SECRET_HEADER: WEBHOOK_SECRET + "x"},
    "in other letters": {SECRET_HEADER: WEBHOOK_SECRET.upper()},
    "beyond ASCII": {SECRET_HEADER: "gehéim✓"},
    "somewhere else": {"Authorization": f"Bearer {WEBHOOK_SECRET}"},
}


@pytest.mark.parametrize("name", FORGED)
async def test_without_the_secret_nothing_is_kept(door: Door, name: str) -> None:
    before = await door.kept()
    for body in (json.dumps(message(door.somebody(), text=WORDS)).encode(), b"garbage", b""):
        assert await door.posts(body, FORGED[name]) == (403, "delivery_forged")
    assert await door.kept() == before


UNREADABLE = {
    "nothing": b"",
    "no JSON": b"hello",
    "an array": b"[]",
    "words": b'"hi"',
    "null": b"null",
    "not UTF-8": b'{"update_id": "\xff"}',
    "deep": b'{"update_id":' + b"[" * 100_000,
    "a huge number": b'{"update_id": ' + b"9" * 10_000 + b"}",
}


@pytest.mark.parametrize("name", UNREADABLE)
async def test_what_is_no_object_is_refused(door: Door, name: str) -> None:
    assert await door.posts(UNREADABLE[name]) == (422, "delivery_unreadable")


UNKNOWN: list[dict[str, Any]] = [
    {},
    {"poll": {"id": "1"}},
    {"edited_message": {"text": "x"}},
    {"channel_post": {"chat": {"type": "channel"}}},
    {"something_new": {"of": ["next", "year"]}},
    {"message": {"chat": {"id": -5, "type": "group"}, "text": "hi"}},
]


async def test_what_is_not_for_us_is_thanked_for_and_not_kept(door: Door) -> None:
    before = await door.kept()
    for update in UNKNOWN:
        assert await door.delivers({"update_id": next(UPDATES), **update}) == (200, "")
    assert await door.kept() == before


def _broken() -> dict[str, Any]:
    good = message(5, text=WORDS)["message"]
    return {
        "no id": {"message": good},
        "an id of another kind": {"update_id": "7", "message": good},
        "an id without end": {"update_id": float("nan"), "message": good},
        "a message that is words": {"message": "hi"},
        "no chat": {"message": {**good, "chat": None}},
        "nobody": {"message": {**good, "from": []}},
        "a person without a number": {"message": {**good, "from": {"id": "anna"}}},
        "a text that is none": {"message": {**good, "text": {"a": [1]}}},
        "a date that is none": {"message": {**good, "date": 10**30}},
        "a card without a number": {"message": {**good, "text": None, "contact": {"phone_number": 5}}},
        "a button of no message": {"callback_query": {"id": "1", "data": 5, "message": {"chat": {"type": "private"}}}},
        "NUL and half a character": {"message": {**good, "from": {"id": "\x00\ud800"}}},
        "deep": {"message": {**good, "from": json.loads("[" * 900 + "]" * 900)}},
    }


@pytest.mark.parametrize("name", _broken())
async def test_what_cannot_be_read_is_set_aside_with_the_reason_and_thanked_for(door: Door, name: str) -> None:
    before = len(await door.set_aside())
    update = _broken()[name]
    numbered = {"update_id": next(UPDATES), **update} if "id" not in name.split()[-1:] else update
    assert await door.delivers(numbered) == (200, "")
    assert await door.delivers(numbered) == (200, "")
    reasons = await door.set_aside()
    assert len(reasons) == before + 1
    assert "must be" in reasons[-1]


@pytest.mark.parametrize("more", [{"x": float("nan")}, {"x": 1e400}, {"x": "\x00\ud800"}, {"\x00": 1}, {"x": 10**200}])
async def test_fields_that_no_database_takes_do_not_cost_the_message(door: Door, more: dict[str, Any]) -> None:
    chat_id = door.somebody()
    assert await door.delivers(message(chat_id, text=f"{WORDS}\x00 \\u0000 \ud800", **more)) == (200, "")
    assert len(await door.fake.wait_for_sent(chat_id, seconds=20)) == 1


async def test_five_deliveries_of_one_update_at_once_are_one_message_and_one_reply(door: Door) -> None:
    for number in range(5):
        chat_id = door.somebody()
        update = message(chat_id, text=f"{WORDS} {number}")
        before = await door.kept()
        assert await asyncio.gather(*(door.delivers(update) for _ in range(5))) == [(200, "")] * 5
        assert await door.kept() == before + 1
        await door.delivers(message(chat_id, text=f"{WORDS} next"))
        sent = await door.fake.wait_for_sent(chat_id, count=2, seconds=20)
        assert [each.text for each in sent] == [f"bot: {WORDS} {number}", f"bot: {WORDS} next"]
