"""The planner: an occurrence becomes touches, page by page of customers. A kill costs the page it was at, no more."""

import asyncio
import zlib
from collections.abc import Callable, Iterable
from datetime import datetime

import structlog

from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.planning.briefing import Briefing, Briefings
from crm_store.planning.deciding import Decided, Deciding, counts, decided
from crm_store.planning.occurrences import OccurrenceState
from crm_store.planning.page_rows import PageReading
from crm_store.planning.pages import bounds, hold_pages
from crm_store.planning.touch_rows import copy_in, frame_of, packed
from crm_store.planning.traces import Steps, Traces

BREATH = 250
"""People decided between two looks at what else this process has to do."""
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
        done = 0
        while left and await self._next_page(occurrence_id, start):
            done += 1
        async with self._store.transaction() as crm:
            if await crm.occurrences.settle(occurrence_id, self._now()):
                log.info("occurrence_planned", occurrence=occurrence_id)
                crm.nudge("care")
        return done

    async def begin(self, occurrence_id: int) -> int:
        """How many pages of it are left to plan."""
        async with self._store.transaction() as crm:
            return await crm.occurrences.begin(occurrence_id)

    async def _next_page(self, occurrence_id: int, start: int) -> bool:
        """False when there is no page to be had, or the campaign was cancelled."""
        async with self._store.transaction() as crm:
            page = await crm.occurrences.claim_page(occurrence_id, start)
            if page is None or await crm.occurrences.hold(occurrence_id) is not OccurrenceState.PLANNING:
                return False
            # Whoever plans the same people for another campaign comes after us, and sees what we reserve.
            await hold_pages(crm.session, page, page)
            now = self._now()
            briefing = (await Briefings(crm.session).of([occurrence_id]))[occurrence_id]
            if briefing.message.ready == "cancelled":
                return False
            found = await self.newcomers(crm, briefing, page, now)
            await crm.occurrences.page_planned(occurrence_id, page, found, now)
            crm.nudge("campaign", briefing.campaign_id)
        return True

    async def newcomers(self, crm: Crm, briefing: Briefing, page: int, now: datetime) -> dict[str, int]:
        """Touches for those of the page who have none yet; gives how many people by outcome and reason."""
        first, last = bounds(page)
        await crm.standings.refresh(first, last, now)
        rows = await PageReading(crm.session, briefing, now).newcomers(first, last)
        deciding = Deciding(briefing, now, rows.lately)
        people = await breathing(decided(rows, deciding, briefing.plan.once_per_household))
        if people:
            traces = await self._kept({answer.decision.trace for answer in deciding.answers})
            await copy_in(crm.session, packed(people, frame_of(briefing, now), now, traces.__getitem__))
        return counts(deciding.answers)

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


async def breathing(people: Iterable[Decided]) -> list[Decided]:
    """All of them, letting others go on in between."""
    found: list[Decided] = []
    for person in people:
        found.append(person)
        if len(found) % BREATH == 0:
            await asyncio.sleep(0)
    return found
