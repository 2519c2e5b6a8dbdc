"""A care desk behind a real port, and shops' pages that embed it."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from tests.browser.desk import Desk, desk_app
from tests.browser.serving import Serving


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker("browser")


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
