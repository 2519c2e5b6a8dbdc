"""The chat can be used by keyboard and by ear, in light and dark, on a phone and on a desk."""

from importlib.resources import files
from json import dumps
from typing import Any, Literal

import pytest
from playwright.async_api import Page, expect

from tests.browser.desk import Desk
from tests.browser.reading import field, is_sent, said, theirs
from tests.browser.serving import Serving
from tests.chromium import NewPage

PHONE = {"width": 390, "height": 844}
COLOURS: tuple[str, ...] = ("color-contrast",)
EVERY_RULE: tuple[str, ...] = ()
"""Rules of axe: in the dark nothing else is different."""
Scheme = Literal["light", "dark"]


async def violations(page: Page, rules: tuple[str, ...] = EVERY_RULE) -> list[str]:
    """What axe finds wrong, a line for each rule and place."""
    await page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    asked = {"runOnly": rules} if rules else {}
    broken: list[dict[str, Any]] = await page.evaluate("axe.run($).then(r => r.violations)".replace("$", dumps(asked)))
    return [f"{rule['id']}: {node['html'][:120]}" for rule in broken for node in rule["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
async def test_no_page_state_breaks_a_rule_of_axe(
    new_page: NewPage, care: Serving, desk: Desk, scheme: Scheme, language: str
) -> None:
    # axe runs as injected script, which the page's own policy rightly forbids.
    page = await new_page(color_scheme=scheme, locale=language, bypass_csp=True, reduced_motion="reduce")
    await page.goto(f"{care.url}/chat")
    await expect(page.locator("#log")).to_have_attribute("aria-live", "polite")
    assert await violations(page) == []
    await said(page, "hello")
    await desk.says("What is it about? https://shop.example", "An order", "A return")
    await expect(page.locator(".reply")).to_have_count(2)
    await desk.types(True)
    desk.refuses = "message_not_taken"
    await field(page).fill("x" * 3900)
    await field(page).press("Enter")
    await field(page).fill("x" * 4100)
    await expect(page.locator(".action")).to_have_count(2)
    assert await violations(page) == []
    await page.locator("#leave").click()
    assert await violations(page) == []


async def test_a_whole_conversation_goes_by_keyboard_alone(page: Page, care: Serving, desk: Desk) -> None:
    await page.goto(f"{care.url}/chat")
    keys = page.keyboard
    await keys.press("Tab")
    await expect(page.get_by_role("link", name="Skip to writing a message")).to_be_focused()
    await keys.press("Enter")
    await expect(field(page)).to_be_focused()
    await keys.type("I want to complain")
    await keys.press("Enter")
    await is_sent(page, "I want to complain")
    await desk.says("What happened?", "It broke", "It never came")
    await expect(theirs(page)).to_have_count(1)
    await keys.press("Shift+Tab")
    await keys.press("Shift+Tab")
    await expect(page.get_by_role("button", name="It broke")).to_be_focused()
    await keys.press("Enter")
    await expect(field(page)).to_be_focused()
    await keys.press("Shift+Tab")
    await expect(page.get_by_role("region", name="Conversation")).to_be_focused()
    await keys.press("Shift+Tab")
    await expect(page.get_by_role("button", name="Leave this chat")).to_be_focused()
    await keys.press("Enter")
    await expect(page.get_by_role("dialog", name="Leave this chat?")).to_be_visible()
    await keys.press("Escape")
    await expect(page.get_by_role("button", name="Leave this chat")).to_be_focused()


async def test_the_history_is_not_read_aloud_but_what_comes_after_is(page: Page, care: Serving, desk: Desk) -> None:
    await page.goto(f"{care.url}/chat")
    await said(page, "hello")
    await desk.says("an old answer")
    messages = "**/channels/webchat/messages?*"
    log = page.get_by_role("log", name="Conversation")
    await page.route(messages, lambda route: None)
    await page.reload()
    await expect(log).to_have_attribute("aria-live", "off")
    await expect(log).to_have_attribute("aria-busy", "true")
    await page.unroute(messages)
    await page.reload()
    await expect(log).to_have_attribute("aria-live", "polite")
    await expect(log).to_contain_text("an old answer")


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
async def test_every_target_is_big_enough_for_a_thumb(
    new_page: NewPage, care: Serving, desk: Desk, language: str
) -> None:
    page = await new_page(viewport=PHONE, has_touch=True, locale=language)
    await page.goto(f"{care.url}/chat")
    await said(page, "hello")
    await desk.says("Yes?", "OK")
    desk.refuses = "message_not_taken"
    await field(page).fill("no")
    await page.locator(".send").tap()
    await expect(page.locator(".action")).to_have_count(2)
    sizes = await page.locator("button:visible, textarea").evaluate_all(
        "all => all.map(each => [each.outerHTML.slice(0, 80), each.offsetWidth, each.offsetHeight])"
    )
    assert [each for each in sizes if min(each[1:]) < 44] == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_shopper_who_reads_further_up_stays_there_and_is_told(page: Page, care: Serving, desk: Desk) -> None:
    await page.goto(f"{care.url}/chat")
    await said(page, "hello")
    for number in range(30):
        await desk.says(f"line {number}\n" * 3)
    await expect(theirs(page)).to_have_count(30)
    await expect(theirs(page).last).to_be_in_viewport()
    await page.locator("#pane").hover()
    await page.mouse.wheel(0, -9_000)
    await expect(theirs(page).first).to_be_in_viewport()
    await desk.says("the newest")
    await page.get_by_role("button", name="To the newest message").click()
    await expect(theirs(page).last).to_be_in_viewport()
    await expect(page.get_by_role("button", name="To the newest message")).to_be_hidden()


async def test_without_storage_the_chat_works_and_says_that_it_will_not_be_remembered(
    page: Page, care: Serving, desk: Desk
) -> None:
    await page.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('blocked') }})")
    await page.goto(f"{care.url}/chat")
    await said(page, "hello")
    await expect(page.locator("#banner")).to_contain_text("does not let us remember the chat")
    assert desk.heard == ["hello"]
