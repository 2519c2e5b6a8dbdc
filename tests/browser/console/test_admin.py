"""The rules and texts of the shop, kept with a browser: by keyboard, shown before they are saved, live while typed."""

from playwright.async_api import expect

from crm_store.promises.defaults import ensure_promises
from tests.browser.console.conftest import ConsolePage
from tests.console.conftest import NOW, Desk


async def test_hours_are_changed_by_keyboard_and_shown_before_they_are_saved(
    desk: Desk, console_page: ConsolePage
) -> None:
    async with desk.store.transaction() as crm:
        await ensure_promises(crm, NOW, "Asia/Singapore")
    page = await console_page("admin", path="/console/calendars/desk")
    await page.get_by_label("Saturday", exact=True).focus()
    await page.keyboard.press("Control+A")
    await page.keyboard.type("10:00-14:00")
    await expect(page.locator("[data-day-bar=spans_5] rect.open")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Before you save")).to_be_visible()
    await page.get_by_role("button", name="Save as version 2").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#toasts .toast")).to_contain_text("Saved")
    await expect(page.get_by_label("Saturday", exact=True)).to_have_value("10:00-14:00")


async def test_a_reply_is_previewed_while_it_is_typed_and_variables_go_to_the_cursor(
    console_page: ConsolePage,
) -> None:
    page = await console_page("supervisor", path="/console/canned/new")
    text = page.locator("#text_en")
    await text.fill("Dear , welcome {nmae}")
    await text.evaluate("field => field.setSelectionRange(5, 5)")
    await page.get_by_role("group", name="English").get_by_role("button", name="customer's name").click()
    await expect(text).to_have_value("Dear {name}, welcome {nmae}")
    await expect(page.locator("#canned-preview")).to_contain_text("Dear Emma Tan, welcome")
    await expect(page.locator("#canned-preview")).to_contain_text("Not known: {nmae}")
