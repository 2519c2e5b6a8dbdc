"""The preference page in a browser: without JavaScript, by keyboard, in both languages, on a phone; axe looks too."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

import pytest
from fastapi import FastAPI
from playwright.async_api import Page, expect

from bot.conversation.opting_in import OptingIn, OptInRules
from bot.web.assets import load_web_assets
from bot.web.pages import pages_router
from bot.web.preference_links import preference_token
from bot.web.preferences.desk import PreferenceDesk
from bot.web.preferences.router import preferences_router
from crm_store.database import Store
from crm_store.people.consent import Evidence, Purpose, Who
from crm_store.people.customers import Customer
from crm_store.people.identities import Address
from crm_store.people.preferences import OccasionNote, Told
from crm_store.people.proof import linked_by
from crm_store.sentences import read_sentences
from crm_store.talks.outbox import OutboxMessage
from tests.browser.serving import Serving
from tests.browser.test_reach import violations
from tests.chromium import NewPage
from tests.conftest import ROOT

SECRET = b"0123456789abcdef0123456789abcdef"
SHOP = {"en": "Willowmere", "zh": "柳岸百货"}
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
Scheme = Literal["light", "dark"]


@dataclass
class Sheet:
    """A member with a history, and where their page is."""

    store: Store
    site: Serving
    customer: int

    @property
    def url(self) -> str:
        return f"{self.site.url}/preferences/{preference_token(SECRET, self.customer)}"

    async def ledger(self) -> list[tuple[str, str, bool]]:
        async with self.store.transaction() as crm:
            standing = await crm.consent.standing(Who(None, self.customer))
        return [(entry.purpose, entry.channel, entry.granted) for entry in standing]

    async def rules(self) -> dict[str, Any]:
        async with self.store.transaction() as crm:
            return {each.kind: each.value for each in await crm.preferences.of(Who(None, self.customer))}


async def member_with_history(store: Store) -> int:
    async with store.transaction() as crm:
        member = Customer(name="Emma Tan", email="emma.tan@example.com", joined_on=date(2024, 1, 1))
        crm.session.add(member)
        await crm.session.flush()
        for channel in ("telegram", "webchat"):
            identity = await crm.identities.at(Address(channel, "shop", "42"), "Emma", NOW)
            await crm.identities.link(identity.id, member.id, linked_by("deep_link", NOW))
        who, told = Who(identity.id, member.id), Told("as said", None, NOW)
        allowed = [
            (Purpose.CARE, "telegram", True),
            (Purpose.CARE, "email", True),
            (Purpose.PROMOTION, "telegram", True),
        ]
        await crm.consent.record(who, allowed, Evidence("form"), NOW)
        await crm.preferences.put(who, "hours", {"from": "10:00", "to": "20:00"}, told)
        await crm.preferences.put(who, "at_most", {"count": 2, "per": "month"}, told)
        await crm.preferences.put(who, "only", {"occasions": ["birthday", "mid_autumn"]}, told)
        await crm.preferences.put(who, "zone", {"zone": "Asia/Tokyo", "until": "2026-11-29"}, told)
        await crm.preferences.note(who, OccasionNote("mothers_day", None, None, "solar", off=True), told)
        return member.id


@pytest.fixture
async def sheet(store: Store) -> AsyncIterator[Sheet]:
    site, assets = Serving(), load_web_assets(SHOP)
    sentences = read_sentences(ROOT / "bot" / "conversation" / "sentences.yml", SHOP)
    opting_in = OptingIn(sentences, OptInRules(SECRET, site.url, {"email": "email:care@shop.example"}))
    app = FastAPI()
    app.include_router(pages_router(assets, []))
    app.include_router(preferences_router(PreferenceDesk(store, opting_in, SECRET, lambda: NOW), assets, SHOP))
    await site.start(app)
    yield Sheet(store, site, await member_with_history(store))
    await site.stop()


async def test_everything_can_be_read_and_changed_without_javascript(new_page: NewPage, sheet: Sheet) -> None:
    page = await new_page(java_script_enabled=False, viewport=PHONE)
    await page.goto(sheet.url)
    offers = page.get_by_role("group", name="May we send you offers and news?")
    await expect(offers.get_by_role("checkbox", name="Telegram")).to_be_checked()
    await expect(page.get_by_label("Not before")).to_have_value("10:00")
    await offers.get_by_role("checkbox", name="Telegram").uncheck()
    await page.get_by_role("group", name="Days").get_by_role("checkbox", name="Sun").uncheck()
    await page.get_by_label("Messages at most").fill("1")
    await page.get_by_role("radio", name="Only when I ask").check()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_have_text("Saved. This is how things stand now.")
    await expect(offers.get_by_role("checkbox", name="Telegram")).not_to_be_checked()
    assert ("promotion", "telegram", False) in await sheet.ledger()
    rules = await sheet.rules()
    assert (rules["at_most"], rules["style"]) == ({"count": 1, "per": "month"}, {"style": "pull"})
    assert rules["days"] == {"days": [0, 1, 2, 3, 4, 5]}


async def test_the_page_is_used_by_keyboard_alone(new_page: NewPage, sheet: Sheet) -> None:
    page = await new_page(viewport=DESK)
    await page.goto(sheet.url)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to your settings")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.get_by_role("checkbox", name="Mother's Day").focus()
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_be_visible()
    await expect(page.get_by_role("checkbox", name="Mother's Day")).to_be_checked()


async def test_the_language_is_one_click_away_and_stays(new_page: NewPage, sheet: Sheet) -> None:
    page = await new_page(viewport=PHONE)
    await page.goto(sheet.url)
    await page.get_by_role("link", name="中文").click()
    await expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_role("status")).to_have_text("没有改动，设置保持不变。")


async def test_stop_everything_is_one_press(new_page: NewPage, sheet: Sheet) -> None:
    page = await new_page(viewport=PHONE)
    await page.goto(sheet.url)
    await page.get_by_role("button", name="Stop everything").click()
    await expect(page.get_by_role("status")).to_contain_text("no more messages from us")
    assert [entry for entry in await sheet.ledger() if entry[2] and entry[1] == "*"] == []
    await expect(page.get_by_role("checkbox", name="Telegram", checked=True)).to_have_count(0)


async def test_offers_by_mail_are_confirmed_on_a_page_of_one_question(new_page: NewPage, sheet: Sheet) -> None:
    page = await new_page(viewport=PHONE)
    await page.goto(sheet.url)
    offers = page.get_by_role("group", name="May we send you offers and news?")
    await offers.get_by_role("checkbox", name="E-mail").check()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("One step is left")).to_be_visible()
    async with sheet.store.transaction() as crm:
        mail = await crm.session.get_one(OutboxMessage, 1)
    link = next(word for word in str(mail.body["text"]).split() if word.startswith("http"))
    await page.goto(link)
    assert ("promotion", "email", True) not in await sheet.ledger()
    await page.get_by_role("button", name="Yes, I confirm").click()
    await expect(page.get_by_role("heading", name="Confirmed, thank you")).to_be_visible()
    assert ("promotion", "email", True) in await sheet.ledger()
    await page.get_by_role("link", name="See all your settings").click()
    await expect(offers.get_by_role("checkbox", name="E-mail")).to_be_checked()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_axe_finds_nothing(
    new_page: NewPage, sheet: Sheet, scheme: Scheme, language: str, size: dict[str, int]
) -> None:
    # axe runs as injected script, which the page's own policy rightly forbids.
    page = await new_page(color_scheme=scheme, bypass_csp=True, viewport=size)
    await page.goto(f"{sheet.url}?language={language}&told=saved&told=mail_sent")
    assert await violations(page) == []
    assert not await sideways(page)
    await page.goto(f"{sheet.url}?language={language}&told=check_hours")
    assert await violations(page) == []
    await page.goto(f"{sheet.site.url}/preferences/lost?language={language}")
    assert await violations(page) == []


async def sideways(page: Page) -> bool:
    """Whether the page has to be pushed to the side to be read."""
    return bool(await page.evaluate("document.documentElement.scrollWidth > innerWidth"))


async def test_nothing_runs_and_nothing_comes_from_elsewhere(new_page: NewPage, sheet: Sheet) -> None:
    page = await new_page(viewport=DESK)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{sheet.url}?language=%3Cscript%3E&told=%3Cscript%3Ealert(1)%3C/script%3E")
    assert all(url.startswith(sheet.site.url) for url in asked)
    assert not [url for url in asked if url.endswith(".js")]
