"""The case room in Chromium: it keeps itself up to date, loses nothing typed, and works by keyboard alone."""

import re

from playwright.async_api import expect

from crm_store.cases.events import By
from tests.browser.console.conftest import ConsolePage
from tests.browser.console.test_talk import violations
from tests.console.conftest import Desk
from tests.console.test_case import opened


async def test_what_a_colleague_does_shows_up_and_what_one_types_stays(desk: Desk, console_page: ConsolePage) -> None:
    case = await opened(desk)
    page = await console_page("handler", path=f"/console/cases/{case.number}")
    await page.get_by_label("Internal note").fill("half a thou")
    async with desk.store.transaction() as crm:
        await crm.handling.move(case.complaint_id, "investigating", By("bot"), desk.clock())
    await expect(page.locator("#case-head .case-state")).to_have_text("being looked into")
    await expect(page.locator("#case-timeline")).to_contain_text("being looked into")
    await page.get_by_role("button", name="Take it").click()
    await expect(page.locator("#toasts")).to_contain_text("It is yours.")
    await expect(page.get_by_label("Internal note")).to_have_value("half a thou")


async def test_a_case_moves_on_by_keyboard_alone(desk: Desk, console_page: ConsolePage) -> None:
    case = await opened(desk)
    page = await console_page("handler", path=f"/console/cases/{case.number}")
    await page.locator("#case-moves summary").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#toasts")).to_contain_text("taken up")
    await page.locator("#case-more summary").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Pause the clock").first.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_remedy_is_proposed_in_the_dialog_and_shows_in_the_list(desk: Desk, console_page: ConsolePage) -> None:
    case = await opened(desk)
    page = await console_page("handler", path=f"/console/cases/{case.number}")
    await page.get_by_role("button", name="Propose a remedy").first.click()
    dialog = page.get_by_role("dialog")
    fields = [dialog.get_by_label("What").first, dialog.get_by_label("How much")]
    boxes = [await field.bounding_box() for field in fields]
    assert len({box["y"] for box in boxes if box is not None}) == 1
    await fields[0].select_option("coupon")
    await dialog.get_by_label("How much").fill("sixty")
    await dialog.get_by_label("Why").fill("Twice broken")
    await dialog.get_by_role("button", name="Propose a remedy").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("The amount is not one")
    await expect(dialog.get_by_label("Why")).to_have_value("Twice broken")
    await dialog.get_by_label("How much").fill("60")
    await dialog.get_by_role("button", name="Propose a remedy").click()
    await expect(page.locator(".remedy")).to_contain_text("Waits for approval")


async def test_the_customer_of_a_new_case_is_found_while_one_types(desk: Desk, console_page: ConsolePage) -> None:
    await opened(desk, "Grace Lim")
    page = await console_page("handler", path="/console/cases/new")
    await page.get_by_label("Find the customer").press_sequentially("grace")
    await page.get_by_label(re.compile("Grace Lim")).check()
    await page.get_by_label("What happened").fill("The lid is missing.")
    await page.get_by_role("button", name="Open the case").click()
    await expect(page.locator("#case-head")).to_contain_text("Grace Lim")


async def test_nothing_stands_in_the_way_of_anybody(desk: Desk, console_page: ConsolePage) -> None:
    case = await opened(desk)
    page = await console_page("handler", path=f"/console/cases/{case.number}")
    people = f"/console/customers/{case.customer_id}"
    here = f"/console/cases/{case.number}"
    for path in (here, f"{here}/clocks", f"{here}/merge", "/console/cases/new", people, "/console/customers"):
        await page.goto(path)
        assert await violations(page) == [], path
