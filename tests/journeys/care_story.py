"""The story of care: two copies of one house, a marketer and a supervisor, Emma at the web chat, 林晓梅 on Telegram."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from playwright.async_api import Page, expect
from sqlalchemy import delete, select

from bot.main import House, opened_house
from bot.serving import serve
from bot.stack.addresses import free_port
from crm_store.campaigns.campaign import CampaignState
from crm_store.campaigns.campaigns import By
from crm_store.campaigns.moves import Move, possible
from crm_store.loyalty.orders import Order
from crm_store.people.challenges import Challenge
from crm_store.planning.occurrences import Occurrence
from crm_store.planning.touches import Touch
from crm_store.planning.why import Why
from crm_store.staff.members import Role
from tests.browser.reading import said, theirs
from tests.chromium import NewPage
from tests.journeys.cast import LIN, Cast, Extra, gathered
from tests.journeys.conftest import Telegram, deep_link, letters, mailed_code
from tests.journeys.days import SINGAPORE, Days, Watch, monday_morning
from tests.journeys.handler import Handler, hire
from tests.journeys.marketing import Marketing
from tests.journeys.passing import Passing
from tests.journeys.test_telegram import Chat

PATIENT = 30_000
LIN_AT_TELEGRAM = 73_001
EMMAS_MAIL, LINS_MAIL = "emma.tan@example.com", "xiaomei.lin@example.com"


@dataclass(frozen=True)
class Post:
    """One letter of the demo's mailbox."""

    to: str
    subject: str
    text: str

    @classmethod
    def of(cls, file: Path) -> "Post":
        letter = message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=default)
        body = letter.get_body(("plain",))
        assert body is not None
        return cls(str(letter["To"]), str(letter["Subject"]), str(body.get_content()))


@dataclass
class CareStory:
    """`began`: the Monday of it. `numbers`: the marketer's campaigns. `planned`: decisions before the hour came."""

    house: House
    days: Days
    telegram: Telegram
    cast: Cast
    marketing: Marketing
    emma: Page
    lin: Chat
    began: date
    numbers: dict[str, int] = field(default_factory=dict)
    planned: dict[str, Why] = field(default_factory=dict)

    def at(self, day: int, hour: int, minute: int = 0) -> datetime:
        """So many days after that Monday, on the shop's clock."""
        return datetime.combine(self.began + timedelta(days=day), time(hour, minute), SINGAPORE)

    async def passes(self, until: datetime) -> None:
        await Passing(self.house, self.days).until(until)

    async def firing(self, name: str) -> int:
        """The newest firing of a campaign."""
        newest = select(Occurrence.id).filter_by(campaign_id=self.numbers[name]).order_by(Occurrence.id.desc()).limit(1)
        async with self.house.store.reading() as crm:
            return (await crm.session.scalars(newest)).one()

    async def touches(self, name: str) -> dict[int, Touch]:
        """By customer."""
        async with self.house.store.reading() as crm:
            theirs = Occurrence.campaign_id == self.numbers[name]
            of = select(Touch).join(Occurrence, Occurrence.id == Touch.occurrence_id).where(theirs)
            return {touch.customer_id: touch for touch in await crm.session.scalars(of)}

    async def why(self, name: str, customer_id: int) -> Why:
        async with self.house.store.reading() as crm:
            found = await crm.whys.of(await self.firing(name), customer_id, self.house.now())
        assert found is not None
        return found

    @property
    def post(self) -> list[Post]:
        """Every letter that has left the house."""
        folder = self.house.settings.var / "mailbox" / "new"
        return [Post.of(file) for file in sorted(folder.iterdir())]

    async def emma_hears(self, words: str) -> None:
        """As the last thing that was said."""
        await expect(theirs(self.emma).last).to_contain_text(words, timeout=PATIENT)

    async def emma_says(self, words: str, answered: str) -> None:
        await said(self.emma, words)
        await self.emma_hears(answered)

    async def emma_proves(self, press: str) -> None:
        """A button asks for a code, which comes by mail."""
        seen = await letters(self.house, EMMAS_MAIL)
        await self.emma.get_by_role("button", name=press).click()
        await said(self.emma, await mailed_code(self.house.settings.base_url, EMMAS_MAIL, seen))

    async def lin_presses(self, label: str) -> str:
        """A button of the last message that has it; gives what is said then."""
        sent = self.telegram.fake.sent(self.lin.chat_id)
        message = next(each for each in reversed(sent) if label in [name for name, _ in each.buttons])
        self.telegram.fake.user_presses(message.message_id, label)
        return await self.lin.hears()

    async def lin_proves(self, press: str) -> str:
        seen = await letters(self.house, LINS_MAIL)
        await self.lin_presses(press)
        said = await self.lin.says(await mailed_code(self.house.settings.base_url, LINS_MAIL, seen))
        while "同意" not in said:
            said += await self.lin.hears()
        return said

    async def joined(self, who: Extra, chat_id: int) -> Chat:
        """Somebody who follows a link of the shop's to Telegram."""
        return await _joined(self.house, self.telegram, who, chat_id)

    async def delivered(self, customer_id: int) -> str:
        """What they ordered last has come, and the house hears of it; gives its number."""
        newest = select(Order).filter_by(customer_id=customer_id).order_by(Order.placed_at.desc(), Order.id).limit(1)
        async with self.house.store.transaction() as crm:
            order = (await crm.session.scalars(newest)).one()
            order.state, order.ended_on = "delivered", self.days.now.date()
            await crm.session.flush()
            await crm.care_events.sweep(self.days.now)
        return order.number

    async def desk_opens(self) -> None:
        """Whoever comes back after days signs in again."""
        for desk in (self.marketing.marketer, self.marketing.approver):
            await desk.page.context.clear_cookies()
            await desk.signs_in("/campaigns")


