"""What supervisors see in Chromium: bars that open, a word told after confirming, proposals that come alone."""

from playwright.async_api import expect

from crm_store.remedies.granting import RemedyKind
from crm_store.remedies.remedies import Proposal
from crm_store.staff.scope import Scope
from tests.browser.console.conftest import ConsolePage
from tests.console.conftest import NOW, Desk
from tests.console.test_inbox import case_of
from tests.console.test_incidents_room import incident, sent


async def test_a_bar_opens_to_its_cases_and_its_table_does_so_by_keyboard(
    desk: Desk, console_page: ConsolePage
) -> None:
    case = await case_of(desk, "Grace Lim", opened_at=NOW)
    page = await console_page("supervisor", path="/console/reports")
    await page.locator(".chart-way").first.click()
    await expect(page.locator("main")).to_contain_text(case.number)
    await page.go_back()
    summary = page.locator(".report-table summary").first
    await summary.focus()
    await page.keyboard.press("Enter")
    link = page.locator(".report-table[open] a").first
    await link.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("main h1")).to_contain_text("Cases:")


async def test_news_are_previewed_confirmed_and_then_shown_as_told(desk: Desk, console_page: ConsolePage) -> None:
    shared = await incident(desk, await case_of(desk, "Grace Lim"))
    page = await console_page("supervisor", path=f"/console/incidents/{shared}")
    await page.get_by_label("In English").fill("The lids were faulty.")
    await page.get_by_label("In Chinese").fill("壶盖有问题。")
    await page.get_by_role("button", name="Preview").press("Enter")
    await page.get_by_role("button", name="Tell 1 shopper…").press("Enter")
    assert await sent(desk) == 0
    await page.get_by_role("button", name="Tell them").press("Enter")
    await expect(page.locator("#incident-one .timeline")).to_contain_text("The lids were faulty.")
    assert await sent(desk) == 1


async def test_promotions_are_held_by_a_switch_that_shows_what_it_did(desk: Desk, console_page: ConsolePage) -> None:
    shared = await incident(desk, await case_of(desk, "Grace Lim"))
    page = await console_page("supervisor", path=f"/console/incidents/{shared}")
    await page.get_by_role("button", name="Let promotions go on").press("Enter")
    await expect(page.get_by_role("button", name="Hold promotions")).to_be_visible()


async def test_a_proposal_comes_by_itself_and_goes_when_it_is_decided(desk: Desk, console_page: ConsolePage) -> None:
    async with desk.store.transaction() as crm:
        await crm.remedies.limits.ensure()
    case, mei = await case_of(desk, "Grace Lim"), await desk.add("handler")
    page = await console_page("supervisor", path="/console/remedies")
    async with desk.store.transaction() as crm:
        scope = Scope(mei.id, "handler", frozenset())
        await crm.remedies.propose(Proposal(case.complaint_id, RemedyKind.POINTS, 900, "late"), scope, NOW)
        crm.nudge("desk", case.complaint_id)
    await page.get_by_role("link", name=f"Decide: {case.number}").press("Enter")
    await page.get_by_role("button", name="Approve").first.press("Enter")
    await page.locator("#remedy-approve").get_by_role("button", name="Approve").press("Enter")
    await expect(page.locator("#toasts")).to_contain_text("Approved, and carried out.")
    await expect(page.locator("main")).to_contain_text("Nothing waits for a decision")
