"""A shopper writes to the care desk."""

import re
from datetime import UTC, datetime, timedelta

from playwright.async_api import Page, expect

from tests.browser.desk import Desk
from tests.browser.reading import field, is_sent, mine, said, theirs, write
from tests.browser.serving import Serving
from tests.chromium import NewPage


async def test_what_the_shopper_writes_arrives_and_the_answer_appears(page: Page, care: Serving, desk: Desk) -> None:
    await page.goto(f"{care.url}/chat")
    await said(page, "Where is my order?")
    await desk.says("It left the warehouse this morning.")
    await expect(theirs(page)).to_have_text(["It left the warehouse this morning."])
    assert desk.heard == ["Where is my order?"]


async def test_who_speaks_stands_above_their_words_live_and_after_a_reload(
    page: Page, care: Serving, desk: Desk
) -> None:
    await page.goto(f"{care.url}/chat")
    await said(page, "Is anybody there?")
    await desk.says("I will fetch somebody.", author="bot")
    await desk.says("You are talking with Mei now.", author="house")
    await desk.says("Hello.", author="staff", name="Mei")
    await desk.says("I have your order here.", author="staff", name="Mei")
    who = page.locator(".message.theirs .who")
    for _ in ("live", "reloaded"):
        await expect(who).to_have_text(["Digital assistant", "Willowmere care desk", "Mei", "Mei"])
        await expect(page.locator(".message.theirs:not(.follows) .who")).to_have_count(3)
        await expect(page.get_by_role("log")).to_contain_text("MeiHello.")
        await page.reload()
    await page.get_by_role("button", name="中文").click()
    await expect(who).to_have_text(["智能助手", "薇洛百货 顾客服务台", "Mei", "Mei"])


async def test_looking_at_the_page_opens_no_session(page: Page, care: Serving, desk: Desk) -> None:
    await page.goto(f"{care.url}/chat")
    await expect(page.get_by_role("heading", name="Hello. How can we help?")).to_be_visible()
    assert desk.sessions == []


async def test_an_example_question_is_sent_as_it_stands(page: Page, care: Serving, desk: Desk) -> None:
    await page.goto(f"{care.url}/chat")
    await page.get_by_role("button", name="Something I bought is faulty").click()
    await is_sent(page, "Something I bought is faulty")
    await expect(page.locator("#welcome")).to_be_hidden()


