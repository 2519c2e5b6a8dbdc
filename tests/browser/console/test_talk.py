"""The conversation in Chromium: what shoppers write appears by itself, drafts stay, slips are taken back."""

from datetime import timedelta
from importlib.resources import files
from typing import Any

from playwright.async_api import Page, expect

from crm_store.cases.complaints import Complaint
from tests.browser.console.conftest import ConsolePage
from tests.browser.serving import Serving
from tests.console.conftest import Desk
from tests.console.test_inbox import HOSTILE, case_of, raised
from tests.store.desk_shop import Case, DeskShop


async def shopper_writes(desk: Desk, case: Case, words: str) -> None:
    """As a message that came in over a channel, told to everybody who looks."""
    async with desk.store.transaction() as crm:
        await DeskShop(crm).said(case, words, 0)
        for topic, number in (("thread", case.conversation_id), ("talk", case.conversation_id), ("desk", 0)):
            crm.nudge(topic, number)


def talk_of(case: Case) -> str:
    return f"/console/talks/{case.conversation_id}?view=all"


async def violations(page: Page) -> list[str]:
    """What axe finds wrong, a line for each rule."""
    await page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    broken: list[dict[str, Any]] = await page.evaluate("axe.run().then(({ violations }) => violations)")
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in broken]


async def test_what_the_shopper_writes_appears_and_a_draft_stays_as_it_is(
    desk: Desk, console_page: ConsolePage
) -> None:
    case = await case_of(desk, "Grace Lim")
    page = await console_page("handler", path=talk_of(case))
    await page.locator("#reply-text").fill("Dear Grace")
    await shopper_writes(desk, case, "Hello? Is anybody there?")
    await expect(page.locator("#talk-thread")).to_contain_text("Is anybody there?")
    await expect(page.locator("#inbox-beside")).to_contain_text("Is anybody there?")
    await expect(page.locator("#reply-text")).to_have_value("Dear Grace")
    await page.reload()
    await expect(page.locator("#reply-text")).to_have_value("Dear Grace")


async def test_acceptance_11_live_updates_survive_a_restart_and_catch_up(
    desk: Desk, console_page: ConsolePage, site: Serving
) -> None:
    """Acceptance check 11: Live updates survive a lost connection; a light says when they are stale."""
    case = await case_of(desk, "Grace Lim")
    page = await console_page("handler", path=talk_of(case))
    await page.locator("#reply-text").fill("Dear Grace")
    await site.stop()
    await expect(page.locator("#health")).to_have_attribute("data-state", "stale", timeout=15_000)
    await shopper_writes(desk, case, "Said while nobody listened")
    await site.start()
    await expect(page.locator("#talk-thread")).to_contain_text("Said while nobody listened", timeout=30_000)
    await expect(page.locator("#health")).to_have_attribute("data-state", "live")
    await expect(page.locator("#reply-text")).to_have_value("Dear Grace")


async def test_a_reply_is_sent_by_keyboard_and_taken_back_into_the_composer(
    desk: Desk, console_page: ConsolePage
) -> None:
    case = await case_of(desk, "Grace Lim")
    page = await console_page("handler", path=talk_of(case))
    await page.locator("#reply-text").fill("It is on its way.")
    await page.locator("#reply-text").press("Control+Enter")
    await expect(page.locator("#talk-thread")).to_contain_text("It is on its way.")
    await expect(page.locator("#reply-text")).to_have_value("")
    # The clock of the tests stands still, the browser's does not: the button may be gone already.
    interaction = await page.locator("#talk-thread .msg.out").last.get_attribute("id")
    assert interaction is not None
    await page.evaluate(
        """([path]) => htmx.ajax("POST", path, {target: "#talk-outcome", swap: "outerHTML"})""",
        [f"/console/talks/{case.conversation_id}/undo/{interaction.removeprefix('said-')}"],
    )
    await expect(page.locator("#reply-text")).to_have_value("It is on its way.")
    await expect(page.locator("#talk-thread .msg.out").last).to_contain_text("Taken back")


async def test_a_note_looks_different_and_is_kept(desk: Desk, console_page: ConsolePage) -> None:
    case = await case_of(desk, "Grace Lim")
    page = await console_page("handler", path=talk_of(case))
    await page.get_by_role("tab", name="Internal note").click()
    await expect(page.locator("#reply-text")).to_be_hidden()
    await page.locator("#note-text").fill("The courier rang.")
    await page.locator("#note-text").press("Control+Enter")
    await expect(page.locator(".msg.note")).to_contain_text("The courier rang.")
    await expect(page.locator(".msg.note")).to_contain_text("Never sent to the shopper")


