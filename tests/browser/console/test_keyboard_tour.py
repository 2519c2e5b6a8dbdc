"""The whole day's work without a mouse: signed in, found, taken, answered, noted, handed back, signed out.

In Chromium, the one browser that is set up here; nothing in it is known to be Chromium's alone.
"""

import re

import pytest
from playwright.async_api import Page, expect

from crm_store.staff.passwords import Passwords
from tests.browser.console.conftest import ConsolePage
from tests.browser.serving import Serving
from tests.browser.test_reach import COLOURS, EVERY_RULE, violations
from tests.chromium import NewPage
from tests.console.conftest import Desk
from tests.console.sweep.everything import a_team, everything
from tests.console.sweep.ways import PAGES
from tests.console.test_inbox import case_of

SKIP = '<a class="skip"'
AT_ONCE = 16
"""Presses of Tab; more than a field has stops within it, such as a date with day, month, year and calendar."""
PASSWORD = "quiet-river-stone"
NO_PAGE = re.compile(r"/files/|/export|/older|/card|/cases/new/people|/count$|/now$")
"""Downloads, and parts of pages."""


async def tabbed_to(page: Page, name: str, role: str = "button", most: int = 120) -> None:
    """Press Tab until the control of this name has the focus."""
    wanted = page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
    for _ in range(most):
        for one in await wanted.all():
            if await one.evaluate("element => element === document.activeElement"):
                return
        await page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {role} {name}")


async def test_a_handlers_work_is_done_by_keys_alone(desk: Desk, site: Serving, new_page: NewPage) -> None:
    """Acceptance check 14: The console is usable by keyboard: from signing in to signing out without a mouse."""
    await case_of(desk, "Grace Lim")
    mei = await desk.add("handler", password_hash=await Passwords().hashed(PASSWORD))
    page = await new_page(base_url=site.url)
    await page.goto("/console/")
    await page.keyboard.type(mei.login)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.locator("#health[data-state=live]").wait_for()
    await page.keyboard.press("g")
    await page.keyboard.press("i")
    await expect(page.locator("#inbox-tabs")).to_be_visible()
    await tabbed_to(page, "All 1", "link")
    await page.keyboard.press("Enter")
    await expect(page.locator("li.line")).to_contain_text("Grace Lim")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.locator("#talk-head h1")).to_be_visible()
    await tabbed_to(page, "Take")
    await page.keyboard.press("Enter")
    await expect(page.locator("#talk-head")).to_contain_text("You have it")
    await page.locator("#reply-text").focus()
    await page.keyboard.type("We are sorry, it is on its way.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#talk-thread")).to_contain_text("it is on its way")
    await expect(page.locator("#reply-text")).to_have_value("")
    await page.keyboard.press("Tab")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await page.keyboard.press("g")
    await page.keyboard.press("k")
    await expect(page).to_have_url(re.compile("/console/customers"))


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_every_page_is_for_a_screen_reader_too(desk: Desk, console_page: ConsolePage, theme: str) -> None:
    """Acceptance check 14: Every page of the console passes axe, in light and dark, and no focus is ever trapped."""
    page = await console_page("admin", theme=theme, language="zh" if theme == "dark" else "en")
    async with desk.store.transaction() as crm:
        (boss,) = await crm.staff.all()
        known = await everything(crm, "The kettle leaks.", await a_team(crm, "theirs"), boss.id)
    found = {}
    for way in PAGES:
        if not NO_PAGE.search(way.path):
            await page.goto(way.at(known))
            await page.locator("#health[data-state=live]").wait_for()
            found[str(way)] = await violations(page, COLOURS if theme == "dark" else EVERY_RULE)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


async def test_on_every_page_tab_goes_through_to_the_end(desk: Desk, console_page: ConsolePage) -> None:
    """Acceptance check 14: Tab leads through every page, always to something that shows it has the focus."""
    page = await console_page("admin")
    async with desk.store.transaction() as crm:
        (boss,) = await crm.staff.all()
        known = await everything(crm, "The kettle leaks.", await a_team(crm, "theirs"), boss.id)
    guilty = []
    for way in PAGES:
        if not NO_PAGE.search(way.path):
            await page.goto(way.at(known))
            if way is not PAGES[0]:
                await past_the_rail(page)
            if problem := await tabbed_through(page):
                guilty.append((str(way), problem))
    assert guilty == [], guilty


NOTING = """() => {
    window.stops = [];
    document.addEventListener("focusin", ({ target: at }) => {
        at.dataset.stop ??= String(document.querySelectorAll("[data-stop]").length + 1);
        const box = at.getBoundingClientRect();
        const marks = [getComputedStyle(at), getComputedStyle(at, "::after")];
        const shows = style => style.outlineStyle !== "none" || style.boxShadow !== "none";
        const ring = ["date", "time", "datetime-local"].includes(at.type) || marks.some(shows);
        const seen = box.width > 0 && box.height > 0;
        window.stops.push({stop: at.dataset.stop, shows: seen && ring, html: at.outerHTML.slice(0, 120)});
    });
}"""
"""Note every stop on the way, and whether it shows that it has the focus."""


async def past_the_rail(page: Page) -> None:
    """What is the same on every page is gone through once."""
    await page.locator(".skip").focus()
    await page.keyboard.press("Enter")


async def tabbed_through(page: Page) -> str:
    """Empty when Tab comes back to the first stop, or leaves the page, and every stop is seen."""
    await page.evaluate(NOTING)
    known = 0
    for _ in range(20):
        for _ in range(AT_ONCE):
            await page.keyboard.press("Tab")
        stops = await page.evaluate("window.stops")
        if hidden := [stop["html"] for stop in stops if not stop["shows"]]:
            return f"no sign of the focus at {hidden[0]}"
        if any(stop["stop"] == stops[0]["stop"] or stop["html"].startswith(SKIP) for stop in stops[1:]):
            return ""
        if len(stops) == known or not stops:
            left = await page.evaluate("document.activeElement === document.body")
            return "" if left else f"trapped after {stops[-1:]}"
        known = len(stops)
    return "no end"
