"""Fills the marketer's rooms of the demo shop: segments, offers, campaigns in every state, people to write to.

Dated from `now` and the same for the same moment; what can be read lies in ``data/care.yml``.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from crm_store.campaigns.campaigns import By, Campaign, NewCampaign
from crm_store.campaigns.coupon_offers import NewOffer
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.demo.calendar import TIME_ZONE, days
from crm_store.demo.care_after import CareAfter
from crm_store.demo.care_past import CarePast
from crm_store.demo.care_people import CarePeople
from crm_store.demo.pages import page
from crm_store.model import Languages
from crm_store.people.consent import Purpose
from crm_store.plans.plan import Content, Once, OnEvent, Plan
from crm_store.plans.triggers import next_firing
from crm_store.segments.segments import SegmentForm
from crm_store.segments.text import from_text
from crm_store.staff.members import Role, StaffMember

SEED = 20_240_609
ACCOUNT = "care@willowmere.example"
STEPS = {
    "draft": [],
    "review": ["submit"],
    "approved": ["submit", "approve"],
    "scheduled": ["submit", "approve", "schedule"],
    "running": ["submit", "approve", "schedule", "begin"],
    "paused": ["submit", "approve", "schedule", "begin", "pause"],
    "cancelled": ["submit", "approve", "cancel"],
    "done": ["submit", "approve", "schedule", "begin", "finish"],
}


async def fill_demo_care(store: Store, now: datetime, say: Callable[[str], None], account: str = ACCOUNT) -> None:
    """All of it in one transaction, once, into a filled demo shop with its desk; nothing where there are campaigns.

    `account`: the mailbox that writes.
    """
    async with store.transaction() as crm:
        if await crm.session.scalar(text("select exists (select from campaigns) or exists (select from segments)")):
            return
        say("Setting up the marketer's desk: segments, campaigns in every state, and whom they may reach")
        rng = random.Random(SEED)  # the same desk every time, on purpose
        await CarePeople(crm.session, now, account, rng).come()
        await crm.lifecycles.refresh(now)
        await CareDesk(crm, now, rng).open()


class CareDesk:
    """The campaigns, made one after the other and moved as far as the file says."""

    def __init__(self, crm: Crm, now: datetime, rng: random.Random) -> None:
        self._crm = crm
        self._now = now
        self._rng = rng
        self._told: dict[str, Any] = page("care")
        self._segments: dict[str, int] = {}
        self._offers: dict[str, int] = {}

    async def open(self) -> None:
        self._marketer, self._approver = await self._one_who(Role.MARKETER), await self._one_who(Role.SUPERVISOR)
        opened = self._now - days(45)
        for told in self._told["segments"]:
            form = SegmentForm(told["name"], told["about"], from_text(told["asks"]))
            segment = await self._crm.segments.make(form, self._marketer, opened)
            await self._crm.segments.recount(segment.id, self._now)
            self._segments[told["name"]] = segment.id
        for name, offer in self._told["offers"].items():
            made = await self._crm.coupon_offers.make(NewOffer(**offer), By(self._marketer, opened))
            self._offers[name] = made.id
        for told in sorted(self._told["campaigns"], key=lambda told: -told["ago"]):
            await self._campaign(told)

    async def _one_who(self, role: Role) -> int | None:
        """The first of the staff in this role."""
        asked = select(StaffMember.id).where(StaffMember.role == role).order_by(StaffMember.id).limit(1)
        return await self._crm.session.scalar(asked)

    async def _campaign(self, told: dict[str, Any]) -> None:
        at = self._now - days(told["ago"])
        campaign = await self._drafted(told, at)
        if told["state"] == "draft" and "why" in told:
            await self._crm.campaigns.submit(campaign.id, By(self._marketer, at + timedelta(hours=2)))
            await self._crm.campaigns.send_back(campaign.id, By(self._approver, at + timedelta(hours=26), told["why"]))
        for step in STEPS[told["state"]]:
            at = min(at + timedelta(hours=self._rng.uniform(1, 6)), self._now)
            if step == "begin" and "sent" in told:
                at = self._now - days(told["sent"])
            await self._step(campaign, step, at, told.get("why", ""))
        if told["state"] == "done":
            past = CarePast(self._crm, campaign, self._now - days(told["sent"]), self._rng)
            await CareAfter(self._crm, self._now, self._rng, told["came"]).happen(await past.happen())

    async def _drafted(self, told: dict[str, Any], at: datetime) -> Campaign:
        segment_id, by = self._segments[told["segment"]], By(self._marketer, at)
        if "own" in told:
            entry = self._told["own"][told["own"]]
            new = NewCampaign(entry["name"], Purpose(entry["purpose"]), self._own(entry, segment_id, told))
            return await self._crm.campaigns.make(new, by)
        campaign = await self._crm.campaigns.from_programme(told["programme"], segment_id, by)
        if "offer" in told:
            plan = await self._crm.campaigns.plan(campaign.id)
            plan = plan.model_copy(update={"coupon_offer_id": self._offers[told["offer"]]})
            await self._crm.campaigns.change(campaign.id, plan, By(self._marketer, at + timedelta(minutes=20)))
        return campaign

    def _own(self, entry: dict[str, Any], segment_id: int, told: dict[str, Any]) -> Plan:
        """A campaign that is not from the shelf: at eleven on everybody's own clock of the day it names."""
        contents = tuple(
            Content(language=language, text=entry["text"][language], subject=entry["subject"][language])
            for language in Languages
        )
        day = (self._now + days(entry["days"])).replace(hour=11, minute=0, second=0, microsecond=0, tzinfo=None)
        offer_id = self._offers.get(told.get("offer", ""))
        filled = {"segment_id": segment_id, "trigger": Once(at=day), "contents": contents, "coupon_offer_id": offer_id}
        return Plan.model_validate({**entry["plan"], **filled})

    async def _step(self, campaign: Campaign, step: str, at: datetime, why: str) -> None:
        campaigns, by = self._crm.campaigns, By(self._marketer, at, why)
        match step:
            case "approve":
                await campaigns.approve(campaign.id, By(self._approver, at))
            case "schedule":
                await campaigns.schedule(campaign.id, By(self._marketer, at), await self._first(campaign))
            case "begin":
                await campaigns.begin(campaign.id, at)
            case "finish":
                await campaigns.finish(campaign.id, self._now - days(8))
            case "submit":
                await campaigns.submit(campaign.id, By(self._marketer, at))
            case "pause":
                await campaigns.pause(campaign.id, by)
            case _:
                await campaigns.cancel(campaign.id, by)

    async def _first(self, campaign: Campaign) -> datetime:
        """The next firing from now on: what the past of the sample would have sent is not sent at its first start."""
        plan = await self._crm.campaigns.plan(campaign.id)
        firing = next_firing(plan.trigger, self._now, TIME_ZONE)
        return firing.due_at if firing is not None and not isinstance(plan.trigger, OnEvent) else self._now
