"""Re-match: who has come into the audience since, and whose records have changed, while something still waits.

Who has left it needs nothing: everybody is asked about again just before something is sent to them.
"""

from collections.abc import Callable
from datetime import datetime

from crm_store.database import Store
from crm_store.planning.briefing import Briefings
from crm_store.planning.deciding import Deciding
from crm_store.planning.occurrences import OccurrenceState
from crm_store.planning.rematching import Rematching
from crm_store.standings.pages import bounds, hold_pages
from scheduler.care.planner import Planner


class Rematch:
    """Looks at an occurrence again, page by page; broken off, it is looked at from the beginning next time."""

    def __init__(self, store: Store, planner: Planner, now: Callable[[], datetime]) -> None:
        self._store = store
        self._planner = planner
        self._now = now

    async def look(self, occurrence_id: int) -> None:
        """All pages of it, unless it is held still or has ended meanwhile."""
        async with self._store.transaction() as crm:
            pages = await crm.occurrences.pages(occurrence_id)
        for page in pages:
            if not await self._page(occurrence_id, page):
                return
        async with self._store.transaction() as crm:
            await crm.occurrences.rematched(occurrence_id, self._now())
            crm.nudge("care")

    async def _page(self, occurrence_id: int, page: int) -> bool:
        async with self._store.transaction() as crm:
            if await crm.occurrences.hold(occurrence_id) is not OccurrenceState.PLANNED:
                return False
            await hold_pages(crm.session, page, page)
            now = self._now()
            briefing = (await Briefings(crm.session).of([occurrence_id]))[occurrence_id]
            if briefing.message.ready != "running":
                return False
            new = await self._planner.newcomers(crm, Deciding(briefing, now), page, now)
            await Rematching(crm.session).redecide(briefing, page, bounds(page), now)
            await crm.occurrences.page_planned(occurrence_id, page, new, now)
            crm.nudge("campaign", briefing.campaign_id)
        return True
