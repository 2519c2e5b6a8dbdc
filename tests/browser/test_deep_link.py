"""A deep link opened in the page: shown to the care desk once, and to nobody else."""

from playwright.async_api import Page, expect

from tests.browser.desk import Desk
from tests.browser.reading import mine, said, theirs
from tests.browser.serving import Serving

TOKEN = "kYq0-" + "x" * 36 + "_z"
NOTHING_WAITS = "() => !Object.keys(localStorage).some((name) => name.startsWith('careloop.outbox.'))"


async def is_shown_once(page: Page, desk: Desk) -> None:
    await page.wait_for_function(NOTHING_WAITS)
    assert desk.starts == [TOKEN]


async def test_the_token_leaves_the_address_is_told_once_and_is_no_message(
    page: Page, care: Serving, desk: Desk
) -> None:
    await page.goto(f"{care.url}/chat?language=en#start={TOKEN}")
    await is_shown_once(page, desk)
    assert page.url == f"{care.url}/chat?language=en"
    await desk.says("Shall I link this chat to E***?", "Yes", "No")
    await expect(theirs(page)).to_have_text(["Shall I link this chat to E***?"])
    await expect(mine(page)).to_have_count(0)
    await page.reload()
    await expect(theirs(page)).to_have_count(1)
    await expect(page.locator(".message")).to_have_count(1)
    assert desk.starts == [TOKEN]
    assert TOKEN not in await page.evaluate("JSON.stringify({...localStorage}) + document.documentElement.outerHTML")


async def test_a_link_opened_in_a_chat_that_is_open_joins_it(page: Page, care: Serving, desk: Desk) -> None:
    await page.goto(f"{care.url}/chat")
    await said(page, "hello")
    await page.goto(f"{care.url}/chat#start={TOKEN}")
    await is_shown_once(page, desk)
    assert page.url == f"{care.url}/chat"
    await expect(mine(page)).to_have_text(["hello"])
    assert len(desk.sessions) == 1


async def test_a_link_survives_a_care_desk_that_falls_over(page: Page, care: Serving, desk: Desk) -> None:
    desk.falls, desk.stores_first = 1, True
    await page.goto(f"{care.url}/chat#start={TOKEN}")
    await page.wait_for_function(NOTHING_WAITS)
    assert [message["text"] for message in desk.messages] == [""]
    await expect(page.locator(".message")).to_have_count(0)


async def test_a_link_that_is_refused_is_not_kept(page: Page, care: Serving, desk: Desk) -> None:
    desk.refuses = "invalid_request"
    await page.goto(f"{care.url}/chat#start={TOKEN}")
    await page.wait_for_function("() => localStorage.getItem('careloop.session') !== null")
    await page.wait_for_function(NOTHING_WAITS)
    assert desk.starts == []


async def test_anything_else_behind_the_hash_is_left_alone(page: Page, care: Serving, desk: Desk) -> None:
    for ending in ("#start=", "#start=a%20b", f"#start={'x' * 65}", "#message", "#start=<b>"):
        await page.goto("about:blank")
        await page.goto(f"{care.url}/chat{ending}")
        await expect(page.locator("#log")).not_to_have_attribute("aria-busy", "true")
    assert (desk.starts, desk.sessions) == ([], [])