async def test_a_chinese_browser_gets_a_chinese_page_and_session(new_page: NewPage, care: Serving, desk: Desk) -> None:
    page = await new_page(locale="zh-CN")
    await page.goto(f"{care.url}/chat")
    await expect(page.get_by_role("heading", name="您好，有什么可以帮您？")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    await said(page, "我的订单到哪里了？")
    assert desk.sessions == ["zh"]


async def test_the_chosen_language_stays_over_a_reload(page: Page, care: Serving, desk: Desk) -> None:
    await page.goto(f"{care.url}/chat")
    await page.get_by_role("button", name="中文").click()
    await expect(field(page)).to_have_attribute("placeholder", "请输入消息")
    await page.reload()
    await expect(page.get_by_role("button", name="中文")).to_have_attribute("aria-pressed", "true")
    await expect(page).to_have_title("薇洛百货 顾客服务台")


async def test_a_reload_keeps_the_thread_and_the_draft(page: Page, care: Serving, desk: Desk) -> None:
    await page.goto(f"{care.url}/chat")
    await said(page, "one")
    await desk.says("two")
    await field(page).fill("not yet sent")
    await page.reload()
    await is_sent(page, "one")
    await expect(theirs(page)).to_have_text(["two"])
    await expect(field(page)).to_have_value("not yet sent")


async def test_a_long_history_is_read_to_its_end(page: Page, care: Serving, desk: Desk) -> None:
    await page.goto(f"{care.url}/chat")
    await said(page, "hello")
    desk.sockets.clear()
    for number in range(120):
        await desk.says(f"number {number}")
    await page.reload()
    await expect(theirs(page)).to_have_count(120)
    await expect(theirs(page).last).to_be_in_viewport()


async def test_a_quick_reply_is_sent_by_its_id_and_can_be_used_once(page: Page, care: Serving, desk: Desk) -> None:
    await page.goto(f"{care.url}/chat")
    await said(page, "It is broken")
    await desk.says("What would you like?", "Replace it", "Refund me")
    await page.get_by_role("button", name="Refund me").click()
    await expect(mine(page)).to_have_text(["It is broken", "Refund me"])
    await expect(page.get_by_role("button", name="Replace it")).to_be_disabled()
    await expect(page.get_by_role("button", name="Refund me")).to_be_disabled()
    await expect(field(page)).to_be_focused()
    assert desk.heard == ["It is broken", "[choice-1]"]


async def test_quick_replies_end_with_the_next_message(page: Page, care: Serving, desk: Desk) -> None:
    await page.goto(f"{care.url}/chat")
    await said(page, "hello")
    await desk.says("What is it about?", "An order")
    await page.get_by_role("button", name="An order").focus()
    await desk.says("Take your time.")
    await expect(page.get_by_role("button", name="An order")).to_be_disabled()
    await expect(field(page)).to_be_focused()


async def test_days_are_told_apart_in_the_shoppers_zone(page: Page, care: Serving, desk: Desk) -> None:
    await desk.says("older", at=datetime(2024, 2, 29, 17, 30, tzinfo=UTC))
    await desk.says("yesterday", at=datetime.now(UTC) - timedelta(days=1))
    await page.goto(f"{care.url}/chat")
    await write(page, "today")
    await expect(page.locator(".day")).to_have_text([re.compile("Friday,? 1 March 2024"), "Yesterday", "Today"])
    await expect(page.locator("time").first).to_have_text("01:30")
    await page.get_by_role("button", name="中文").click()
    await expect(page.locator(".day")).to_have_text(["2024年3月1日星期五", "昨天", "今天"])


async def test_shift_enter_breaks_the_line_and_an_input_methods_enter_sends_nothing(
    page: Page, care: Serving, desk: Desk
) -> None:
    await page.goto(f"{care.url}/chat")
    await field(page).fill("first")
    await field(page).press("Shift+Enter")
    await field(page).press_sequentially("second")
    await field(page).dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    await expect(field(page)).to_have_value("first\nsecond")
    await field(page).press("Enter")
    await is_sent(page, "first\nsecond")
    assert desk.heard == ["first\nsecond"]


async def test_the_counter_appears_near_the_limit_and_nothing_longer_is_sent(
    page: Page, care: Serving, desk: Desk
) -> None:
    await page.goto(f"{care.url}/chat")
    counter = page.locator("#counter")
    await field(page).fill("字" * 3599)
    await expect(counter).to_be_hidden()
    await field(page).fill("🙂" * 4000)
    await expect(counter).to_have_text("4,000 of 4,000 characters")
    await field(page).fill("a" * 4002)
    await expect(counter).to_have_text("2 characters too many")
    await field(page).press("Enter")
    await expect(field(page)).to_have_attribute("aria-invalid", "true")
    assert desk.heard == []


async def test_typing_shows_until_the_answer_is_there(page: Page, care: Serving, desk: Desk) -> None:
    await page.goto(f"{care.url}/chat")
    await said(page, "hello")
    await desk.says("one moment")
    await expect(theirs(page)).to_have_count(1)
    await desk.types(True)
    sign = page.get_by_role("img", name="The care desk is writing")
    await expect(sign).to_be_visible()
    await desk.says("here it is")
    await expect(sign).to_be_hidden()


async def test_leaving_forgets_the_thread_on_this_device(page: Page, care: Serving, desk: Desk) -> None:
    await page.goto(f"{care.url}/chat")
    await said(page, "my order 4711")
    await page.get_by_role("button", name="Leave this chat").click()
    await page.get_by_role("dialog").get_by_role("button", name="Leave").click()
    await expect(page.get_by_role("heading", name="Hello. How can we help?")).to_be_visible()
    await page.reload()
    await expect(mine(page)).to_have_count(0)
    assert await page.evaluate("Object.keys(localStorage)") == []
