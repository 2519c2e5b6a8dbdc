"""Who is in the story of a kept promise: the house, a shopper in the chat, and Mei at the console."""

import re
from dataclasses import dataclass
from typing import Any

import httpx2
from playwright.async_api import Page, expect
from sqlalchemy import select

from bot.clockwork import SENTENCES
from bot.main import House, now
from crm_store.keys import new_key
from crm_store.loyalty.orders import Order
from crm_store.people.customers import Customer
from crm_store.sentences import read_sentences
from crm_store.staff.members import Role
from scheduler.follow_ups import FollowUpRounds
from tests.browser.reading import theirs
from tests.chromium import NewPage
from tests.journeys.days import Days
from tests.journeys.handler import Handler, hire

PATIENT = 30_000


@dataclass(frozen=True)
class Member:
    """Somebody who reads Chinese and has had a parcel lately, about whom no other journey is."""

    name: str
    email: str
    order: str


@dataclass
class Story:
    """Who is in it; `number` once there is a case."""

    house: House
    days: Days
    member: Member
    shopper: Page
    mei: Handler
    number: str = ""

    async def hears(self, words: str | re.Pattern[str]) -> None:
        """The shopper, as the last thing that was said."""
        await expect(theirs(self.shopper).last).to_contain_text(words, timeout=PATIENT)

    async def case_room(self) -> None:
        await self.mei.goes(f"/cases/{self.number}")

    async def follow_up_round(self) -> None:
        """What the clock does every minute."""
        house = self.house
        await FollowUpRounds(house.store, read_sentences(SENTENCES, house.shop), house.now).round()


async def begun(house: House, days: Days, new_page: NewPage) -> Story:
    """Mei looks at her inbox; a shopper opens the chat."""
    hired = await hire(house, "mei@willowmere.example", "Mei Tan", Role.HANDLER)
    mei = Handler(house, hired, await days.seen_by(await new_page(viewport={"width": 1440, "height": 900})))
    await mei.signs_in("/inbox?view=unassigned")
    shopper = await days.seen_by(await new_page(locale="zh-CN", viewport={"width": 1100, "height": 860}))
    await shopper.goto(f"{house.settings.base_url}/chat")
    return Story(house, days, await a_member(house), shopper, mei)


async def a_member(house: House) -> Member:
    latest = (
        select(Customer.name, Customer.email, Order.number)
        .join(Order, Order.customer_id == Customer.id)
        .where(Customer.language == "zh", Customer.email.is_not(None), Customer.id > 2, Order.state == "delivered")
        .order_by(Order.placed_at.desc(), Order.id)
    )
    async with house.store.transaction() as crm:
        name, email, order = (await crm.session.execute(latest.limit(1))).one()
    return Member(name, email or "", order)


async def case_by_api(house: House, number: str) -> dict[str, Any]:
    shown, key = new_key("journey", ["complaints:read"], now())
    async with house.store.transaction() as crm:
        crm.api_keys.add(key)
    headers = {"Authorization": f"Bearer {shown}"}
    async with httpx2.AsyncClient(base_url=house.settings.base_url, headers=headers) as client:
        answer = await client.get(f"/api/v1/complaints/{number}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told
