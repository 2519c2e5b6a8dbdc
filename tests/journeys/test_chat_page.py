import re

import httpx2
import pytest
from playwright.async_api import Page, expect

from bot.main import House, now
from crm_store.keys import new_key
from tests.browser.reading import said, theirs
from tests.chromium import NewPage
from tests.journeys.conftest import letters, mailed_code
from tests.journeys.test_shoppers import JOURNEYS

LOCALES = {"en": "en-GB", "zh": "zh-CN"}
NUMBER = re.compile(r"C\d{5}")


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_journey_in_a_browser_is_told_by_the_api_word_for_word(
    house: House, new_page: NewPage, language: str
) -> None:
    journey = JOURNEYS[language]
    page = await new_page(locale=LOCALES[language])
    await page.goto(f"{house.settings.base_url}/chat")
    await said(page, journey["greet"][0])
    await expect(theirs(page).last).to_contain_text(journey["greet"][1], timeout=20_000)
    await said(page, journey["points"][0])
    await expect(theirs(page)).to_have_count(2, timeout=20_000)
    await prove(house, page, str(journey["mail"]))
    await expect(theirs(page).last).to_contain_text(re.compile(journey["points"][1]), timeout=20_000)
    await said(page, journey["order"][0])
    await expect(theirs(page).last).to_contain_text(journey["order"][1], timeout=20_000)
    await complain(page, str(journey["complain"]))
    before = await theirs(page).count()
    await said(page, str(journey["stop"]))
    await expect(theirs(page)).to_have_count(before + 1, timeout=20_000)
    shown = [plain(words) for words in await page.locator(".message .words").all_text_contents()]
    assert [plain(words) for words in await texts_by_api(house)] == shown


def plain(words: str) -> str:
    """Without what a page may add to break lines well."""
    return " ".join(words.replace("\u2060", "").split())


async def prove(house: House, page: Page, mail: str) -> None:
    seen = await letters(house, mail)
    await said(page, mail)
    await expect(theirs(page)).to_have_count(3, timeout=20_000)
    await said(page, await mailed_code(house.settings.base_url, mail, seen))
    await expect(theirs(page)).to_have_count(5, timeout=20_000)


async def complain(page: Page, words: str) -> None:
    """Answer whatever the form asks until it tells a number."""
    for line in (words, "none", "my money back please", "yes", "no"):
        before = await theirs(page).count()
        await said(page, line)
        await expect(theirs(page)).not_to_have_count(before, timeout=20_000)
        if NUMBER.search(await theirs(page).last.inner_text()):
            return
    raise AssertionError("no number was told")


async def texts_by_api(house: House) -> list[str]:
    """The newest conversation of the web chat, over the public API with a key of its own."""
    shown, key = new_key("journey", ["conversations:read", "interactions:read"], now())
    async with house.store.transaction() as crm:
        crm.api_keys.add(key)
    headers = {"Authorization": f"Bearer {shown}"}
    async with httpx2.AsyncClient(base_url=house.settings.base_url, headers=headers) as client:
        found = await client.get("/api/v1/conversations", params={"channel": "webchat", "limit": 200})
        query = {"conversation_id": found.json()["items"][-1]["id"], "limit": 200}
        told = await client.get("/api/v1/interactions", params=query)
    return [item["text"] for item in told.json()["items"]]
