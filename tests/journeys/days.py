"""The house's time: the real one, and whatever a journey lets pass."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import Page

from bot.main import now

SINGAPORE = ZoneInfo("Asia/Singapore")


class Watch:
    """What the house asks for the time."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return now() + self.ahead


class Days:
    """Lets days pass at the house and in the browsers that look at it."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._pages: list[Page] = []

    @property
    def now(self) -> datetime:
        """On the wall in Singapore."""
        return self._watch().astimezone(SINGAPORE)

    async def seen_by(self, page: Page) -> Page:
        """This browser has the house's time from now on."""
        await page.clock.install(time=self._watch())
        self._pages.append(page)
        return page

    async def pass_until(self, moment: datetime) -> None:
        self._watch.ahead += moment - self._watch()
        for page in self._pages:
            await page.clock.set_system_time(self._watch())

    async def next_day(self, at: time) -> None:
        await self.pass_until(datetime.combine(self.now.date() + timedelta(days=1), at, SINGAPORE))


def monday_morning(after: datetime) -> datetime:
    """The next Monday at ten: the desk is open, and is so again on the two days that follow."""
    local = after.astimezone(SINGAPORE)
    monday = local.date() + timedelta(days=7 - local.weekday())
    return datetime.combine(monday, time(10), SINGAPORE)
