"""A marketer builds a segment in Chromium: conditions by pressing, the count beside them, text and back, saved."""

import pytest
from playwright.async_api import Page, expect

from crm_store.loyalty.tiers import Tier
from tests.browser.console.conftest import ConsolePage
from tests.browser.test_reach import violations
from tests.console.conftest import NOW, Desk
from tests.store.crowd import Crowd


@pytest.fixture
async def crowd(desk: Desk) -> Crowd:
    made = Crowd(desk.store)
    for rank, (code, en, zh) in enumerate((("member", "Member", "普通会员"), ("gold", "Gold", "金卡"))):
        await made.keep(Tier(code=code, rank=rank, name={"en": en, "zh": zh}, threshold_cents=rank, benefits={}))
    await made.customer("Ann Lim", tier="gold", email="ann@shop.example", joined_on=NOW.date())
    await made.customer("Bo Tan", tier="gold")
    await made.customer("林晓梅")
    return made


async def counts(page: Page, figure: str) -> None:
    await expect(page.locator("#segment-panel .segment-figure .figure")).to_have_text(figure)


async def test_a_segment_grows_by_pressing_and_its_count_follows(crowd: Crowd, console_page: ConsolePage) -> None:
    page = await console_page("marketer", path="/console/segments/new")
    await counts(page, "3")
    await page.get_by_role("button", name="Condition", exact=True).click()
    await expect(page.locator("#segment-panel")).to_contain_text("Tier: choose at least one.")
    await page.get_by_label("Gold").check()
    await counts(page, "2")
    await page.get_by_role("button", name="Condition", exact=True).click()
    await page.locator("#field-r\\.1").select_option(label="Has an e-mail address")
    await counts(page, "1")
    await expect(page.locator("#segment-panel")).to_contain_text("Ann Lim")
    await page.locator("#op-r\\.1").select_option(label="no")
    await expect(page.locator("#segment-panel")).to_contain_text("Bo Tan")
    await page.get_by_label("Name").fill("Gold without e-mail")
    await page.get_by_role("button", name="Save segment").click()
    await expect(page.locator(".toast")).to_have_text("“Gold without e-mail” is saved.")
    await expect(page.locator(".versions")).to_contain_text("tier = gold and not has_email".replace(" and", "\nand"))


async def test_what_was_built_goes_on_as_text_and_comes_back(crowd: Crowd, console_page: ConsolePage) -> None:
    page = await console_page("marketer", path="/console/segments/new")
    await page.get_by_role("button", name="Group", exact=True).click()
    await page.locator("#group-r\\.0").get_by_label("Gold").check()
    await counts(page, "2")
    await page.get_by_role("button", name="Text", exact=True).click()
    text = page.get_by_label("Question as text")
    await expect(text).to_have_value("tier = gold")
    await text.fill("tier = gold and age >= many")
    await expect(page.locator("#segment-panel")).to_contain_text("Line 1, column 24")
    await text.fill("tier = gold and\nnot (has_email or has_phone)")
    await counts(page, "1")
    await page.get_by_role("button", name="Form", exact=True).click()
    await expect(page.locator(".segment-row")).to_have_count(3)
    await counts(page, "1")


async def test_a_number_being_typed_is_counted_when_it_is_there(crowd: Crowd, console_page: ConsolePage) -> None:
    page = await console_page("supervisor", path="/console/segments/new")
    await page.get_by_role("button", name="Condition", exact=True).click()
    await page.locator("#field-r\\.0").select_option(label="Joined")
    await page.locator("#op-r\\.0").select_option(label="less than")
    await page.get_by_label("Value", exact=True).fill("30")
    await counts(page, "1")
    await expect(page.get_by_label("Value", exact=True)).to_have_value("30")
    await page.locator("#op-r\\.0").select_option(label="between")
    await page.get_by_label("Second value").fill("400")
    await counts(page, "2")
    await page.get_by_role("button", name="Remove condition: Joined").click()
    await counts(page, "3")


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "zh")])
async def test_axe_finds_nothing_in_the_room(
    crowd: Crowd, console_page: ConsolePage, theme: str, language: str
) -> None:
    page = await console_page("marketer", path="/console/segments", theme=theme, language=language)
    # axe runs as injected script, which the page's own policy rightly forbids.
    await (await page.context.new_cdp_session(page)).send("Page.setBypassCSP", {"enabled": True})
    await page.goto("/console/segments")
    assert await violations(page) == []
    await page.goto("/console/segments/new")
    await page.locator("#group-r > .row button").nth(1).click()
    await page.locator("#field-r\\.0\\.0").select_option("allows")
    await page.locator("#group-r > .row button").nth(0).click()
    await page.locator("#field-r\\.1").select_option("spent")
    await expect(page.locator("#segment-panel .notice")).to_be_visible()
    assert await violations(page) == []
    await page.locator("input[name='value-r.1']").fill("10.50")
    await counts(page, "0")
    assert await violations(page) == []
    await page.locator(".switch button").nth(1).click()
    await page.locator("#segment-text").fill("tier = ")
    await expect(page.locator("#segment-panel .notice")).to_be_visible()
    await page.locator("details.segment-fields summary").click()
    assert await violations(page) == []
