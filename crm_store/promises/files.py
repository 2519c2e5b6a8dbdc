"""The file of a case: all that its clocks are derived from, read for many cases at once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.events import Happened
from crm_store.promises.calendars import CalendarVersion, as_counted
from crm_store.promises.choice import CalendarOf, Circumstances, ClockKind, Policy, promises_for
from crm_store.promises.clock import CLOCK_EVENTS, Occurred, Promised
from crm_store.promises.policies import Policies, as_chosen
from crm_store.promises.rows import CASE, CASES, EVENTS, STORED, as_holds
from crm_store.promises.running import Reading

ClockKey = tuple[int, ClockKind, int]
"""Complaint, kind, ordinal."""


@dataclass(frozen=True)
class StoredClock:
    """What is known of a clock before it is derived anew."""

    id: int
    holds: list[dict[str, Any]]
    warned_at: datetime | None
    alarmed_at: datetime | None
    missed_at: datetime | None
    met_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class CaseFile:
    """`is_over`: closed, or merged into another case."""

    id: int
    number: str
    severity: str
    is_over: bool
    events: list[Occurred]
    promised: Promised
    stored: dict[ClockKey, StoredClock]

    @property
    def reopenings(self) -> int:
        return sum(event.kind is Happened.REOPENED for event in self.events)

    def at_least(self, now: datetime) -> datetime:
        """What is written down has happened, also for somebody who looked at the time a moment before it was."""
        return max([now, *(event.at for event in self.events)])


class CaseFiles:
    """Reads files inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def held(self, complaint_ids: Iterable[int]) -> list[CaseFile]:
        """With the rows of the cases locked, so that each step is found new once."""
        return await self._read(CASES, complaint_ids)

    async def read(self, complaint_id: int) -> CaseFile:
        """Only to look."""
        return (await self._read(CASE, [complaint_id]))[0]

    async def looked_at(self, complaint_ids: Iterable[int]) -> list[CaseFile]:
        """Many, only to look."""
        return await self._read(CASE, complaint_ids)

    async def _read(self, cases: TextClause, complaint_ids: Iterable[int]) -> list[CaseFile]:
        ids = sorted(set(complaint_ids))
        found = (await self._session.execute(cases, {"ids": ids})).all()
        if not found:
            return []
        events = await self._events(ids)
        stored = await self._stored(ids)
        policies = [as_chosen(row) for row in await Policies(self._session).current()]
        calendars = await self._calendars(stored)
        return [_file(case, events[case.id], stored[case.id], policies, calendars) for case in found]

    async def _events(self, ids: list[int]) -> dict[int, list[Occurred]]:
        by_case: dict[int, list[Occurred]] = defaultdict(list)
        for row in await self._session.execute(EVENTS, {"ids": ids, "kinds": sorted(CLOCK_EVENTS)}):
            by_case[row.complaint_id].append(Occurred(row.id, row.at, Happened(row.kind), row.detail))
        return by_case

    async def _stored(self, ids: list[int]) -> dict[int, dict[ClockKey, StoredClock]]:
        by_case: dict[int, dict[ClockKey, StoredClock]] = defaultdict(dict)
        for clock_id, case, kind, ordinal, *rest in await self._session.execute(STORED, {"ids": ids}):
            by_case[case][case, ClockKind(kind), ordinal] = StoredClock(clock_id, *rest)
        return by_case

    async def _calendars(self, stored: dict[int, dict[ClockKey, StoredClock]]) -> "Calendars":
        """The current ones, and the versions that clocks were begun with."""
        clocks = [clock for of_case in stored.values() for clock in of_case.values()]
        used = {hold["calendar_id"] for clock in clocks for hold in clock.holds}
        wanted = or_(CalendarVersion.is_current.is_(True), CalendarVersion.id.in_(used))
        rows = (await self._session.scalars(select(CalendarVersion).where(wanted))).all()
        by_id = {row.id: as_counted(row) for row in rows}
        return Calendars(by_id, {row.name: by_id[row.id] for row in rows if row.is_current})


@dataclass(frozen=True)
class Calendars:
    """All that are needed, by id; the current ones, by name."""

    by_id: dict[int, CalendarOf]
    current: dict[str, CalendarOf]


def _file(
    case: Any,
    events: list[Occurred],
    stored: dict[ClockKey, StoredClock],
    policies: list[Policy],
    calendars: Calendars,
) -> CaseFile:
    circumstances = Circumstances(case.severity, case.category, case.tier, case.store)
    kept = {(kind, ordinal): as_holds(clock.holds, calendars.by_id) for (_, kind, ordinal), clock in stored.items()}
    promised = Promised(promises_for(circumstances, policies, calendars.current), kept)
    is_over = case.closed_at is not None or case.merged_into is not None
    return CaseFile(case.id, case.number, case.severity, is_over, events, promised, stored)


def summed_up(case: CaseFile, clocks: list[Reading]) -> dict[str, Any]:
    """What the row of the case says of its clocks."""
    due = min((clock.due for clock in clocks if clock.runs and clock.due is not None), default=None)
    turns = {Happened.OPENED, Happened.ASKED, Happened.ANSWERED, Happened.REOPENED}
    last = next((event.kind for event in reversed(case.events) if event.kind in turns), None)
    return {
        "id": case.id,
        "next_due_at": due.isoformat() if due is not None else None,
        "answered": last is Happened.ANSWERED,
    }
