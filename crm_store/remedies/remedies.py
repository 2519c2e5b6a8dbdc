"""Remedies: what we do to put a complaint right; proposed, approved within a limit, executed exactly once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.complaints import Complaint
from crm_store.cases.events import By, ComplaintEvents, Event, Happened
from crm_store.loyalty.order_requests import OrderRequests
from crm_store.remedies.execution import Execution, check_member
from crm_store.remedies.follow_ups import FollowUps
from crm_store.remedies.granting import CENTS_PER_POINT, RemedyKind, Verdict, check_amount, cost_of
from crm_store.remedies.limits import RemedyLimits
from crm_store.remedies.past import PastRemedies
from crm_store.remedies.register import RemedyRegister
from crm_store.remedies.remedy import Remedy, RemedyState
from crm_store.remedies.telling import RemedyTelling
from crm_store.remedies.weighing import RemedyNotAllowed, RemedyNotOpen, RemedyUnknown, Weighing
from crm_store.staff.audit import Audit, Deed
from crm_store.staff.scope import Scope

__all__ = ["Proposal", "Remedies", "Remedy", "RemedyKind", "RemedyState"]

SAME_HAND = timedelta(seconds=20)
"""The same proposal by the same hand within this time is a button pressed twice."""


@dataclass(frozen=True)
class Proposal:
    """What shall put the case right; `amount` as `RemedyKind` says."""

    complaint_id: int
    kind: RemedyKind
    amount: int
    reason: str


class Remedies:
    """Reads and writes of remedies inside one transaction. The caller nudges ``case`` and ``desk``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.limits = RemedyLimits(session)
        self.past = PastRemedies(session)
        self.register = RemedyRegister(session)
        self.telling = RemedyTelling(session)
        self._weighing = Weighing(session)
        self._events = ComplaintEvents(session)
        self._audit = Audit(session)

    async def propose(
        self, proposal: Proposal, staff: Scope, now: datetime, cents_per_point: int = CENTS_PER_POINT
    ) -> Remedy:
        """Within the role's limit it is executed at once, above it waits for a second approval.

        Raises `RemedyAmountWrong`, `RemedyNotAllowed`, `RemedyNeedsMember`, `RemedyNotOpen`, `RemedyUnknown`.
        """
        check_amount(proposal.kind, proposal.amount)
        complaint = await self._weighing.case(proposal.complaint_id, staff)
        check_member(proposal.kind, complaint)
        again = await self._just_proposed(proposal, staff, now)
        if again is not None:
            return again
        total = proposal.amount + await self._weighing.so_far(complaint.id, proposal.kind)
        verdict = await self._weighing.verdict(proposal.kind, total, staff, complaint)
        remedy = Remedy(
            complaint_id=complaint.id,
            kind=proposal.kind,
            amount=proposal.amount,
            cost=cost_of(proposal.kind, proposal.amount, cents_per_point),
            reason=proposal.reason,
            state=RemedyState.PROPOSED,
            proposed_by=staff.staff_id,
            proposed_at=now,
        )
        self._session.add(remedy)
        await self._session.flush()
        if verdict is Verdict.GRANTED:
            await self._grant(remedy, complaint, staff, now)
        else:
            self._note(remedy, staff, "proposed", now)
        return remedy

    async def approve(self, remedy_id: int, staff: Scope, now: datetime) -> Remedy:
        """The second pair of eyes: another person, with a sufficient limit; executed in this transaction."""
        remedy, complaint = await self._waiting_one(remedy_id, staff)
        if remedy.proposed_by == staff.staff_id:
            raise RemedyNotAllowed(f"remedy {remedy_id}: who proposed it does not approve it; ask a colleague")
        kind = RemedyKind(remedy.kind)
        total = await self._weighing.so_far(complaint.id, kind)
        if await self._weighing.verdict(kind, total, staff, complaint) is not Verdict.GRANTED:
            raise RemedyNotAllowed(
                f"amount: {total} of {kind} for this case is above your limit; ask somebody with a higher one"
            )
        await self._grant(remedy, complaint, staff, now)
        return remedy

    async def refuse(self, remedy_id: int, staff: Scope, why: str, now: datetime) -> Remedy:
        """Not this one; whoever proposed it may take it back in the same way."""
        remedy, _ = await self._waiting_one(remedy_id, staff)
        limit = (await self.limits.all()).get((staff.role, remedy.kind))
        if limit is None and remedy.proposed_by != staff.staff_id:
            raise RemedyNotAllowed(f"remedy {remedy_id}: your role decides no {remedy.kind}; ask a supervisor")
        remedy.state, remedy.error = RemedyState.REFUSED, why
        remedy.decided_by, remedy.decided_at = staff.staff_id, now
        self._note(remedy, staff, "refused", now)
        await FollowUps(self._session).plan(remedy.complaint_id, now)
        return remedy

    async def arrived(self, remedy_id: int, by: By, now: datetime) -> bool:
        """The money is back, the parcel is there. False when that was known already.

        Raises `RemedyUnknown`, and `RemedyNotOpen` for one that was never executed.
        """
        remedy = await self._session.get(Remedy, remedy_id, with_for_update=True)
        if remedy is None:
            raise RemedyUnknown(f"remedy {remedy_id}: there is none with this id")
        if remedy.state == RemedyState.ARRIVED:
            return False
        if remedy.state != RemedyState.EXECUTED:
            raise RemedyNotOpen(f"remedy {remedy_id}: it is {remedy.state}; only an executed one can arrive")
        remedy.state, remedy.arrived_at = RemedyState.ARRIVED, now
        await OrderRequests(self._session).settle(remedy.id, now)
        self._told(remedy, by, now)
        if by.staff_id is not None:
            self._audit.note(Deed(by.staff_id, "arrived", "remedy", str(remedy.id)), now)
        await self._session.flush()
        await FollowUps(self._session).plan(remedy.complaint_id, now)
        return True

    async def of(self, complaint_id: int) -> list[Remedy]:
        """Those of one case, oldest first."""
        found = await self._session.scalars(
            select(Remedy).where(Remedy.complaint_id == complaint_id).order_by(Remedy.id)
        )
        return list(found.all())

    async def waiting(self, staff: Scope, limit: int = 200) -> list[tuple[Remedy, Complaint]]:
        """Those that wait for a second approval and may be seen by `staff`, oldest first, each with its case."""
        rows = await self._session.execute(
            select(Remedy, Complaint)
            .join(Complaint, Complaint.id == Remedy.complaint_id)
            .where(Remedy.state == RemedyState.PROPOSED, staff.condition(Complaint.team_id))
            .order_by(Remedy.proposed_at)
            .limit(limit)
        )
        return [(remedy, complaint) for remedy, complaint in rows]

    async def _waiting_one(self, remedy_id: int, staff: Scope) -> tuple[Remedy, Complaint]:
        complaint_id = await self._session.scalar(select(Remedy.complaint_id).where(Remedy.id == remedy_id))
        if complaint_id is None:
            raise RemedyUnknown(f"remedy {remedy_id}: there is none with this id")
        complaint = await self._weighing.case(complaint_id, staff)
        remedy = await self._session.get_one(Remedy, remedy_id, populate_existing=True)
        if remedy.state != RemedyState.PROPOSED:
            raise RemedyNotOpen(f"remedy {remedy_id}: it is {remedy.state} already; look at it again")
        return remedy, complaint

    async def _just_proposed(self, proposal: Proposal, staff: Scope, now: datetime) -> Remedy | None:
        return await self._session.scalar(
            select(Remedy)
            .where(
                Remedy.complaint_id == proposal.complaint_id,
                Remedy.kind == proposal.kind,
                Remedy.amount == proposal.amount,
                Remedy.reason == proposal.reason,
                Remedy.proposed_by == staff.staff_id,
                Remedy.proposed_at > now - SAME_HAND,
            )
            .limit(1)
        )

    async def _grant(self, remedy: Remedy, complaint: Complaint, staff: Scope, now: datetime) -> None:
        done = await Execution(self._session).do(remedy, complaint, now)
        remedy.state = RemedyState.ARRIVED if done.arrived else RemedyState.EXECUTED
        remedy.decided_by, remedy.decided_at, remedy.executed_at = staff.staff_id, now, now
        remedy.arrived_at, remedy.evidence = (now if done.arrived else None), done.evidence
        self._note(remedy, staff, "granted" if remedy.proposed_by == staff.staff_id else "approved", now)
        await self._session.flush()
        await FollowUps(self._session).plan(complaint.id, now)

    def _note(self, remedy: Remedy, staff: Scope, action: str, now: datetime) -> None:
        detail = {"kind": remedy.kind, "amount": remedy.amount, "cost": remedy.cost, "case": remedy.complaint_id}
        self._audit.note(Deed(staff.staff_id, action, "remedy", str(remedy.id), detail), now)
        self._told(remedy, By("staff", staff.staff_id), now)

    def _told(self, remedy: Remedy, by: By, now: datetime) -> None:
        detail = {"remedy": remedy.id, "kind": remedy.kind, "amount": remedy.amount, "state": remedy.state}
        self._events.add(remedy.complaint_id, Event(Happened.REMEDY, by, detail), now)
