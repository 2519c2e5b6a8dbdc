"""The line breaks: nothing is lost, nothing is said twice."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.desk import Desk
from tests.browser.reading import is_sent, mine, said, theirs, write
from tests.browser.serving import Serving


@pytest.mark.parametrize("stores_first", [True, False], ids=["after storing", "before storing"])
@pytest.mark.parametrize("sockets_work", [True, False], ids=["socket", "polling"])
async def test_a_server_that_falls_over_mid_send_loses_and_repeats_nothing(
    page: Page, care: Serving, desk: Desk, stores_first: bool, sockets_work: bool
) -> None:
    desk.sockets_work = sockets_work
    await page.goto(f"{care.url}/chat")
    await said(page, "first")
    desk.falls, desk.stores_first = 2, stores_first
    await write(page, "second")
    await write(page, "third")
    await is_sent(page, "first", "second", "third")
    assert desk.heard == ["first", "second", "third"]


async def test_a_restart_brings_what_was_said_meanwhile_and_what_could_not_be_sent(
    page: Page, care: Serving, desk: Desk
) -> None:
    await page.goto(f"{care.url}/chat")
    await said(page, "before")
    await care.stop()
    await write(page, "during")
    await expect(page.locator("#banner")).to_contain_text("We keep trying, and your messages are kept.")
    await desk.says("said while you were away")
    await care.start()
    await is_sent(page, "before", "during")
    await expect(theirs(page)).to_have_text(["said while you were away"])
    await expect(page.locator("#banner")).to_be_hidden()
    assert desk.heard == ["before", "during"]


async def test_unsent_words_survive_a_closed_page(page: Page, care: Serving, desk: Desk) -> None:
    await page.goto(f"{care.url}/chat")
    desk.falls = 1_000
    await write(page, "do not lose this")
    await expect(mine(page)).to_have_text(["do not lose this"])
    context = page.context
    await page.close()
    desk.falls = 0
    again = await context.new_page()
    await again.goto(f"{care.url}/chat")
    await is_sent(again, "do not lose this")
    assert desk.heard == ["do not lose this"]


async def test_an_offline_shopper_is_told_and_what_they_write_goes_out_later(
    page: Page, care: Serving, desk: Desk
) -> None:
    await page.goto(f"{care.url}/chat")
    await page.context.set_offline(True)
    await write(page, "from the underground")
    await expect(page.locator("#banner")).to_contain_text("You are offline.")
    await page.context.set_offline(False)
    await is_sent(page, "from the underground")
    await expect(page.locator("#banner")).to_be_hidden()


async def test_without_sockets_answers_come_by_polling(page: Page, care: Serving, desk: Desk) -> None:
    desk.sockets_work = False
    await page.goto(f"{care.url}/chat")
    await said(page, "hello")
    await desk.says("by the slow road")
    await expect(theirs(page)).to_have_text(["by the slow road"])
    await expect(page.locator("#banner")).to_be_hidden()


async def test_a_refused_message_says_so_and_goes_on_a_second_try(page: Page, care: Serving, desk: Desk) -> None:
    await page.goto(f"{care.url}/chat")
    desk.refuses = "message_not_taken"
    await write(page, "please")
    await expect(page.get_by_role("button", name="Could not be sent – tap to retry")).to_be_visible()
    await expect(page.locator("#aloud")).to_have_text("A message could not be sent. It is kept on this device.")
    desk.refuses = ""
    await write(page, "not held up by the one before")
    await page.get_by_role("button", name="Could not be sent – tap to retry").click()
    await is_sent(page, "not held up by the one before", "please")


async def test_a_refused_message_can_be_removed(page: Page, care: Serving, desk: Desk) -> None:
    await page.goto(f"{care.url}/chat")
    desk.refuses = "message_not_taken"
    await write(page, "never mind")
    await page.get_by_role("button", name="Remove").click()
    await expect(mine(page)).to_have_count(0)
    await page.reload()
    await expect(mine(page)).to_have_count(0)


async def test_a_lapsed_session_is_said_and_the_words_go_into_a_new_one(page: Page, care: Serving, desk: Desk) -> None:
    await page.goto(f"{care.url}/chat")
    await said(page, "long ago")
    await care.stop()
    desk.messages.clear()
    desk.knows_token = False
    await write(page, "and now")
    await care.start()
    await is_sent(page, "and now")
    await expect(page.locator("#banner")).to_contain_text("Your earlier conversation on this device has ended.")
    assert desk.heard == ["and now"]
    assert len(desk.sessions) == 2


async def test_two_tabs_share_one_thread(page: Page, care: Serving, desk: Desk) -> None:
    await page.goto(f"{care.url}/chat")
    other = await page.context.new_page()
    await other.goto(f"{care.url}/chat")
    await write(page, "from the first tab")
    await is_sent(other, "from the first tab")
    await write(other, "from the second")
    await is_sent(page, "from the first tab", "from the second")
    assert len(desk.sessions) == 1
