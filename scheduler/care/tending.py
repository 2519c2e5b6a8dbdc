"""Tending: what has ended is ended, what changed is read anew, what waits is looked at again."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crm_store.database import Store
from crm_store.planning.endings import Endings
from crm_store.planning.rematching import Rematching
from crm_store.standings.pages import bounds, hold_pages
from crm_store.touchpoints.care_events import OFTEN, EventKind
from scheduler.care.jobs import CareJobs, Queue
from scheduler.care.planner import Planner
from scheduler.care.rematch import Rematch

REMATCH_EVERY = timedelta(minutes=15)
HELPERS = 3
PAGES_EACH = 8
"""A plan of more pages than that is shared with others."""
PAGES_AT_ONCE = 1_000


class Tending:
    """The works behind the queue, and the rounds that put them in."""

    def __init__(self, store: Store, jobs: CareJobs, zone: ZoneInfo, now: Callable[[], datetime]) -> None:
        self._store = store
        self._jobs = jobs
        self._zone = zone
        self._now = now
        self._planner = Planner(store, now)
        self._rematch = Rematch(store, self._planner, now)
        jobs.kind("plan", Queue.PLANNING, self._plan)
        jobs.kind("rematch", Queue.PLANNING, lambda occurrence, _: self._rematch.look(occurrence))
        jobs.kind("refresh", Queue.TENDING, lambda *_: self.refresh())
        jobs.kind("sweep", Queue.TENDING, lambda *_: self._sweep())
        jobs.kind("lifecycles", Queue.TENDING, lambda *_: self._lifecycles())

    async def round(self) -> None:
        """Every minute: put in what is to be done, and take back what a dead process was doing."""
        await self.end()
        if not self._jobs.is_open:
            return
        await self._jobs.recover()
        await self._jobs.put("refresh")
        now = self._now()
        async with self._store.reading() as crm:
            waiting = await Rematching(crm.session).waiting(now, now - REMATCH_EVERY)
        for occurrence in waiting:
            await self._jobs.put("rematch", occurrence)

    async def sweep(self) -> None:
        """Every few minutes."""
        if self._jobs.is_open:
            await self._jobs.put("sweep")

    async def nightly(self) -> None:
        """Every night."""
        if self._jobs.is_open:
            await self._jobs.put("lifecycles")

    async def end(self) -> None:
        """What expired, what is done, and campaigns that will never fire again; whoever does the same elsewhere."""
        now = self._now()
        async with self._store.transaction() as crm:
            endings = Endings(crm.session)
            await endings.expire(now)
            for campaign_id in await endings.end(now):
                crm.nudge("campaign", campaign_id)
            for campaign_id in await endings.campaigns_over():
                await crm.campaigns.finish(campaign_id, now)

    async def refresh(self) -> None:
        """Read anew whose records changed, a page in a commit."""
        async with self._store.reading() as crm:
            pages = await crm.standings.marked_pages(PAGES_AT_ONCE)
        for page in pages:
            async with self._store.transaction() as crm:
                await hold_pages(crm.session, page, page)
                await crm.standings.refresh(*bounds(page), self._now())

    async def _plan(self, occurrence: int, part: int) -> None:
        left = await self._planner.begin(occurrence)
        if part == 0:
            for helper in range(1, min(HELPERS, left // PAGES_EACH) + 1):
                await self._jobs.put("plan", occurrence, helper)
        await self._planner.plan(occurrence, part)

    async def _sweep(self) -> None:
        await self._find(OFTEN)

    async def _lifecycles(self) -> None:
        async with self._store.transaction() as crm:
            await crm.lifecycles.refresh(self._now().astimezone(self._zone))
        await self._find(frozenset(EventKind))

    async def _find(self, kinds: Collection[EventKind]) -> None:
        """Care events of these kinds; those that take long come after the night's count of life cycles."""
        async with self._store.transaction() as crm:
            await crm.care_events.sweep(self._now().astimezone(self._zone), kinds)
            crm.nudge("care")
