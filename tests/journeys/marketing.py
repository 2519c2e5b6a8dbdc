"""The marketer and the supervisor in the rooms of the console where campaigns are made, read and let go."""

import re
from dataclasses import dataclass
from datetime import datetime

from playwright.async_api import Page, expect

from tests.journeys.handler import Handler, picture

PATIENT = 30_000


@dataclass(frozen=True)
class Promotion:
    """What a marketer fills in; `texts` and `subjects` by language, `at` on everybody's own clock."""

    name: str
    segment: str
    at: datetime
    texts: dict[str, str]
    subjects: dict[str, str]
    holdout: int
    hours: int


class Marketing:
    """Two people with a browser each; what one makes, the other approves."""

    def __init__(self, marketer: Handler, approver: Handler) -> None:
        self.marketer = marketer
        self.approver = approver

    @property
    def page(self) -> Page:
        return self.marketer.page

    async def segment(self, name: str, asks: str) -> None:
        """Written as a line, as it can be."""
        await self.marketer.goes("/segments/new")
        await self.page.locator("#name").fill(name)
        await self.page.get_by_role("button", name="Text", exact=True).click()
        await self.page.locator("#segment-text").fill(asks)
        await picture(self.page, f"care_segment_{len(name)}")
        await self.page.get_by_role("button", name="Save segment").click()
        await expect(self.page.locator("h1")).to_contain_text(name, timeout=PATIENT)

    async def programme(self, title: str, segment: str) -> int:
        """From the shelf, for whom it is meant and no more."""
        await self.marketer.goes("/campaigns/new")
        await picture(self.page, "care_programmes")
        await self.page.get_by_role("button", name=f"Begin with this {title}").click()
        await self._editor()
        await self.page.locator("#segment_id").select_option(label=segment)
        return await self._saved()

    async def promotion(self, told: Promotion) -> int:
        """From an empty page, with an offer of its own."""
        await self.marketer.goes("/campaigns/new")
        await self.page.locator("#name").fill(told.name)
        await self.page.locator("#purpose").select_option("promotion")
        await self.page.get_by_role("button", name="Begin", exact=True).click()
        await self._editor()
        await self._fill(told)
        await self._offer()
        await expect(self.page.locator("#plan-look")).to_contain_text("Ready to be read", timeout=PATIENT)
        await picture(self.page, "care_editor")
        return await self._saved()

    async def _fill(self, told: Promotion) -> None:
        page = self.page
        await page.locator("#segment_id").select_option(label=told.segment)
        await page.locator("#trigger-once").check()
        await page.locator("#once_day").fill(f"{told.at:%Y-%m-%d}")
        await page.locator("#once_time").fill(f"{told.at:%H:%M}")
        for place, channel in enumerate(("Telegram", "Web chat", "E-mail"), start=1):
            await page.get_by_label(f"Place of {channel}").select_option(str(place))
        for language, text in told.texts.items():
            await page.locator(f"#text-{language}-any").fill(text)
            await page.locator(f"#subject-{language}-any").fill(told.subjects[language])
        await page.locator("#holdout_percent").fill(str(told.holdout))
        await page.locator("#expires_after").fill(str(told.hours))

    async def _offer(self) -> None:
        page = self.page
        await page.get_by_role("button", name="Make an offer").click()
        dialog = page.locator("#plan-offer")
        typed = {"title_en": "S$8 off from S$60", "title_zh": "满 S$60 减 S$8", "value": "8", "min_spend": "60"}
        for name, value in {**typed, "prefix": "LEAF", "days": "10", "most": "500"}.items():
            await dialog.locator(f"#offer-{name}").fill(value)
        await picture(page, "care_offer")
        await dialog.get_by_role("button", name="Make it").click()
        await expect(page.locator("#coupon_offer_id option:checked")).to_contain_text("S$8 off", timeout=PATIENT)

    async def copied(self, campaign_id: int, name: str, at: datetime) -> int:
        """The same once more, on another day."""
        await self.marketer.goes(f"/campaigns/{campaign_id}")
        await self._dialog("Copy", "campaign-copy")
        await self._editor()
        await self.page.locator("#name").fill(name)
        await self.page.locator("#once_day").fill(f"{at:%Y-%m-%d}")
        return await self._saved()

    async def let_go(self, campaign_id: int) -> None:
        """Sent for review, read and approved by another person, scheduled."""
        await self.marketer.goes(f"/campaigns/{campaign_id}")
        await self._dialog("Send for review", "campaign-submit")
        await self._stands("In review")
        await self.approver.goes(f"/campaigns/{campaign_id}")
        await picture(self.approver.page, f"care_review_{campaign_id}")
        await self._dialog("Approve", "campaign-approve", self.approver.page)
        await self._stands("Approved", self.approver.page)
        await self.marketer.goes(f"/campaigns/{campaign_id}")
        await self._dialog("Schedule", "campaign-schedule")
        await self._stands("Scheduled")
        await picture(self.page, f"care_scheduled_{campaign_id}")

    async def sees(self, campaign_id: int, waiting: int) -> None:
        """So many wait for their hour; nobody reloads the page."""
        await expect(self.page).to_have_url(re.compile(rf"/campaigns/{campaign_id}$"))
        waits = self.page.locator("#campaign-progress .stat[href$='state=waiting'] .figure")
        await expect(waits).to_have_text(str(waiting), timeout=PATIENT)
        await picture(self.page, "care_waiting")

    async def _editor(self) -> None:
        await expect(self.page).to_have_url(re.compile(r"/campaigns/\d+/edit"), timeout=PATIENT)
        await self.marketer.is_live()

    async def _saved(self) -> int:
        """Closed without anything left to mend; gives its number."""
        await self.page.get_by_role("button", name="Save and close").click()
        await expect(self.page).to_have_url(re.compile(r"/campaigns/\d+$"), timeout=PATIENT)
        await expect(self.page.locator("main")).to_contain_text("Ready to be read", timeout=PATIENT)
        return int(self.page.url.rpartition("/")[2])

    async def _dialog(self, button: str, dialog: str, page: Page | None = None) -> None:
        page = page or self.page
        await page.locator("#campaign-deeds").get_by_role("button", name=button, exact=True).click()
        await page.locator(f"#{dialog} .dialog-foot button:not([data-closes])").click()

    async def _stands(self, state: str, page: Page | None = None) -> None:
        await expect((page or self.page).locator("#campaign-deeds")).to_contain_text(state, timeout=PATIENT)