async def test_two_colleagues_see_each_other_looking_and_typing(desk: Desk, console_page: ConsolePage) -> None:
    case = await case_of(desk, "Grace Lim")
    mei = await console_page("handler", path=talk_of(case), name="Mei Tan")
    tom = await console_page("handler", path=talk_of(case), name="Tom Ong")
    await expect(mei.locator("#talk-company")).to_contain_text("Tom Ong is looking")
    await tom.locator("#reply-text").press_sequentially("He")
    await expect(mei.locator("#talk-company")).to_contain_text("Tom Ong is typing")
    await expect(tom.locator("#talk-company")).not_to_contain_text("Tom Ong")


async def test_taking_shows_at_once_and_on_the_colleagues_page(desk: Desk, console_page: ConsolePage) -> None:
    case = await case_of(desk, "Grace Lim")
    mei = await console_page("handler", path=talk_of(case), name="Mei Tan")
    tom = await console_page("handler", path=talk_of(case), name="Tom Ong")
    await expect(mei.locator("#reply-send")).to_contain_text("Take and send")
    await mei.get_by_role("button", name="Take", exact=True).click()
    await expect(mei.locator("#talk-head")).to_contain_text("You have it")
    await expect(mei.locator("#reply-send")).to_contain_text("Send")
    await expect(tom.locator("#talk-head")).to_contain_text("With Mei Tan")


async def test_hostile_words_are_read_and_run_nothing(desk: Desk, console_page: ConsolePage) -> None:
    case = await case_of(desk, HOSTILE)
    async with desk.store.transaction() as crm:
        shop = DeskShop(crm)
        await shop.said(case, HOSTILE, 2, choices=[{"id": "c", "label": HOSTILE, "payload": "x"}])
        await shop.said(case, HOSTILE, 1, author="bot")
    page = await console_page("handler", path=talk_of(case))
    await shopper_writes(desk, case, f"live {HOSTILE}")
    await expect(page.locator("#talk-thread .msg").last).to_contain_text("live <img")
    await expect(page.locator("#talk-thread .unseen-sign").first).to_have_text("U+202E")
    assert await page.locator("main img, main script").count() == 0


async def test_the_inbox_is_worked_by_keyboard_alone(desk: Desk, console_page: ConsolePage) -> None:
    case = await case_of(desk, "Grace Lim")
    await raised(desk, case)
    page = await console_page("handler", path="/console/inbox?view=all")
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await expect(page.locator("#deeds")).to_contain_text("1 chosen")
    async with desk.store.transaction() as crm:
        crm.nudge("desk")
    other = await case_of(desk, "Omar Aziz")
    async with desk.store.transaction() as crm:
        crm.nudge("desk", other.complaint_id)
    await expect(page.locator("#inbox-list")).to_contain_text("Omar Aziz")
    await expect(page.locator("li.line input:checked")).to_have_count(1)
    await page.keyboard.press("a")
    await expect(page.locator("#toasts")).to_contain_text("1 is yours now")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.locator("#talk-head h1")).to_be_visible()


async def pressing(desk: Desk, case: Case, minutes: int) -> None:
    """The next clock of the case runs out so many minutes from now, and whoever looks is told."""
    async with desk.store.transaction() as crm:
        complaint = await crm.session.get_one(Complaint, case.complaint_id)
        complaint.next_due_at = desk.clock() + timedelta(minutes=minutes)
        crm.nudge("desk", case.complaint_id)


async def test_lines_move_by_themselves_and_what_was_chosen_stays_chosen(desk: Desk, console_page: ConsolePage) -> None:
    grace, omar, ida = [await case_of(desk, name) for name in ("Grace Lim", "Omar Aziz", "Ida Berg")]
    for minutes, case in enumerate((grace, omar, ida), start=1):
        await pressing(desk, case, minutes * 10)
    page = await console_page("handler", path="/console/inbox?view=all")
    names = page.locator("li.line a.line-way")
    await expect(names).to_have_text(["Grace Lim", "Omar Aziz", "Ida Berg"])
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await pressing(desk, ida, 5)
    await expect(names).to_have_text(["Ida Berg", "Grace Lim", "Omar Aziz"])
    await pressing(desk, omar, 1)
    await expect(names).to_have_text(["Omar Aziz", "Ida Berg", "Grace Lim"])
    mona = await case_of(desk, "Mona Vu")
    await pressing(desk, mona, 3)
    await expect(names).to_have_text(["Omar Aziz", "Mona Vu", "Ida Berg", "Grace Lim"])
    await expect(page.locator("li.line:has(input:checked) a.line-way")).to_have_text("Grace Lim")
    await expect(page.locator("li.line:not(:has(a.line-way))")).to_have_count(0)


async def test_both_rooms_are_clean_in_light_and_dark(desk: Desk, console_page: ConsolePage) -> None:
    case = await case_of(desk, "Grace Lim")
    await raised(desk, case)
    for theme in ("light", "dark"):
        page = await console_page("handler", path="/console/inbox?view=all", theme=theme)
        assert await violations(page) == []
        await page.goto(talk_of(case))
        await page.locator("#health[data-state=live]").wait_for()
        assert await violations(page) == [], theme
        await page.get_by_role("tab", name="Internal note").click()
        assert await violations(page) == []
