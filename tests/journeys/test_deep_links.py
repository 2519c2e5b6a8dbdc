"""From the shop's own system into a chat: a link by the API, a yes, a greeting by name; the second one is too late."""

import re

import pytest
from playwright.async_api import expect

from bot.main import House
from tests.browser.reading import mine, said, theirs
from tests.chromium import NewPage
from tests.journeys.conftest import Telegram, deep_link
from tests.journeys.test_telegram import Chat

MAIL = "emma.tan@example.com"
WORDS = {
    "en": ("en-GB", "Shall I link this chat to E***", "Yes, that is me", "Hello Emma Tan", "used or has lapsed"),
    "zh": ("zh-CN", "E***", "是的，是我", "您好，Emma Tan", "已经用过或已过期"),
}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_link_into_the_web_chat(house: House, new_page: NewPage, language: str) -> None:
    locale, asks, yes, greets, lapsed = WORDS[language]
    url = await deep_link(house, "webchat", MAIL)
    page = await new_page(locale=locale)
    await page.goto(url)
    await expect(theirs(page)).to_contain_text([asks], timeout=20_000)
    assert page.url == f"{house.settings.base_url}/chat"
    await page.get_by_role("button", name=yes).click()
    await expect(theirs(page).nth(1)).to_contain_text(greets, timeout=20_000)
    await expect(mine(page)).to_have_text([yes])
    other = await new_page(locale=locale)
    await other.goto(url)
    await expect(theirs(other)).to_contain_text([lapsed], timeout=20_000)


async def test_whoever_came_by_a_link_is_greeted_by_name_from_then_on(house: House, new_page: NewPage) -> None:
    page = await new_page()
    await page.goto(await deep_link(house, "webchat", MAIL))
    await page.get_by_role("button", name="Yes, that is me").click(timeout=20_000)
    await expect(theirs(page)).to_have_count(2, timeout=20_000)
    await page.reload()
    await said(page, "hello")
    await expect(theirs(page).nth(2)).to_contain_text("Emma", timeout=20_000)


@pytest.mark.parametrize(("language", "chat_id"), [("en", 71_001), ("zh", 71_002)])
async def test_a_link_into_telegram(house: House, telegram: Telegram, language: str, chat_id: int) -> None:
    _, asks, yes, greets, lapsed = WORDS[language]
    url = await deep_link(house, "telegram", MAIL)
    found = re.fullmatch(r"https://t\.me/willowmere_bot\?start=([A-Za-z0-9_-]{43})", url)
    assert found is not None
    telegram.fake.person(chat_id, language=language)
    chat = Chat(telegram, chat_id)
    telegram.fake.user_starts(chat_id, found.group(1))
    assert asks in await chat.hears()
    telegram.fake.user_presses(telegram.fake.sent(chat_id)[-1].message_id, yes)
    assert greets in await chat.hears()
    telegram.fake.person(chat_id + 100, language=language)
    other = Chat(telegram, chat_id + 100)
    telegram.fake.user_starts(other.chat_id, found.group(1))
    assert lapsed in await other.hears()
