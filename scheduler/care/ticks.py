"""Ticks: when a trigger says so, a campaign fires: once, however many processes look at the same moment."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from crm_store.campaigns.campaign import Campaign, CampaignState
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.errors import StoreUnavailable
from crm_store.planning.endings import Endings
from crm_store.plans.plan import OnEvent, Plan
from crm_store.plans.triggers import Firing, firings, next_firing
from scheduler.care.cron import next_cron
from scheduler.care.jobs import CareJobs

LISTENS_EVERY = timedelta(seconds=30)
MISSED = timedelta(days=60)
"""Nothing is older than that and can still be sent; see `Plan.expires_after`."""
FORGOTTEN = timedelta(minutes=2)
PAUSE = 0.5
"""Seconds between two looks, however often we are nudged."""
_MOMENT = timedelta(microseconds=1)

log = structlog.get_logger(__name__)


class Ticks:
    """Finds what is due every few seconds, fires it, and has it planned."""

    def __init__(self, store: Store, jobs: CareJobs, zone: str, now: Callable[[], datetime]) -> None:
        self._store = store
        self._jobs = jobs
        self._zone = zone
        self._now = now

    async def run(self) -> None:
        """Look whenever somebody nudges `care`, until cancelled; the clock looks beside it."""
        woken = asyncio.Event()
        with self._store.signals.listening("care", lambda _: woken.set()):
            while True:
                await woken.wait()
                woken.clear()
                try:
                    await self.look()
                except StoreUnavailable:
                    log.warning("ticks_interrupted", reason="database away")
                await asyncio.sleep(PAUSE)

    async def look(self) -> None:
        """Fire what is due; what fired while nobody could plan is put in again."""
        now = self._now()
        await self._cancel(now)
        async with self._store.reading() as crm:
            due = [(campaign.id, plan) for campaign, plan in await crm.campaigns.due(now)]
        for campaign_id, plan in due:
            for occurrence in await self._fire(campaign_id, plan):
                await self._have_planned(occurrence)

    async def _cancel(self, now: datetime) -> None:
        """What waits of campaigns that were cancelled is cancelled with them, in one commit."""
        async with self._store.transaction() as crm:
            await Endings(crm.session).cancel(now)

    async def look_again(self) -> None:
        """Have planned what fired a while ago and nobody plans: who was to put it in had no time to."""
        async with self._store.reading() as crm:
            forgotten = await crm.occurrences.unplanned(self._now() - FORGOTTEN)
        for occurrence in forgotten:
            if self._jobs.is_open:
                await self._jobs.take_up("plan", occurrence)

    async def _have_planned(self, occurrence: int) -> None:
        # Without the queue it is not lost: see `look_again`.
        if self._jobs.is_open:
            await self._jobs.put("plan", occurrence)

    async def _fire(self, campaign_id: int, plan: Plan) -> list[int]:
        """Occurrences of one campaign that are new."""
        if isinstance(plan.trigger, OnEvent):
            fired: list[int] = []
            while (occurrence := await self._fire_events(campaign_id, plan)) is not None:
                fired.append(occurrence)
            return fired
        async with self._store.transaction() as crm:
            campaign = await crm.occurrences.due_campaign(campaign_id, self._now())
            return [] if campaign is None else await self._fire_missed(crm, campaign, plan)

    async def _fire_missed(self, crm: Crm, campaign: Campaign, plan: Plan) -> list[int]:
        """Everything up to now; what has expired meanwhile is passed over."""
        now = self._now()
        began = max(campaign.next_at or now, now - MISSED) - _MOMENT
        fired = [
            await self._start(crm, campaign, plan, firing)
            for firing in firings(lambda after: self._next(plan, after), began, now)
            if firing.expires_at > now
        ]
        then = self._next(plan, now)
        await crm.campaigns.await_next(campaign.id, then.due_at if then is not None else None)
        return [occurrence for occurrence in fired if occurrence is not None]

    async def _fire_events(self, campaign_id: int, plan: Plan) -> int | None:
        """One range of events; None when there is none left."""
        now = self._now()
        async with self._store.transaction() as crm:
            campaign = await crm.occurrences.due_campaign(campaign_id, now)
            if campaign is None:
                return None
            firing = await crm.campaigns.event_firing(campaign, plan, now)
            if firing is None:
                await crm.campaigns.await_next(campaign_id, now + LISTENS_EVERY)
                return None
            await crm.campaigns.await_next(campaign_id, now, firing.last_event or 0)
            return await self._start(crm, campaign, plan, firing)

    async def _start(self, crm: Crm, campaign: Campaign, plan: Plan, firing: Firing) -> int | None:
        if campaign.state == CampaignState.SCHEDULED:
            await crm.campaigns.begin(campaign.id, self._now())
        occurrence = await crm.occurrences.fire(campaign, plan, firing, self._now())
        crm.nudge("campaign", campaign.id)
        log.info("campaign_fired", campaign=campaign.id, firing=firing.key, occurrence=occurrence)
        return occurrence

    def _next(self, plan: Plan, after: datetime) -> Firing | None:
        return next_firing(plan.trigger, after, self._zone, next_cron, plan.expires_after)
