"""Staff of the house at their console, in a browser of their own."""

import os
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from bot.main import House
from crm_store.staff.members import NewMember, Role, StaffMember
from crm_store.staff.passwords import Passwords

PASSWORD = "a lamp beside the river"
PICTURES = os.environ.get("CARELOOP_PICTURES", "")
"""A folder: whoever wants to see what a journey looked like gets its pictures there."""


async def hire(house: House, login: str, name: str, role: Role, **values: str) -> StaffMember:
    """Somebody who works here and has chosen a password already."""
    async with house.store.transaction() as crm:
        member = await crm.staff.add(NewMember(login, name, role, await Passwords().hashed(PASSWORD)), house.now())
        await crm.staff.change(member.id, must_change_password=False, **values)
    return member


class Handler:
    """One member of staff at the console; `page` is theirs."""

    def __init__(self, house: House, member: StaffMember, page: Page) -> None:
        self.member = member
        self.page = page
        self._url = f"{house.settings.base_url}/console"

    async def signs_in(self, to: str) -> None:
        """By the form, and is where they wanted to go."""
        await self.page.goto(f"{self._url}{to}")
        await self.page.get_by_label("E-mail").fill(self.member.login)
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.page.get_by_role("button", name="Sign in").click()
        await self.is_live()

    async def goes(self, to: str) -> None:
        await self.page.goto(f"{self._url}{to}")
        await self.is_live()

    async def is_live(self) -> None:
        await expect(self.page.locator("#health")).to_have_attribute("data-state", "live", timeout=30_000)

    def line(self, words: str) -> Locator:
        """The lines of the inbox that say this."""
        return self.page.locator("#inbox-list li.line").filter(has_text=words)

    async def writes(self, words: str) -> None:
        """A reply, sent by keyboard."""
        await self.page.locator("#reply-text").fill(words)
        await self.page.locator("#reply-text").press("Control+Enter")
        await expect(self.page.locator("#talk-thread")).to_contain_text(words, timeout=30_000)

    async def presses(self, menu: str, item: str) -> None:
        """Something in a menu, which is named by its id."""
        await self.page.locator(f"#{menu} > summary").click()
        await self.page.locator(f"#{menu}").get_by_role("button", name=item).click()

    async def is_told(self, words: str) -> None:
        await expect(self.page.locator("#toasts")).to_contain_text(words, timeout=30_000)


async def picture(page: Page, name: str) -> None:
    """As it looks now, if anybody wants it. Hiding the caret would break the page's policy."""
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"journey_{name}.png", caret="initial")
