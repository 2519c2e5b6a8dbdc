"""The care desk on a shop's own page: another origin of the same site, as care.shop.example is to www.shop.example."""

from playwright.async_api import Browser, FrameLocator, Page, expect

from tests.browser.conftest import shop_site
from tests.browser.desk import Desk, desk_app
from tests.browser.reading import field, said, theirs
from tests.browser.serving import Serving
from tests.chromium import NewPage

OPEN = "Chat with the Willowmere care desk"


async def open_shop(page: Page, shop: Serving, care: Serving, head: str = "") -> FrameLocator:
    await shop.start(shop_site(care.url, head))
    await page.goto(shop.url)
    return page.frame_locator("care-desk iframe")


async def test_it_opens_and_closes_by_keyboard_and_gives_the_focus_back(
    page: Page, care: Serving, shop: Serving, desk: Desk
) -> None:
    chat = await open_shop(page, shop, care)
    await page.keyboard.press("Tab")
    launcher = page.get_by_role("button", name=OPEN)
    await expect(launcher).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(field(chat)).to_be_focused()
    await page.keyboard.type("hello from the shop")
    await page.keyboard.press("Enter")
    await expect(chat.locator(".progress[data-state=sent]")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(launcher).to_be_focused()
    await expect(launcher).to_have_attribute("aria-expanded", "false")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert desk.heard == ["hello from the shop"]


async def test_its_own_close_button_closes_it(page: Page, care: Serving, shop: Serving) -> None:
    chat = await open_shop(page, shop, care)
    await page.get_by_role("button", name=OPEN).click()
    await expect(field(chat)).to_be_focused()
    await chat.get_by_role("button", name="Close chat").click()
    await expect(page.get_by_role("button", name=OPEN)).to_be_focused()


async def test_what_arrives_while_it_is_closed_is_counted_also_on_the_next_page(
    page: Page, care: Serving, shop: Serving, desk: Desk
) -> None:
    chat = await open_shop(page, shop, care)
    await page.get_by_role("button", name=OPEN).click()
    await expect(field(chat)).to_be_focused()
    await said(chat, "hello")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name=OPEN)).to_be_focused()
    await desk.says("one")
    await desk.says("two")
    unread = page.get_by_role("button", name=f"{OPEN}, new messages: 2")
    await expect(unread).to_be_visible()
    await page.reload()
    await unread.click()
    await expect(theirs(chat)).to_have_text(["one", "two"])
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name=OPEN, exact=True)).to_be_visible()


async def test_a_shopper_who_never_opened_it_loads_nothing_but_the_button(
    page: Page, care: Serving, shop: Serving, desk: Desk
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(care.url)))
    await open_shop(page, shop, care)
    await expect(page.get_by_role("button", name=OPEN)).to_be_visible()
    assert [url for url in asked if url.startswith("/")] == ["/widget.js"]


async def test_it_leaves_no_globals_no_cookies_and_no_style_behind(page: Page, care: Serving, shop: Serving) -> None:
    await page.add_init_script("window.before = Object.keys(window)")
    await open_shop(page, shop, care)
    await page.get_by_role("button", name=OPEN).click()
    left = await page.evaluate("Object.keys(window).filter(name => !before.includes(name) && name !== 'before')")
    assert [name for name in left if not name.isdigit()] == []
    assert await page.context.cookies() == []
    assert await page.evaluate("document.styleSheets.length + document.adoptedStyleSheets.length") == 0


async def test_it_works_on_a_page_whose_own_policy_is_strict(page: Page, care: Serving, shop: Serving) -> None:
    policy = f"default-src 'none'; script-src {care.url}; frame-src {care.url}"
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    chat = await open_shop(page, shop, care, head)
    await page.get_by_role("button", name=OPEN).click()
    await expect(field(chat)).to_be_focused()
    box = await page.get_by_role("button", name="Close the chat").bounding_box()
    assert box is not None
    assert box["width"] == 60


async def test_on_a_foreign_site_it_works_even_if_the_browser_gives_it_no_storage(
    page: Page, care: Serving, foreign_shop: Serving, desk: Desk
) -> None:
    await care.stop()
    await care.start(desk_app(desk, [foreign_shop.url], care.url))
    chat = await open_shop(page, foreign_shop, care)
    await page.get_by_role("button", name=OPEN).click()
    await expect(field(chat)).to_be_focused()
    await said(chat, "hello from afar")
    await desk.says("hello back")
    await expect(theirs(chat)).to_have_text(["hello back"])


async def test_a_shop_that_is_not_allowed_cannot_show_the_chat(
    chromium: Browser, care: Serving, shop: Serving, desk: Desk
) -> None:
    await care.stop()
    await care.start(desk_app(desk, ["https://another.example"], care.url))
    # Not from `new_page`: here the browser's complaint about the policy is what we want.
    page = await chromium.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    chat = await open_shop(page, shop, care)
    await page.get_by_role("button", name=OPEN).click()
    await expect(page.locator("care-desk iframe")).to_be_visible()
    await expect(chat.locator("#composer")).to_have_count(0)
    await page.close()
    assert any("frame-ancestors" in complaint for complaint in complaints)


async def test_words_from_a_stranger_do_not_move_it(page: Page, care: Serving, shop: Serving) -> None:
    chat = await open_shop(page, shop, care)
    await page.get_by_role("button", name=OPEN).click()
    await expect(field(chat)).to_be_focused()
    # The page talks to itself; its own listener, added last, hears when the widget has heard.
    await page.evaluate(
        """() => new Promise((heard) => {
            window.addEventListener("message", ({ data }) => data === "end" && heard());
            for (const words of [{careloop: "close"}, {careloop: "unread", count: 7}, "end"]) {
                window.postMessage(words, "*");
            }
        })"""
    )
    await expect(page.get_by_role("button", name="Close the chat")).to_have_attribute("aria-expanded", "true")


async def test_the_sample_shop_page_shows_it_in_chinese(new_page: NewPage, care: Serving) -> None:
    page = await new_page(locale="zh-CN")
    await page.goto(f"{care.url}/widget-demo")
    await page.get_by_role("button", name="与 薇洛百货 顾客服务台对话").click()
    chat = page.frame_locator("care-desk iframe")
    await expect(chat.get_by_role("heading", name="您好，有什么可以帮您？")).to_be_visible()
