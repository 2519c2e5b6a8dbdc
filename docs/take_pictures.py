"""Takes the pictures of docs/tour.md from a running demo shop: .venv/bin/python docs/take_pictures.py [address].

Those of the console need somebody to sign in, best an admin: ``--as admin@willowmere.example PASSWORD``. A one-time
password is changed to `LATER`, which is then the one to give. That of the preference page needs its address, as every
care mail has it: ``--preferences LINK``. ``--all FOLDER`` takes every room instead, in English and Chinese, light and
dark, 1180 and 1600 wide; ``--only NAME …`` some of them, ``--whole`` each page to its end.
"""

import argparse
import asyncio
import json
import re
import urllib.request
from itertools import product
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright, expect
from rooms_to_see import OF_THE_TOUR, ROOMS, Look, every_look

PICTURES = Path(__file__).parent / "pictures"
ENGLISH = ["hello", "how many points do I have", "emma.tan@example.com", "code", "where is my order WM100001"]
CHINESE = ["我要投诉，收到的电饭煲是坏的", "与订单无关", "换一个新的"]
LATER = "a-picture-of-a-shop"
COLOURS = 160


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


async def take_chat(browser: Browser, address: str) -> None:
    """What shoppers see."""
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


async def signed_in(browser: Browser, address: str, login: str, password: str) -> Page:
    page = await opened(browser, "en-GB", (1180, 780))
    await page.goto(f"{address}/console/sign-in")
    await page.fill("input[name=login]", login)
    await page.fill("input[name=password]", password)
    await page.press("input[name=password]", "Enter")
    await page.wait_for_load_state("networkidle")
    if page.url.endswith("/console/password"):
        for name, words in {"old": password, "new": LATER, "again": LATER}.items():
            await page.fill(f"input[name={name}]", words)
        await page.press("input[name=again]", "Enter")
        await page.wait_for_load_state("networkidle")
    assert "/sign-in" not in page.url, "the login or the password is another one"
    return page


async def set_to(page: Page, address: str, look: Look) -> None:
    """The language and the colours of whoever is signed in."""
    await page.goto(f"{address}/console/me")
    await page.select_option("select[name=language]", look.language)
    await page.select_option("select[name=theme]", look.theme)
    await page.locator("main form button.primary").first.click()
    await page.wait_for_load_state("networkidle")


async def take_console(page: Page, address: str, looks: list[Look], folder: Path, whole: bool = False) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    worn = None
    for look in sorted(looks, key=lambda look: (look.language, look.theme)):
        if worn != (look.language, look.theme):
            await set_to(page, address, look)
            worn = (look.language, look.theme)
        await page.set_viewport_size({"width": look.width, "height": look.height})
        for step in ROOMS[look.room]:
            await go(page, address, step)
        await page.wait_for_timeout(700)
        await keep(page, folder / f"{look.name}.png", whole)


async def keep(page: Page, file: Path, whole: bool = False) -> None:
    """With few colours: a picture of a page has no more."""
    await page.screenshot(path=file, full_page=whole)
    Image.open(file).convert("RGB").quantize(COLOURS).save(file, optimize=True)


async def go(page: Page, address: str, step: str) -> None:
    if step.startswith("/"):
        await page.goto(address + step)
        return
    found = page.locator(step).first
    if not await found.count():
        return
    if step.startswith("#"):
        await found.scroll_into_view_if_needed()
    elif href := await found.get_attribute("href"):
        await page.goto(address + href)
    else:
        await found.click()
        await page.wait_for_timeout(4000)


async def take_preferences(browser: Browser, link: str, folder: Path | None) -> None:
    """A customer's own page; without a folder the one of the tour."""
    looks = [("en", False, 1180)]
    for language, dark, width in looks if folder is None else product(("en", "zh"), (False, True), (1180, 1600, 430)):
        page = await opened(browser, "zh-CN" if language == "zh" else "en-GB", (width, 900), dark)
        await page.goto(f"{link}?language={language}")
        name = f"preferences-{language}-{'dark' if dark else 'light'}-{width}" if folder else f"preferences-{language}"
        await keep(page, (folder or PICTURES) / f"{name}.png")


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Take the pictures of the tour.")
    parser.add_argument("address", nargs="?", default="http://127.0.0.1:8000")
    parser.add_argument("--as", dest="who", nargs=2, metavar=("LOGIN", "PASSWORD"))
    parser.add_argument("--all", dest="folder", type=Path)
    parser.add_argument("--only", nargs="+")
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--preferences", metavar="LINK")
    return parser.parse_args()


async def take(told: argparse.Namespace) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        if told.preferences:
            await take_preferences(browser, told.preferences, told.folder)
        elif not told.who:
            await take_chat(browser, told.address)
        else:
            page = await signed_in(browser, told.address, *told.who)
            looks = list(every_look()) if told.folder else OF_THE_TOUR
            chosen = [look for look in looks if not told.only or look.room in told.only]
            await take_console(page, told.address, chosen, told.folder or PICTURES, told.whole)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(take(asked()))
