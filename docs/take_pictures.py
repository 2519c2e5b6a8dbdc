"""Takes the pictures of docs/tour.md from a running demo shop: .venv/bin/python docs/take_pictures.py [address]."""

import asyncio
import json
import re
import sys
import urllib.request
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

PICTURES = Path(__file__).parent / "pictures"
ENGLISH = ["hello", "how many points do I have", "emma.tan@example.com", "code", "where is my order WM100001"]
CHINESE = ["我要投诉，收到的电饭煲是坏的", "与订单无关", "换一个新的"]


def mailed_code(address: str, to: str) -> str:
    request = urllib.request.Request(f"{address}/demo/mailbox?to={to}", headers={"Accept": "application/json"})
    with urllib.request.urlopen(request) as answer:
        letters = json.load(answer)["messages"]
    found = re.search(r"\d{6}", letters[0]["text"])
    assert found is not None
    return found.group()


async def talk(page: Page, address: str, lines: list[str]) -> None:
    theirs = page.locator(".message.theirs .words")
    for line in lines:
        before = await theirs.count()
        await page.fill("#message", mailed_code(address, lines[2]) if line == "code" else line)
        await page.press("#message", "Enter")
        await expect(theirs).not_to_have_count(before, timeout=20_000)
        await page.wait_for_timeout(900)


async def opened(browser: Browser, locale: str, size: tuple[int, int], dark: bool = False) -> Page:
    context = await browser.new_context(
        locale=locale,
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        timezone_id="Asia/Singapore",
    )
    return await context.new_page()


async def take(address: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = await opened(browser, "en-GB", (1180, 900))
        await page.goto(f"{address}/chat")
        await page.screenshot(path=PICTURES / "welcome.png")
        await talk(page, address, ENGLISH)
        await page.screenshot(path=PICTURES / "chat.png")
        page = await opened(browser, "zh-CN", (430, 900), dark=True)
        await page.goto(f"{address}/chat")
        await talk(page, address, CHINESE)
        await page.screenshot(path=PICTURES / "complaint-zh.png")
        page = await opened(browser, "en-GB", (1180, 700))
        await page.goto(f"{address}/demo/mailbox")
        await page.screenshot(path=PICTURES / "mailbox.png")
        await page.goto(f"{address}/widget-demo")
        await page.get_by_role("button").last.click()
        await page.wait_for_timeout(1500)
        await page.screenshot(path=PICTURES / "widget.png")
        await page.goto(f"{address}/docs")
        await page.wait_for_timeout(1500)
        await page.screenshot(path=PICTURES / "api.png")
        await browser.close()


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"))
