"""A marketer and a supervisor make a campaign together in Chromium: from a programme to paused and cancelled."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import pytest
from playwright.async_api import Page, expect

from console.app import open_console
from crm_store.database import Store
from tests.browser.console.conftest import ConsolePage
from tests.browser.console.test_talk import violations
from tests.browser.serving import Serving
from tests.console.campaigns.conftest import LANES
from tests.console.campaigns.shop import Marketing
from tests.console.campaigns.test_people import fired, touch
from tests.console.conftest import HOUSE, NODE_MODULES, Clock, Desk, whole_app


@pytest.fixture
async def desk(store: Store, clock: Clock, site: Serving) -> AsyncIterator[Desk]:
    """As in the other tests, with channels."""
    console = open_console(store, clock, replace(HOUSE, base_url=site.url, lanes=LANES), NODE_MODULES)
    made = Desk(console, whole_app(console), store, clock)
    running = [asyncio.ensure_future(work()) for work in (store.signals.relay, *console.works.values())]
    await site.start(made.app)
    yield made
    for work in running:
        work.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*running, return_exceptions=True)


async def confirm(page: Page, opens: str, does: str) -> None:
    """A deed with its dialog."""
    await page.get_by_role("button", name=opens, exact=True).click()
    dialog = page.locator("dialog[open]")
    await dialog.get_by_role("button", name=does, exact=True).click()


async def test_a_birthday_campaign_goes_from_a_programme_to_cancelled_by_two_people(
    desk: Desk, console_page: ConsolePage
) -> None:
    marketing = Marketing(desk)
    await marketing.segment()
    await marketing.emma()
    rachel = await console_page("marketer", path="/console/campaigns")
    await rachel.get_by_role("button", name="Begin with this Birthday greeting").click()
    await expect(rachel.locator("#segment-count")).to_contain_text("1 person right now")
    chinese = rachel.locator("#text-zh-any")
    await chinese.fill("")
    await expect(rachel.locator("#at-contents-zh-any-text")).to_have_text("The Chinese words are missing.")
    await expect(rachel.locator("#plan-look")).to_contain_text("1 to mend")
    await rachel.locator("#plan-look").get_by_role("link", name="The Chinese words are missing.").click()
    await chinese.focus()
    await rachel.get_by_role("button", name="first name", exact=True).click()
    await chinese.press_sequentially("，生日快乐")
    await expect(rachel.locator(".plan-bubble").nth(1)).to_have_text("Emma，生日快乐")
    await expect(rachel.locator("#plan-look")).to_contain_text("Ready to be read")
    await rachel.get_by_role("button", name="Save and close").click()
    await confirm(rachel, "Send for review", "Send for review")
    await expect(rachel.locator("#campaign-deeds")).to_contain_text("It waits for somebody else")

    grace = await console_page("supervisor", path=rachel.url)
    await confirm(grace, "Approve", "Approve")
    await confirm(grace, "Schedule", "Schedule")
    await expect(grace.locator("#campaign-deeds")).to_contain_text("Scheduled")
    # What the other did comes by itself, and so does what the clock does.
    await expect(rachel.locator("#campaign-deeds")).to_contain_text("Scheduled")
    async with desk.store.transaction() as crm:
        (campaign,) = await crm.campaigns.all()
        await crm.campaigns.begin(campaign.id, desk.clock.now)
    await confirm(rachel, "Pause", "Pause")
    await expect(grace.locator("#campaign-deeds")).to_contain_text("Paused")
    await confirm(grace, "Cancel it", "Cancel for good")
    await expect(rachel.locator("#campaign-deeds")).to_contain_text("Cancelled")


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "zh")])
async def test_axe_finds_nothing_in_these_rooms(
    desk: Desk, console_page: ConsolePage, theme: str, language: str
) -> None:
    marketing = Marketing(desk)
    await marketing.segment()
    emma = await marketing.emma()
    page = await console_page("supervisor", path="/console/campaigns/new", theme=theme, language=language)
    found = [await violations(page)]
    await page.locator("ul.campaign-cards form button").nth(1).click()
    await expect(page.locator("#segment-count .figure")).to_be_visible()
    found.append(await violations(page))
    campaign = int(page.url.split("/")[-2])
    firing = await fired(desk.store, campaign)
    await touch(desk.store, firing, emma, "suppressed", "own_preference")
    for path in ("", f"/{campaign}", f"/{campaign}/people", f"/{campaign}/people/{firing}/{emma}"):
        await page.goto(f"/console/campaigns{path}")
        found.append(await violations(page))
    assert found == [[]] * 6
