"""Whatever a shopper writes, is called or sends, on every page of the console: read as text, and nothing runs."""

from collections.abc import Mapping
from typing import Any

from playwright.async_api import Page, expect

from tests.browser.console.conftest import ConsolePage
from tests.console.conftest import Desk
from tests.console.sweep.everything import a_team, everything
from tests.console.sweep.fields import likely
from tests.console.sweep.ways import PAGES, Way
from tests.store.desk_shop import Case, DeskShop

SCRIPTS = (
    "<script>window.ran=1</script>",
    '<img src=x onerror="window.ran=2">',
    '<svg onload="window.ran=3"><animate onbegin="window.ran=4">',
    '"><b id=planted>',
    "'><i id=planted>",
    '<div id="planted" hx-get="/console/me" hx-trigger="load" hx-on:load="window.ran=5">',
    '<hx-partial hx-target="#main"><p id=planted></p></hx-partial>',
    '<a href="javascript:window.ran=6" id=planted>',
    "<template id=planted><script>window.ran=7</script></template>",
    "</textarea></title></style></select><iframe srcdoc='<script>parent.ran=8</script>' id=planted>",
    "{{ 7*7 }}{% raw %}${7*7}#{7*7}{0.__class__}%(n)s",
    "\u202egpj.exe\u2066\u200b\ufeff",
    "javascript:window.ran=9",
)
WORDS = " ".join(SCRIPTS)
LEFT_OUT = {"GET /reports/export", "GET /results/{campaign_id}/export", "GET /talks/{talk}/files/{token}"}
"""Downloads: no page."""
PLANTED = (
    "#planted, main script, main iframe, main [onerror], main [onload], main img[src='x'], main [hx-get='/console/me']"
)


async def shown(page: Page, way: Way, known: Mapping[str, Any]) -> None:
    query = "&".join(f"{name}={likely(name)}" for name in way.asked if name == "before")
    await page.goto(f"{way.at(known)}?{query}" if query else way.at(known))


async def ran(page: Page) -> list[str]:
    """What of the shopper's became part of the page, or ran."""
    found = []
    if await page.evaluate("window.ran !== undefined"):
        found.append(f"ran {await page.evaluate('window.ran')}")
    if count := await page.locator(PLANTED).count():
        found.append(f"{count} elements, first {await page.locator(PLANTED).first.evaluate('e => e.outerHTML')}"[:200])
    if "49" in await page.locator("body").inner_text() and "7*7" not in await page.locator("body").inner_text():
        found.append("a template was filled in")
    return found


async def test_nothing_a_shopper_can_set_runs_on_any_page(desk: Desk, console_page: ConsolePage) -> None:
    """Every page, as an admin sees it; the policy's own breaches fail the test at its end."""
    page = await console_page("admin")
    async with desk.store.transaction() as crm:
        (boss,) = await crm.staff.all()
        known = await everything(crm, WORDS, await a_team(crm, "theirs"), boss.id)
    guilty = {}
    for way in PAGES:
        if str(way) not in LEFT_OUT:
            await shown(page, way, known)
            guilty[str(way)] = await ran(page) + await turned(page)
    await page.goto("/console/search?q=window")
    guilty["a search"] = await ran(page)
    assert {name: found for name, found in guilty.items() if found} == {}


async def turned(page: Page) -> list[str]:
    """Where a character that turns text around is not shown by its code."""
    found: list[str] = await page.locator("body").evaluate(
        """body => [...body.querySelectorAll("*")].filter(
            each => !["TEXTAREA", "INPUT", "OPTION", "SCRIPT"].includes(each.tagName)
                && [...each.childNodes].some(node => node.nodeType === 3 && node.data.includes("\u202e")))
            .map(each => `turned: ${each.outerHTML.slice(0, 160)}`)"""
    )
    return found


async def test_nothing_runs_that_arrives_while_the_page_is_open(desk: Desk, console_page: ConsolePage) -> None:
    """What is pushed is put in by htmx, which may make elements: of our markup, and of nothing in the words."""
    page = await console_page("admin")
    async with desk.store.transaction() as crm:
        (boss,) = await crm.staff.all()
        known = await everything(crm, "a kettle", await a_team(crm, "theirs"), boss.id)
    case = Case(known["customer_id"], known["identity_id"], known["talk"], known["complaint_id"], known["number"])
    for path in (f"/console/talks/{case.conversation_id}?view=all", "/console/inbox?view=all"):
        await page.goto(path)
        await page.locator("#health[data-state=live]").wait_for()
        async with desk.store.transaction() as crm:
            await DeskShop(crm).said(case, f"live at last {path} {WORDS}", 0)
            for topic, number in (
                ("talk", case.conversation_id),
                ("desk", case.complaint_id),
                ("case", case.complaint_id),
            ):
                crm.nudge(topic, number)
        await expect(page.locator("main")).to_contain_text(f"live at last {path} <script>")
        assert await ran(page) == []
