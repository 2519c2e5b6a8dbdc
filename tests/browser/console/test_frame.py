"""The frame in a browser: alive, within its policy, readable in light and dark, usable by keys alone."""

import re

import pytest
from playwright.async_api import expect

from crm_store.staff.members import Role
from crm_store.staff.notices import Notice
from crm_store.staff.passwords import Passwords
from tests.browser.console.conftest import ConsolePage
from tests.browser.serving import Serving
from tests.browser.test_reach import violations
from tests.chromium import NewPage
from tests.console.conftest import Desk

PASSWORD = "quiet-river-stone"
PAGES = ["/console/me", "/console/password", "/console/notices", "/console/staff", "/console/audit", "/console/nowhere"]


async def test_a_page_comes_alive_and_changes_without_being_loaded_again(console_page: ConsolePage) -> None:
    page = await console_page("handler")
    await page.evaluate("window.kept = 'kept'")
    await page.get_by_role("link", name="Change password").last.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Change password")
    assert await page.evaluate("window.kept") == "kept"
    await page.go_back()
    await expect(page.get_by_role("heading", level=1)).to_have_text("My settings")
    await expect(page.locator("#health")).to_have_attribute("data-state", "live")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_every_page_is_readable(console_page: ConsolePage, desk: Desk, theme: str) -> None:
    page = await console_page("admin", teams=["north"], theme=theme, language="zh" if theme == "dark" else "en")
    for path in PAGES:
        await page.goto(path)
        await page.locator("#health[data-state=live]").wait_for()
        assert await violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_sign_in_page_is_readable(desk: Desk, site: Serving, new_page: NewPage, scheme: str) -> None:
    page = await new_page(base_url=site.url, color_scheme=scheme)
    await page.goto("/console/sign-in")
    assert await violations(page) == []


async def test_somebody_signs_in_and_goes_about_by_keys_alone(desk: Desk, site: Serving, new_page: NewPage) -> None:
    mei = await desk.add(Role.ADMIN, password_hash=await Passwords().hashed(PASSWORD))
    page = await new_page(base_url=site.url)
    await page.goto("/console/notices")
    await page.keyboard.type(mei.login)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Notices")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    await page.keyboard.press("g")
    await page.keyboard.press("s")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Staff")
    await expect(page.locator("#rail [aria-current=page]")).to_have_text("Staff")
    await page.keyboard.press("/")
    await expect(page.get_by_label("Search cases")).to_be_focused()
    await page.keyboard.type("?g")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await page.get_by_label("Search cases").blur()
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_language_and_colours_change_the_whole_page_at_once(console_page: ConsolePage) -> None:
    page = await console_page("handler")
    await page.get_by_label("Language").select_option("zh")
    await page.get_by_label("Colours").select_option("dark")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()


async def test_here_and_away_change_in_place(console_page: ConsolePage, desk: Desk) -> None:
    page = await console_page("handler")
    await page.get_by_role("button", name="I am away").click()
    await expect(page.get_by_role("button", name="I am here")).to_be_visible()
    await page.get_by_role("button", name="I am here").click()
    await expect(page.get_by_role("button", name="I am away")).to_be_visible()


async def test_the_bell_counts_by_itself(console_page: ConsolePage, desk: Desk) -> None:
    page = await console_page("handler")
    bell = page.get_by_role("link", name=re.compile("Notices"))
    await expect(bell).to_have_accessible_name("Notices, 0 unread")
    async with desk.store.transaction() as crm:
        (mei,) = await crm.staff.all()
        await crm.notices.add([Notice(mei.id, "one", "missed", {})], desk.clock.now)
    await expect(bell).to_have_accessible_name("Notices, 1 unread")
    await bell.click()
    await page.get_by_role("button", name="Mark all as read").click()
    await expect(bell).to_have_accessible_name("Notices, 0 unread")


async def test_when_the_house_is_away_the_page_says_so_and_catches_up_by_itself(
    console_page: ConsolePage, desk: Desk, site: Serving
) -> None:
    """Acceptance check 11: A light tells staff when updates are stale, and the page catches up."""
    page = await console_page("handler")
    await page.get_by_label("Address or chat number").fill("a draft")
    await site.stop()
    await expect(page.get_by_text("Updates are stale")).to_be_visible()
    async with desk.store.transaction() as crm:
        (mei,) = await crm.staff.all()
        await crm.notices.add([Notice(mei.id, "one", "missed", {})], desk.clock.now)
    await site.start()
    await expect(page.get_by_role("link", name="Notices, 1 unread")).to_be_visible(timeout=20_000)
    await expect(page.locator("#health")).to_have_attribute("data-state", "live")
    await expect(page.get_by_label("Address or chat number")).to_have_value("a draft")


async def test_somebody_whose_access_ends_is_led_to_the_sign_in_page_at_once(
    console_page: ConsolePage, desk: Desk
) -> None:
    await desk.add(Role.ADMIN)
    page = await console_page("handler")
    async with desk.store.transaction() as crm:
        mei = next(member for member in await crm.staff.all() if member.role == Role.HANDLER)
        await crm.staff.set_active(mei.id, is_active=False)
        crm.nudge("staff", mei.id)
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()


async def test_an_admin_adds_somebody_and_reads_the_password_once(console_page: ConsolePage) -> None:
    page = await console_page("admin", path="/console/staff")
    await page.get_by_role("button", name="Add somebody").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("林 Wei")
    await dialog.get_by_label("E-mail address").fill("wei@willowmere.example")
    await dialog.get_by_role("button", name="Add somebody").click()
    await expect(page.get_by_role("alert").locator("code")).to_have_text(re.compile(r"^[a-z2-9]{4}(-[a-z2-9]{4}){3}$"))
    await page.reload()
    await expect(page.get_by_role("link", name="林 Wei")).to_be_visible()
    await expect(page.locator("code")).to_have_count(0)


@pytest.mark.parametrize("width", [400, 1180, 1600])
async def test_no_page_is_wider_than_the_window(console_page: ConsolePage, width: int) -> None:
    page = await console_page("admin", teams=["north"])
    await page.set_viewport_size({"width": width, "height": 800})
    for path in PAGES:
        await page.goto(path)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path


async def test_the_first_sign_in_leads_over_an_own_password_into_the_house(
    desk: Desk, site: Serving, new_page: NewPage
) -> None:
    mei = await desk.add(
        Role.ADMIN, password_hash=await Passwords().hashed("once-once-once-once"), must_change_password=True
    )
    page = await new_page(base_url=site.url)
    await page.goto("/console/staff")
    await page.get_by_label("E-mail address").fill(mei.login)
    await page.get_by_label("Password").fill("once-once-once-once")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Change password")
    assert await violations(page) == []
    await page.get_by_label("Password until now").fill("once-once-once-once")
    await page.get_by_label("New password", exact=True).fill(PASSWORD)
    await page.get_by_label("New password once more").fill(PASSWORD)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status").filter(has_text="Your password is changed")).to_be_visible()
    await expect(page.locator("#health")).to_have_attribute("data-state", "live")
