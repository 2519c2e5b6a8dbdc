"""The console in Chromium: behind a real port, with its live parts running, seen by somebody who is signed in."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from playwright.async_api import Page

from console.app import open_console
from console.frame.guard import COOKIE
from crm_store.database import Store
from crm_store.staff.members import Role
from tests.browser.serving import Serving
from tests.chromium import NewPage
from tests.console.conftest import HOUSE, NODE_MODULES, Clock, Desk, whole_app

ConsolePage = Callable[..., Awaitable[Page]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def site() -> AsyncIterator[Serving]:
    """Where the console is served."""
    serving = Serving()
    yield serving
    await serving.stop()


@pytest.fixture
async def desk(store: Store, clock: Clock, site: Serving) -> AsyncIterator[Desk]:
    """Served, with everything that runs in the background."""
    console = open_console(store, clock, replace(HOUSE, base_url=site.url), NODE_MODULES)
    made = Desk(console, whole_app(console), store, clock)
    running = [asyncio.ensure_future(work()) for work in (store.signals.relay, *console.works.values())]
    await site.start(made.app)
    yield made
    for work in running:
        work.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*running, return_exceptions=True)


@pytest.fixture
async def console_page(desk: Desk, site: Serving, new_page: NewPage) -> ConsolePage:
    """``await console_page("handler", path="/console/me")``: a page of a new member of staff, its socket open."""

    async def make(
        role: Role | str = Role.HANDLER, teams: Iterable[str] = (), path: str = "/console/me", **values: Any
    ) -> Page:
        member = await desk.add(role, teams, **values)
        page = await new_page(base_url=site.url, color_scheme="light")
        cookie = await desk.cookie(member)
        await page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": f"{site.url}/console"}])
        await page.goto(path)
        await page.locator("#health[data-state=live]").wait_for()
        return page

    return make
