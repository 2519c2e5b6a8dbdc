"""The planner: an occurrence becomes touches, page by page of customers. A kill costs the page it was at, no more."""

import asyncio
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.planning.briefing import Briefing, Briefings
from crm_store.planning.deciding import Deciding, counts, decided
from crm_store.planning.occurrences import OccurrenceState
from crm_store.planning.page_rows import PageReading
from crm_store.planning.touch_rows import copy_in, frame_of, pack, rows_of
from crm_store.planning.traces import Steps, Traces
from crm_store.standings.breathing import breathing
from crm_store.standings.pages import bounds, hold_pages

MOST_TRACES = 50_000

log = structlog.get_logger(__name__)


class Planner:
    """Plans any occurrence; any number of planners in any number of processes may plan the same one side by side."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._traces: dict[Steps, int] = {}

    async def plan(self, occurrence_id: int, part: int = 0) -> int:
        """Every page nobody has planned yet; gives how many this one did. `part`: where to begin, of several."""
        left = await self.begin(occurrence_id)
        start = zlib.crc32(f"{occurrence_id}:{part}".encode()) % max(left, 1)
        # While one page is read or stored, another one is decided.
        starts = [start, (start + left // 2) % max(left, 1)] if left > 1 else [start]
        plan = _Plan(occurrence_id)
        ended = await asyncio.gather(*(self._pages(plan, each) for each in starts), return_exceptions=True)
        for each in ended:
            if isinstance(each, BaseException):
                raise each
        async with self._store.transaction() as crm:
            if await crm.occurrences.settle(occurrence_id, self._now()):
                log.info("occurrence_planned", occurrence=occurrence_id)
                crm.nudge("care")
        return plan.done

    async def begin(self, occurrence_id: int) -> int:
        """How many pages of it are left to plan."""
        async with self._store.transaction() as crm:
            return await crm.occurrences.begin(occurrence_id)

    async def _pages(self, plan: "_Plan", start: int) -> None:
        while await self._next_page(plan, start):
            plan.done += 1

    async def _next_page(self, plan: "_Plan", start: int) -> bool:
        """False when there is no page to be had, or the campaign was cancelled."""
        async with self._store.transaction() as crm:
            page = await crm.occurrences.claim_page(plan.occurrence, start)
            if page is None or await crm.occurrences.hold(plan.occurrence) is not OccurrenceState.PLANNING:
                return False
            # Whoever plans the same people for another campaign comes after us, and sees what we reserve.
            await hold_pages(crm.session, page, page)
            now = self._now()
            briefing = (await Briefings(crm.session).of([plan.occurrence]))[plan.occurrence]
            if briefing.message.ready == "cancelled":
                return False
            found = await self.newcomers(crm, plan.deciding_at(briefing, now), page, now)
            await crm.occurrences.page_planned(plan.occurrence, page, found, now)
            crm.nudge("campaign", briefing.campaign_id)
        return True

    async def newcomers(self, crm: Crm, deciding: Deciding, page: int, now: datetime) -> dict[str, int]:
        """Touches for those of the page who have none yet; gives how many people by outcome and reason."""
        first, last = bounds(page)
        await crm.standings.refresh(first, last, now)
        rows = await PageReading(crm.session, deciding.briefing, now).newcomers(first, last)
        answers = await breathing(decided(rows, deciding))
        if answers:
            fresh = {answer for answer in answers if not answer.packed}
            traces = await self._kept({answer.decision.trace for answer in fresh})
            pack(fresh, frame_of(deciding.briefing, deciding.now), traces.__getitem__)
            people = zip(rows.rows, answers, strict=True)
            await copy_in(crm.session, rows_of(people, deciding.briefing.plan.lanes))
        return counts(answers)

    async def _kept(self, traces: set[Steps]) -> dict[Steps, int]:
        """Ids of the traces, which are kept in a transaction of their own and remembered."""
        known = {steps: self._traces[steps] for steps in traces if steps in self._traces}
        fresh = traces - known.keys()
        if fresh:
            async with self._store.transaction() as crm:
                kept = await Traces(crm.session).keep(fresh)
            self._traces = {**(self._traces if len(self._traces) < MOST_TRACES else {}), **kept}
            known |= kept
        return known


@dataclass
class _Plan:
    """One run of planning: how many pages it did, and the answers it remembers from page to page."""

    occurrence: int
    done: int = 0
    deciding: Deciding | None = None

    def deciding_at(self, briefing: Briefing, now: datetime) -> Deciding:
        if self.deciding is None or not self.deciding.holds(briefing, now):
            self.deciding = Deciding(briefing, now)
        return self.deciding
