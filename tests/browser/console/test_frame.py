"""The frame in a browser: it comes alive, and breaks no policy of its own."""

from playwright.async_api import expect

from tests.browser.console.conftest import ConsolePage


async def test_a_page_comes_alive_and_changes_without_being_loaded_again(console_page: ConsolePage) -> None:
    page = await console_page("handler")
    await page.evaluate("window.kept = 'kept'")
    await page.get_by_role("link", name="Change password").last.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Change password")
    assert await page.evaluate("window.kept") == "kept"
    await expect(page.locator("#health")).to_have_attribute("data-state", "live")
