"""Whatever anybody writes is text."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.web.assets import WEB
from tests.browser.desk import Desk
from tests.browser.reading import said, theirs
from tests.browser.serving import Serving

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "{{ 7*7 }} ${7*7} {% raw %}",
    "javascript:alert(1) data:text/html,<b>x</b>",
    "'\"><svg/onload=alert(1)>",
    "</textarea></body>&lt;b&gt;",
]


@pytest.mark.parametrize("words", HOSTILE)
async def test_markup_is_shown_as_it_was_written(page: Page, care: Serving, desk: Desk, words: str) -> None:
    await page.goto(f"{care.url}/chat")
    await said(page, words)
    await desk.says(words, words)
    await expect(theirs(page)).to_have_text([words])
    await expect(page.locator(".reply")).to_have_text([words])
    await expect(page.locator("#log :is(script, img, svg, b, a)")).to_have_count(0)


async def test_characters_that_turn_the_text_around_are_shown_by_their_code(
    page: Page, care: Serving, desk: Desk
) -> None:
    await page.goto(f"{care.url}/chat")
    await said(page, "hello")
    await desk.says("invoice\u202egnp.exe \u2066x\u2069 \ufeff\u0007", "\u202eyes")
    await expect(theirs(page)).to_have_text(["invoiceU+202Egnp.exe U+2066xU+2069 U+FEFFU+0007"])
    await expect(page.get_by_role("button", name="yes", exact=True)).to_be_visible()


async def test_only_plain_https_addresses_and_our_own_become_links(page: Page, care: Serving, desk: Desk) -> None:
    await page.goto(f"{care.url}/chat")
    await said(page, "https://mine.example/stays-text")
    await desk.says(
        "见https://shop.example/a?b=1。 http://no.example https://user@evil.example https://раураl.example (https://b.example/c)."
        f" {care.url}/preferences/AQ-1 {care.url}@evil.example"
    )
    links = page.locator("#log a")
    await expect(links).to_have_text(
        ["https://shop.example/a?b=1", "https://b.example/c", f"{care.url}/preferences/AQ-1"]
    )
    await expect(links.first).to_have_attribute("rel", "noopener noreferrer nofollow")
    await expect(links.first).to_have_attribute("target", "_blank")


async def test_a_word_without_end_stays_inside_its_message(page: Page, care: Serving, desk: Desk) -> None:
    await page.set_viewport_size({"width": 320, "height": 640})
    await page.goto(f"{care.url}/chat")
    await said(page, "W" * 900)
    await desk.says("长" * 900, "L" * 200)
    await expect(theirs(page)).to_have_count(1)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.evaluate(
        "document.getElementById('pane').scrollWidth <= document.getElementById('pane').clientWidth"
    )


SCRIPTS = sorted([*WEB.glob("*.js"), *WEB.glob("static/*.js")])
FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|setHTML"
    r"|\beval\b|new Function|document\.cookie|setTimeout\(\s*[\"'`]"
)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_no_script_of_ours_makes_markup_or_code_out_of_strings(script: Path) -> None:
    assert FORBIDDEN.findall(script.read_text("utf-8")) == []


@pytest.mark.parametrize("page_file", sorted(WEB.glob("*.html")), ids=lambda page_file: page_file.name)
def test_no_page_of_ours_carries_inline_script_or_style(page_file: Path) -> None:
    html = page_file.read_text("utf-8")
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|javascript:", html) == []
