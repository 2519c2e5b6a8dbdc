"""The journal of a case: an event is written, the clocks it moves are asked again, and whoever looks is told.

Promises know cases, not the other way round: what they do is handed in as `Effects`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.events import ComplaintEvents, Event, Happened

MOVES_CLOCKS = frozenset(
    {
        Happened.OPENED,
        Happened.ASKED,
        Happened.ANSWERED,
        Happened.STATE,
        Happened.PAUSED,
        Happened.RESUMED,
        Happened.REOPENED,
        Happened.TARGETED,
        Happened.MERGED,
        Happened.SPLIT,
    }
)


@dataclass(frozen=True)
class Effects:
    """`refresh` derives the clocks of these cases anew; `end_escalations` closes those of a case that is over."""

    refresh: Callable[[list[int], datetime], Awaitable[object]]
    end_escalations: Callable[[int, datetime], Awaitable[object]]
    nudge: Callable[[str, int], None]


class Journal:
    """Writes what happened inside one transaction."""

    def __init__(self, session: AsyncSession, effects: Effects) -> None:
        self._session = session
        self._events = ComplaintEvents(session)
        self._effects = effects

    async def write(self, complaint_id: int, now: datetime, *events: Event) -> None:
        """One change of a case, as one or more events; its columns are to be set before."""
        for event in events:
            self._events.add(complaint_id, event, now)
        await self._session.flush()
        if any(event.kind in MOVES_CLOCKS for event in events):
            await self._effects.refresh([complaint_id], now)
        self._effects.nudge("desk", complaint_id)
        self._effects.nudge("case", complaint_id)

    async def over(self, complaint_id: int, now: datetime) -> None:
        """Nothing about it needs anybody any more."""
        await self._effects.end_escalations(complaint_id, now)
