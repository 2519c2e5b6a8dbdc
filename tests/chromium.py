"""A Chromium, and pages that may not break their own policy; for every test that looks at a page."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Error, Page, async_playwright

CHROMIUM = Path("/usr/bin/chromium")

PLAIN = {"locale": "en-GB", "timezone_id": "Asia/Singapore", "reduced_motion": "reduce"}
"""What fades or slides is measured where it comes to rest."""
NewPage = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"needs {CHROMIUM}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@dataclass
class Faults:
    """What a page must never do: scripts that ran or broke, dialogs, breaches of the policy."""

    seen: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.seen.append(f"error: {error}"))
        page.on("dialog", lambda dialog: self.seen.append(f"dialog: {dialog.message}"))
        page.on("console", lambda message: self._heard(message.text))

    def _heard(self, text: str) -> None:
        if "Content Security Policy" in text or "TrustedHTML" in text:
            self.seen.append(text)


@asynccontextmanager
async def pages(chromium: Browser) -> AsyncIterator[NewPage]:
    """Makes pages in a browser profile of their own; afterwards none of them may have broken its policy."""
    faults = Faults()
    contexts = []

    async def make(**options: Any) -> Page:
        context = await chromium.new_context(**{**PLAIN, **options})
        contexts.append(context)
        page = await context.new_page()
        faults.watch(page)
        return page

    yield make
    for context in contexts:
        try:
            await context.close()
        except Error:
            continue
    assert faults.seen == []


@pytest.fixture
async def new_page(chromium: Browser) -> AsyncIterator[NewPage]:
    async with pages(chromium) as make:
        yield make


@pytest.fixture
async def page(new_page: NewPage) -> Page:
    return await new_page()
