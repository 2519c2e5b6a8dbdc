"""Handling a case: every verb locks its row, sets it, writes the event, and tells the clocks and whoever looks."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases import states
from crm_store.cases.assignee import told_assigned, told_reopened
from crm_store.cases.changes import Changes, apply, looked_up
from crm_store.cases.complaints import Complaint
from crm_store.cases.events import By, Event, Happened
from crm_store.cases.facts import CaseFacts
from crm_store.cases.journal import Journal
from crm_store.cases.locking import locked, pause_of
from crm_store.cases.states import MoveRefused, Standing, State
from crm_store.errors import CareLoopError
from crm_store.staff.members import StaffMember
from crm_store.staff.notices import StaffNotices

AWAITS_SHOPPER = frozenset({State.REMEDY_OFFERED, State.DONE})


class AssigneeRefused(CareLoopError):
    """Whoever is to have the case does not work here, or not any more."""

    code = "assignee_refused"


class CaseHandling:
    """Verbs on one case inside one transaction. A merged case stands for the one it was merged into.

    Each gives the case as it is afterwards; raises `CaseUnknown`, and what it names itself.
    """

    def __init__(self, session: AsyncSession, journal: Journal, notices: StaffNotices) -> None:
        self._session = session
        self._journal = journal
        self._notices = notices

    async def move(self, complaint_id: int, to: str, by: By, now: datetime) -> Complaint:
        """Raises `MoveRefused`, which says where the case can go."""
        case = await locked(self._session, complaint_id)
        before = case.state
        after = states.moved(_standing(case), to)
        _stand(case, after, now)
        events = [Event(Happened.STATE, by, {"from": before, "to": after.state})]
        over = after.state is State.CLOSED
        await self._write(case, now, events, over)
        if over:
            await self._journal.over(case.id, now)
        return case

    async def close(self, complaint_id: int, by: By, now: datetime) -> Complaint:
        """The end of it: its escalations end, too."""
        return await self.move(complaint_id, State.CLOSED, by, now)

    async def reopen(self, complaint_id: int, by: By, now: datetime, why: str = "") -> Complaint:
        """Back to the same person, urgent, with the same number; raises `MoveRefused`."""
        case = await locked(self._session, complaint_id)
        before = case.state
        _stand(case, states.reopened(_standing(case)), now)
        case.done_at = case.closed_at = None
        detail = {"from": before, "to": case.state, "count": case.reopened, "why": why}
        await self._write(case, now, [Event(Happened.REOPENED, by, detail)], over=True)
        await self._notices.add(told_reopened(case, by), now)
        return case

    async def assign(self, complaint_id: int, staff_id: int | None, by: By, now: datetime) -> Complaint:
        """Somebody has it now, or nobody; the first one to have it acknowledges it, and is told of it.

        Raises `AssigneeRefused`.
        """
        case = await locked(self._session, complaint_id)
        if staff_id is not None:
            await self._check(staff_id)
        if case.assignee_id == staff_id:
            return case
        events = [Event(Happened.ASSIGNED, by, {"from": case.assignee_id, "to": staff_id})]
        case.assignee_id = staff_id
        if staff_id is not None and case.state == State.RECEIVED:
            case.state = State.ACKNOWLEDGED
            events.append(Event(Happened.STATE, by, {"from": State.RECEIVED, "to": State.ACKNOWLEDGED}))
        await self._write(case, now, events)
        if staff_id is not None:
            await self._notices.case_taken(case.id, staff_id, now)
            await self._notices.add(told_assigned(case, by, await self._name(by), now), now)
        return case

    async def to_team(self, complaint_id: int, team_id: int | None, by: By, now: datetime) -> Complaint:
        """The team whose it is; None opens it to all."""
        case = await locked(self._session, complaint_id)
        if case.team_id != team_id:
            detail = {"from": case.team_id, "to": team_id}
            case.team_id = team_id
            await self._write(case, now, [Event(Happened.TEAM, by, detail)])
        return case

    async def change(self, complaint_id: int, changes: Changes, by: By, now: datetime) -> Complaint:
        """Set what the case says, each value as a fact with its origin; raises `ChangeRefused`."""
        case = await locked(self._session, complaint_id)
        facts = CaseFacts(self._session)
        events = await apply(case, changes, by, now, facts)
        if case.order_number and "order_number" in changes.values:
            events += await apply(case, await looked_up(self._session, case), by, now, facts)
        if events:
            await self._write(case, now, events)
        return case

    async def pause(self, complaint_id: int, reason: str, by: By, now: datetime) -> Complaint:
        """Its clocks stand still, for a reason that stays readable; `shopper` means that we wait for them."""
        case = await locked(self._session, complaint_id)
        if State(case.state) not in states.OPEN or await pause_of(self._session, case.id) is not None:
            raise MoveRefused(f"complaint {case.number} is paused already or over; resume or reopen it first")
        case.waits_for = "shopper" if reason == "shopper" else case.waits_for
        await self._write(case, now, [Event(Happened.PAUSED, by, {"reason": reason})])
        return case

    async def resume(self, complaint_id: int, by: By, now: datetime) -> Complaint:
        """Its clocks go on; raises `MoveRefused` when they stand not still."""
        case = await locked(self._session, complaint_id)
        if await pause_of(self._session, case.id) is None:
            raise MoveRefused(f"complaint {case.number} is not paused")
        case.waits_for = "us"
        await self._write(case, now, [Event(Happened.RESUMED, by)])
        return case

    async def _write(self, case: Complaint, now: datetime, events: list[Event], over: bool = False) -> None:
        """`over`: one round of work has ended, and no pause outlasts it."""
        case.changed_at = now
        if over and await pause_of(self._session, case.id) is not None:
            events.insert(0, Event(Happened.RESUMED, events[0].by))
        await self._journal.write(case.id, now, *events)

    async def _name(self, by: By) -> str:
        member = await self._session.get(StaffMember, by.staff_id) if by.staff_id is not None else None
        return member.name if member is not None else ""

    async def _check(self, staff_id: int) -> None:
        member = await self._session.get(StaffMember, staff_id)
        if member is None or not member.is_active:
            raise AssigneeRefused(f"staff {staff_id} cannot have a case: no such colleague, or not here any more")


def _standing(case: Complaint) -> Standing:
    return Standing(case.number, State(case.state), case.reopened, case.urgent, case.assignee_id)


def _stand(case: Complaint, after: Standing, now: datetime) -> None:
    case.state, case.reopened, case.urgent = after.state, after.reopened, after.urgent
    case.waits_for = "shopper" if after.state in AWAITS_SHOPPER else "us"
    if after.state is State.DONE:
        case.done_at = now
    if after.state is State.CLOSED:
        case.closed_at = now