@asynccontextmanager
async def told(house: House, watch: Watch, telegram: Telegram, new_page: NewPage) -> AsyncIterator[CareStory]:
    """From Monday at ten, until what the marketer made is over; then it is as late as it is."""
    days = Days(watch)
    await days.pass_until(monday_morning(house.now()))
    async with house.store.transaction() as crm:
        cast = await gathered(crm, house.settings.mail_from, days.now)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(_another_copy(house, watch))
        stack.callback(lambda: setattr(watch, "ahead", timedelta(0)))
        stack.callback(_mailbox_emptied, house)
        stack.push_async_callback(_codes_forgotten, house)
        stack.push_async_callback(_all_cancelled, house)
        marketing = await _hired(house, days, new_page)
        emma = await _emma(house, days, new_page)
        lin = await _joined(house, telegram, Extra(LIN, "林晓梅", "zh", LINS_MAIL), LIN_AT_TELEGRAM)
        yield CareStory(house, days, telegram, cast, marketing, emma, lin, days.now.date())


@asynccontextmanager
async def _another_copy(house: House, watch: Watch) -> AsyncIterator[None]:
    """The same house once more beside it, on the same database: clock, planner, senders and all."""
    address = {"port": free_port(), "public_url": house.settings.base_url}
    async with opened_house(house.settings.model_copy(update=address), watch) as other:
        serving = asyncio.create_task(serve(other.app(), other.settings.host, other.settings.port, other.background))
        try:
            yield
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


async def _all_cancelled(house: House) -> None:
    """So that nothing of it goes out in other stories."""
    async with house.store.transaction() as crm:
        for campaign, _ in await crm.campaigns.listed():
            if Move.CANCEL in possible(CampaignState(campaign.state)):
                await crm.campaigns.cancel(campaign.id, By(None, house.now()))


def _mailbox_emptied(house: House) -> None:
    """So many letters are more than its page looks through."""
    for letter in (house.settings.var / "mailbox" / "new").iterdir():
        letter.unlink()


async def _codes_forgotten(house: House) -> None:
    """Asked for in days that are yet to come, they would count against the limits of today."""
    async with house.store.transaction() as crm:
        await crm.session.execute(delete(Challenge))


async def _hired(house: House, days: Days, new_page: NewPage) -> Marketing:
    who = {
        "maya@willowmere.example": ("Maya Lim", Role.MARKETER),
        "sue@willowmere.example": ("Sue Ong", Role.SUPERVISOR),
    }
    desks = []
    for login, (name, role) in who.items():
        page = await days.seen_by(await new_page(viewport={"width": 1440, "height": 900}))
        desks.append(Handler(house, await hire(house, login, name, role), page))
        await desks[-1].signs_in("/campaigns")
    return Marketing(*desks)


async def _emma(house: House, days: Days, new_page: NewPage) -> Page:
    """She proves who she is by a mailed code, so that her chat is known to be hers."""
    page = await days.seen_by(await new_page(viewport={"width": 1100, "height": 860}))
    await page.goto(f"{house.settings.base_url}/chat")
    for words in ("how many points do I have", EMMAS_MAIL):
        before, seen = await theirs(page).count(), await letters(house, EMMAS_MAIL)
        await said(page, words)
        await expect(theirs(page)).not_to_have_count(before, timeout=PATIENT)
    await said(page, await mailed_code(house.settings.base_url, EMMAS_MAIL, seen))
    await expect(theirs(page).last).to_contain_text("2,", timeout=PATIENT)
    return page


async def _joined(house: House, telegram: Telegram, who: Extra, chat_id: int) -> Chat:
    url = await deep_link(house, "telegram", who.email)
    telegram.fake.person(chat_id, who.name, "zh")
    chat = Chat(telegram, chat_id)
    telegram.fake.user_starts(chat_id, url.partition("start=")[2])
    await chat.hears()
    telegram.fake.user_presses(telegram.fake.sent(chat_id)[-1].message_id, "是的，是我")
    assert who.name in await chat.hears()
    return chat
