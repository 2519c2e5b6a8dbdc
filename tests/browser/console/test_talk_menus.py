"""The composer's menus and warnings in Chromium."""

from playwright.async_api import expect

from crm_store.staff.canned import CannedDraft
from crm_store.staff.scope import Scope
from tests.browser.console.conftest import ConsolePage
from tests.browser.console.test_talk import talk_of
from tests.console.conftest import Desk
from tests.console.test_inbox import case_of
from tests.store.desk_shop import NOW, DeskShop

PHOTO = {
    "en": "Dear {name}, could you send a photo of {product}? It is about {number}.",
    "zh": "{name}您好，请发一张{product}的照片，关于 {number}。",
}


async def test_a_canned_reply_is_found_by_typing_and_its_gap_is_warned_of(
    desk: Desk, console_page: ConsolePage
) -> None:
    case = await case_of(desk, "Grace Lim")
    async with desk.store.transaction() as crm:
        draft = CannedDraft(None, "photo", {"en": "Photo", "zh": "照片"}, PHOTO)
        await crm.canned.save(Scope(1, "admin", frozenset()), draft, NOW)
    page = await console_page("handler", path=talk_of(case))
    filled = f"Dear Grace Lim, could you send a photo of [product]? It is about {case.number}."
    field = page.locator("#reply-text")
    await field.press_sequentially("/ph")
    await expect(page.locator("#canned")).to_have_attribute("open", "")
    await field.press("Enter")
    await expect(field).to_have_value(filled)
    await expect(page.locator("#talk-hints")).to_contain_text("Nothing is filled in for [product].")
    await field.press("Control+Enter")
    await expect(page.locator("#talk-outcome")).to_contain_text("Nothing is filled in for [product].")
    await expect(field).to_have_value(filled)
    await page.get_by_role("button", name="Send anyway").click()
    await expect(field).to_have_value("")
    await expect(page.locator("#talk-thread .msg.out").last).to_contain_text("could you send a photo of [product]")


async def test_a_reply_for_later_stands_above_the_field_until_it_is_cancelled(
    desk: Desk, console_page: ConsolePage
) -> None:
    case = await case_of(desk, "Grace Lim")
    page = await console_page("handler", path=talk_of(case))
    await page.locator("#reply-text").fill("Good morning!")
    await page.locator("#later summary").click()
    await page.locator("#later-at").fill("2026-11-29T09:00")
    await page.get_by_role("button", name="Send then").click()
    await expect(page.locator(".later-one")).to_contain_text("Good morning!")
    await expect(page.locator("#reply-text")).to_have_value("")
    await page.locator(".later-one").get_by_role("button", name="Cancel").click()
    await expect(page.locator(".later-one")).to_have_count(0)
    await expect(page.locator("#reply-text")).to_have_value("Good morning!")


async def test_a_colleagues_word_in_between_is_shown_and_the_text_stays(desk: Desk, console_page: ConsolePage) -> None:
    case = await case_of(desk, "Grace Lim")
    page = await console_page("handler", path=talk_of(case))
    await page.locator("#reply-text").fill("We look into it.")
    async with desk.store.transaction() as crm:
        tom = await desk.add("handler", name="Tom Ong")
        await DeskShop(crm).said(case, "I am on it.", 0, "staff", staff_id=tom.id)
        crm.nudge("thread", case.conversation_id)
    await expect(page.locator("#talk-thread")).to_contain_text("I am on it.")
    await page.locator("#reply-text").press("Control+Enter")
    await expect(page.locator("#talk-outcome")).to_contain_text("A colleague replied while you were writing")
    await expect(page.locator("#talk-outcome")).to_contain_text("I am on it.")
    await expect(page.locator("#reply-text")).to_have_value("We look into it.")
    await page.get_by_role("button", name="Send anyway").click()
    await expect(page.locator("#reply-text")).to_have_value("")


async def test_handing_back_asks_for_a_word_and_shows_that_the_bot_has_it(
    desk: Desk, console_page: ConsolePage
) -> None:
    case = await case_of(desk, "Grace Lim")
    page = await console_page("handler", path=talk_of(case))
    await page.get_by_role("button", name="Take", exact=True).click()
    await page.get_by_role("button", name="Hand back to the bot").first.click()
    await page.locator("#back-note").fill("The refund is on its way.")
    await page.locator("#talk-back").get_by_role("button", name="Hand back to the bot").click()
    await expect(page.locator("#talk-head")).to_contain_text("With the bot")
    await expect(page.locator("#toasts")).to_contain_text("The bot has it again.")
    await expect(page.locator("#talk-thread")).to_contain_text("The refund is on its way.")
