"""How far the firings of campaigns have come: pages planned, touches by state and reason, what each lane still has."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.planning.occurrences import Occurrence, OccurrenceState
from crm_store.planning.touches import TouchState

LATELY = timedelta(minutes=5)
"""The pace is what was sent in this time."""
STILL = timedelta(minutes=10)
"""Planning that has not come further for so long stands still."""
OPEN = (OccurrenceState.DUE, OccurrenceState.PLANNING, OccurrenceState.PLANNED)
OUT = frozenset({TouchState.SENT, TouchState.UNKNOWN, TouchState.FAILED})
AHEAD = frozenset({TouchState.WAITING, TouchState.SENDING, TouchState.PARKED})

_HEAPS = text(
    """
    select occurrence_id, state, reason, coalesce(lane, '') as lane, count(*) as people,
           count(*) filter (where sent_at > :since) as lately,
           count(*) filter (where state = 'waiting' and due_at <= :now) as due,
           max(due_at) filter (where state = 'waiting') as last_due
      from touches where occurrence_id = any(:ids)
     group by occurrence_id, state, reason, lane
    """
)
_PAGES = text(
    """
    select occurrence_id, count(*) as pages, count(planned_at) as planned, max(planned_at) as last
      from plan_pages where occurrence_id = any(:ids) group by occurrence_id
    """
)


@dataclass(frozen=True)
class Heap:
    """Touches alike in state, reason and lane. `lately`: sent in the last minutes; `due`: could go now."""

    state: str
    reason: str
    lane: str
    people: int
    lately: int = 0
    due: int = 0
    last_due: datetime | None = None


@dataclass(frozen=True)
class FiringProgress:
    """One firing. `pages` of customers to plan, `planned` of them done, the last of them at `moved_at`."""

    occurrence: Occurrence
    pages: int = 0
    planned: int = 0
    heaps: tuple[Heap, ...] = ()
    moved_at: datetime | None = None

    def stands_since(self, now: datetime) -> datetime | None:
        """Since when planning has come no further; None while it does, and when it has ended."""
        moved = self.moved_at or self.occurrence.fired_at
        unplanned = self.occurrence.state in (OccurrenceState.DUE, OccurrenceState.PLANNING)
        return moved if unplanned and moved < now - STILL else None

    @property
    def people(self) -> int:
        return sum(heap.people for heap in self.heaps)

    def by_state(self) -> dict[str, int]:
        return dict(_counted((heap.state, heap.people) for heap in self.heaps))

    def by_reason(self, state: str) -> dict[str, int]:
        """Most people first."""
        return dict(_counted((heap.reason, heap.people) for heap in self.heaps if heap.state == state).most_common())

    def within(self, states: Iterable[str]) -> int:
        chosen = set(states)
        return sum(heap.people for heap in self.heaps if heap.state in chosen)


@dataclass
class LaneLoad:
    """What one lane has of a campaign. `later`: waits for an hour that has not come; `last_due`: the last of them."""

    lane: str
    due: int = 0
    later: int = 0
    sent: int = 0
    lately: int = 0
    last_due: datetime | None = None

    @property
    def a_minute(self) -> float:
        return self.lately / (LATELY.total_seconds() / 60)


@dataclass(frozen=True)
class Brief:
    """A campaign's open firings together, for a list."""

    out: int = 0
    ahead: int = 0
    pages: int = 0
    planned: int = 0
    states: dict[str, int] = field(default_factory=dict)


class Progress:
    """Reads inside one transaction: three statements, however many firings."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, campaign_id: int, now: datetime, most: int = 12) -> list[FiringProgress]:
        """Its firings, newest first."""
        asked = select(Occurrence).filter_by(campaign_id=campaign_id).order_by(Occurrence.id.desc()).limit(most)
        return await self._read(list(await self._session.scalars(asked)), now)

    async def one(self, campaign_id: int, occurrence_id: int, now: datetime) -> FiringProgress | None:
        """None when the campaign has no such firing."""
        asked = select(Occurrence).filter_by(campaign_id=campaign_id, id=occurrence_id)
        found = await self._read(list(await self._session.scalars(asked)), now)
        return found[0] if found else None

    async def briefs(self, campaign_ids: Sequence[int], now: datetime) -> dict[int, Brief]:
        """By campaign, of those that have open firings."""
        asked = select(Occurrence).where(Occurrence.campaign_id.in_(campaign_ids), Occurrence.state.in_(OPEN))
        by_campaign = defaultdict[int, list[FiringProgress]](list)
        for firing in await self._read(list(await self._session.scalars(asked)), now):
            by_campaign[firing.occurrence.campaign_id].append(firing)
        return {campaign_id: _brief(firings) for campaign_id, firings in by_campaign.items()}

    async def _read(self, occurrences: list[Occurrence], now: datetime) -> list[FiringProgress]:
        ids = [occurrence.id for occurrence in occurrences]
        if not ids:
            return []
        heaps = defaultdict[int, list[Heap]](list)
        for row in await self._session.execute(_HEAPS, {"ids": ids, "now": now, "since": now - LATELY}):
            heaps[row.occurrence_id].append(Heap(*row[1:]))
        pages = {row.occurrence_id: row[1:] for row in await self._session.execute(_PAGES, {"ids": ids})}
        found = []
        for each in occurrences:
            many, planned, last = pages.get(each.id, (0, 0, None))
            found.append(FiringProgress(each, many, planned, tuple(heaps[each.id]), last))
        return found


def by_lane(firings: Iterable[FiringProgress]) -> list[LaneLoad]:
    """What each lane has of these firings, by name."""
    loads: dict[str, LaneLoad] = {}
    for heap in (heap for firing in firings for heap in firing.heaps if heap.lane):
        load = loads.setdefault(heap.lane, LaneLoad(heap.lane))
        load.lately += heap.lately
        load.sent += heap.people if heap.state in OUT else 0
        if heap.state in (TouchState.WAITING, TouchState.SENDING):
            waits = heap.people - heap.due if heap.state == TouchState.WAITING else 0
            load.due += heap.people - waits
            load.later += waits
        load.last_due = max(filter(None, (load.last_due, heap.last_due)), default=None)
    return [loads[name] for name in sorted(loads)]


def _brief(firings: Sequence[FiringProgress]) -> Brief:
    states = Counter[str]()
    for firing in firings:
        states.update(firing.by_state())
    out = sum(states[state] for state in OUT)
    ahead = sum(states[state] for state in AHEAD)
    return Brief(out, ahead, sum(each.pages for each in firings), sum(each.planned for each in firings), dict(states))


def _counted(pairs: Iterable[tuple[str, int]]) -> Counter[str]:
    found = Counter[str]()
    for name, people in pairs:
        found[name] += people
    return found
