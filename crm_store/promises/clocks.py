"""Clocks as stored: what the pure replay of a complaint's events came to, each step recorded once."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.cases.events import By, ComplaintEvents, Event, Happened
from crm_store.model import Base, Key, Moment
from crm_store.promises.choice import CalendarOf
from crm_store.promises.choice import ClockKind as ClockKind
from crm_store.promises.clock import Occurred, replay
from crm_store.promises.escalations import Escalations
from crm_store.promises.explanation import Difference, Explanation, compared, explain, with_calendar
from crm_store.promises.files import CaseFile, CaseFiles, ClockKey, summed_up
from crm_store.promises.rows import DUE, END_STRAY, SUMMED_UP, UNSEEN, WRITE, as_row
from crm_store.promises.running import Reading
from crm_store.promises.steps import Steps


class Clock(Base):
    """One running promise. `ordinal` counts the intervals of its kind: every reopening begins a new one.

    `target` is in seconds of business time. `warned_at` (75 %), `alarmed_at` (90 %) and `missed_at` are the moments
    themselves, not when we noticed. `next_at` is when the next of them comes; empty when paused or ended.
    `pauses`: ``[{"from": …, "to": … or null, "reason": …}]``. `told_at`: when the shopper was told of the miss.
    `holds` are the terms it has had: ``[{"since": …, "target": …, "policy_id": …, "calendar_id": …}]``, the last in
    force.
    """

    __tablename__ = "clocks"
    __table_args__ = (
        UniqueConstraint("complaint_id", "kind", "ordinal"),
        Index("ix_clocks_next_at", "next_at", postgresql_where="next_at is not null"),
        Index("ix_clocks_running", "due_at", postgresql_where="met_at is null and ended_at is null"),
    )

    id: Mapped[Key]
    complaint_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("complaints.id"))
    kind: Mapped[str]
    ordinal: Mapped[int]
    policy_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("policy_versions.id"))
    calendar_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("calendar_versions.id"))
    target: Mapped[int]
    started_at: Mapped[Moment]
    pauses: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    holds: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    due_at: Mapped[Moment | None]
    warned_at: Mapped[Moment | None]
    alarmed_at: Mapped[Moment | None]
    missed_at: Mapped[Moment | None]
    met_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    next_at: Mapped[Moment | None]
    told_at: Mapped[Moment | None]


class Clocks:
    """Derives clocks from events and reads them, inside one transaction. Who adds a clock event calls `refresh`."""

    def __init__(self, session: AsyncSession, escalations: Escalations, nudge: Callable[[str, int], None]) -> None:
        self._session = session
        self._files = CaseFiles(session)
        self._steps = Steps(session, escalations)
        self._nudge = nudge

    async def refresh(self, complaint_ids: list[int], now: datetime) -> None:
        """Derive the clocks of these cases anew from their events; called after each event that moves one.

        A step that is new (warned, alarmed, missed) is recorded and escalated once, however many do this at once.
        """
        await self._session.flush()
        files = await self._files.held(complaint_ids)
        if not files:
            return
        replays = [(case, replay(case.events, case.promised, case.at_least(now))) for case in files]
        rows = [as_row(case.id, clock) for case, clocks in replays for clock in clocks]
        written = await self._session.execute(WRITE, {"rows": json.dumps(rows)})
        ids = {(row.complaint_id, ClockKind(row.kind), row.ordinal): row.id for row in written}
        await self._end_strays(files, set(ids), now)
        sums = [summed_up(case, clocks) for case, clocks in replays]
        await self._session.execute(SUMMED_UP, {"rows": json.dumps(sums)})
        await self._steps.take(replays, ids, now)
        for case in files:
            self._nudge("desk", case.id)
            self._nudge("case", case.id)

    async def _end_strays(self, files: list[CaseFile], there: set[ClockKey], now: datetime) -> None:
        """A clock that an event told late shows never to have begun."""
        strays = [clock.id for case in files for key, clock in case.stored.items() if key not in there]
        if strays:
            await self._session.execute(END_STRAY, {"ids": strays, "now": now})

    async def of(self, complaint_id: int) -> list[Clock]:
        """The clocks of a case, in the order they began."""
        found = await self._session.scalars(
            select(Clock)
            .where(Clock.complaint_id == complaint_id)
            .order_by(Clock.started_at, Clock.id)
            .execution_options(populate_existing=True)
        )
        return list(found.all())

    async def due_now(self, now: datetime, limit: int) -> list[int]:
        """Cases with a step to take, locked for this transaction; those another process has are passed over."""
        return list((await self._session.scalars(DUE, {"now": now, "limit": limit})).all())

    async def put_off(self, complaint_id: int, until: datetime) -> None:
        """Its clocks cannot be read: do not ask for them again before `until`."""
        running = (Clock.complaint_id == complaint_id, Clock.next_at < until)
        await self._session.execute(update(Clock).where(*running).values(next_at=until))

    async def look_again(self, now: datetime) -> None:
        """Answers that were delivered while the case was in other hands: its clocks are to be looked at."""
        await self._session.execute(UNSEEN, {"now": now})

    async def explain(self, complaint_id: int, now: datetime) -> list[Explanation]:
        """Why each clock of the case is due when it is, in the order of their kinds."""
        return [explain(clock, now) for clock in await self._replayed(complaint_id, now)]

    async def with_calendar(self, complaint_id: int, calendar: CalendarOf, now: datetime) -> list[Difference]:
        """What another version of a calendar would make of the clocks of this case; nothing is changed."""
        case = await self._files.read(complaint_id)
        return with_calendar(case.events, case.promised, calendar, now)

    async def retargeting(self, complaint_id: int, now: datetime) -> list[Difference]:
        """What `retarget` would make of the clocks of this case; nothing is changed."""
        case = await self._files.read(complaint_id)
        before = replay(case.events, case.promised, now)
        targeted = Occurred(sys.maxsize, now, Happened.TARGETED)
        return compared(before, replay([*case.events, targeted], case.promised, now))

    async def retarget(self, complaint_ids: list[int], by: By, now: datetime) -> None:
        """Put the running clocks of these cases under the policies and calendars of today."""
        events = ComplaintEvents(self._session)
        for complaint_id in complaint_ids:
            events.add(complaint_id, Event(Happened.TARGETED, by, {"reason": "policy"}), now)
        await self.refresh(complaint_ids, now)

    async def _replayed(self, complaint_id: int, now: datetime) -> list[Reading]:
        case = await self._files.read(complaint_id)
        return replay(case.events, case.promised, now)
