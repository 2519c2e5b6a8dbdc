"""What a change of the rules would make of the promises that run now, found out before anybody makes it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from sys import maxsize

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.events import Happened
from crm_store.promises.choice import ClockKind
from crm_store.promises.clock import Occurred, replay
from crm_store.promises.explanation import Difference, compared
from crm_store.promises.files import CaseFile, CaseFiles

MOST = 2_000
"""So many cases are looked at, those due first."""
_RUNNING = text(
    """
    select complaint_id from clocks
     where met_at is null and ended_at is null and missed_at is null
     group by complaint_id order by min(due_at) nulls last, complaint_id limit :most
    """
)


@dataclass(frozen=True)
class Moved:
    """One running clock that would be due at another moment; one that is paused has none."""

    complaint_id: int
    number: str
    kind: ClockKind
    due: datetime
    would_be: datetime


@dataclass(frozen=True)
class Rehearsed:
    """`is_new`: whether anything changes.

    `cases` are those of `running` ones for which the rules change; `moved` is sorted by what is due first."""

    is_new: bool
    running: int
    cases: tuple[int, ...]
    moved: tuple[Moved, ...]


class Rehearsals:
    """Tries changes out inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._files = CaseFiles(session)

    async def of(self, change: Callable[[], Awaitable[object]], now: datetime) -> Rehearsed:
        """What `change` and putting the running clocks under it would do. It is done, looked at and undone."""
        before = await self._running()
        undo = await self._session.begin_nested()
        try:
            await change()
            after = await self._running()
        finally:
            await undo.rollback()
        return _rehearsed(before, after, now)

    async def made(self, change: Callable[[], Awaitable[bool]], now: datetime) -> Rehearsed:
        """Make the change, and say of which running cases it changes the terms: `Clocks.retarget` is for them.

        `change` says whether it changed anything: somebody else may have made the same change just before.
        """
        before = await self._running()
        if not await change():
            return Rehearsed(False, len(before), (), ())
        return _rehearsed(before, await self._running(), now)

    async def _running(self) -> list[CaseFile]:
        ids = (await self._session.scalars(_RUNNING, {"most": MOST})).all()
        return await self._files.looked_at(ids)


def _rehearsed(before: list[CaseFile], after: list[CaseFile], now: datetime) -> Rehearsed:
    were = {case.id: case for case in before}
    touched = [(were[case.id], case) for case in after if case.id in were and _terms(were[case.id]) != _terms(case)]
    moved = [move for was, case in touched for move in _moves(was, case, now)]
    by_due = sorted(moved, key=lambda move: (min(move.due, move.would_be), move.complaint_id, move.kind))
    return Rehearsed(True, len(before), tuple(case.id for _, case in touched), tuple(by_due))


def _terms(case: CaseFile) -> dict[ClockKind, list[tuple[int, int]]]:
    """What the rules of today would promise."""
    return {
        kind: [(terms.target, terms.calendar.id) for terms in offered] for kind, offered in case.promised.now.items()
    }


def _moves(was: CaseFile, case: CaseFile, now: datetime) -> list[Moved]:
    targeted = Occurred(maxsize, now, Happened.TARGETED)
    as_is = replay(was.events, was.promised, now)
    would = replay([*case.events, targeted], case.promised, now)
    return [move for difference in compared(as_is, would) for move in _move(case, difference)]


def _move(case: CaseFile, difference: Difference) -> list[Moved]:
    before, after = difference.before, difference.after
    if before is None or after is None or not before.runs or before.due is None or after.due is None:
        return []
    if before.due == after.due:
        return []
    return [Moved(case.id, case.number, difference.kind, before.due, after.due)]
