"""A Chromium, a care desk behind a real port, and pages that may not break their own policy."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.async_api import Browser, Error, Page, async_playwright

from tests.browser.desk import Desk, desk_app
from tests.browser.serving import Serving

CHROMIUM = Path("/usr/bin/chromium")

NewPage = Callable[..., Awaitable[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker("browser")


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"needs {CHROMIUM}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def shop() -> AsyncIterator[Serving]:
    """A shop's pages on another origin than the care desk's, but the same site; not started."""
    serving = Serving()
    yield serving
    await serving.stop()


@pytest.fixture
async def foreign_shop() -> AsyncIterator[Serving]:
    """A shop's pages on another site; not started. Browsers may deny a foreign frame its storage."""
    serving = Serving("localhost")
    yield serving
    await serving.stop()


@pytest.fixture
async def care(desk: Desk, shop: Serving) -> AsyncIterator[Serving]:
    """The care desk's site, started."""
    serving = Serving()
    await serving.start(desk_app(desk, [shop.url], serving.url))
    yield serving
    await serving.stop()


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


@pytest.fixture
async def new_page(chromium: Browser) -> AsyncIterator[NewPage]:
    """Makes pages in a browser profile of their own; afterwards none of them may have broken its policy."""
    faults = Faults()
    contexts = []

    async def make(**options: Any) -> Page:
        context = await chromium.new_context(**{"locale": "en-GB", "timezone_id": "Asia/Singapore", **options})
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
async def page(new_page: NewPage) -> Page:
    return await new_page()


def shop_site(care_url: str, head: str = "") -> FastAPI:
    """A shop's page with the one line that brings the widget."""
    app = FastAPI()
    script = f'<script src="{care_url}/widget.js" data-language="en" defer></script>'

    @app.get("/")
    async def home() -> HTMLResponse:
        return HTMLResponse(
            f"<!doctype html><html lang=en><head><title>Shop</title>{script}{head}</head><body><h1>Shop</h1></body>"
        )

    return app
