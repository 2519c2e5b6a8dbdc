"""Weighing: whether this member of staff may give that much in this case."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.complaints import Complaint
from crm_store.errors import CareLoopError
from crm_store.loyalty.orders import Order
from crm_store.remedies.granting import RemedyKind, Verdict, check_reachable, check_refund, may_grant
from crm_store.remedies.limits import RemedyLimits
from crm_store.remedies.remedy import GIVEN, UNDER_WAY, Remedy
from crm_store.staff.scope import Scope


class RemedyNotAllowed(CareLoopError):
    """This member of staff may not do that; somebody else may."""

    code = "remedy_not_allowed"


class RemedyNotOpen(CareLoopError):
    """The case or the remedy is past the point where this can be done."""

    code = "remedy_not_open"


class RemedyUnknown(CareLoopError):
    """There is no such remedy or case, or not for this member of staff."""

    code = "remedy_unknown"


class Weighing:
    """Reads inside one transaction; the case stays locked, so that two remedies are weighed one after the other."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def case(self, complaint_id: int, staff: Scope) -> Complaint:
        """The open case, locked. Raises `RemedyUnknown` and `RemedyNotOpen`."""
        complaint = await self._session.scalar(
            select(Complaint)
            .where(Complaint.id == complaint_id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        if complaint is None or not staff.may_see(complaint.team_id):
            raise RemedyUnknown(f"case {complaint_id}: there is none with this id, or it is another team's")
        if complaint.closed_at is not None or complaint.merged_into is not None:
            raise RemedyNotOpen(f"case {complaint.number} is closed or merged; reopen it, or use the case it went into")
        return complaint

    async def so_far(self, complaint_id: int, kind: RemedyKind) -> int:
        """What it got of this kind or is about to get."""
        given = select(func.coalesce(func.sum(Remedy.amount), 0)).where(
            Remedy.complaint_id == complaint_id, Remedy.kind == kind, Remedy.state.in_({*UNDER_WAY, *GIVEN})
        )
        return int(await self._session.scalar(given) or 0)

    async def verdict(self, kind: RemedyKind, total: int, staff: Scope, complaint: Complaint) -> Verdict:
        """GRANTED or APPROVAL; raises `RemedyNotAllowed` and `RemedyAmountWrong`."""
        limits = await RemedyLimits(self._session).all()
        verdict = may_grant(limits, staff.role, kind, total)
        if verdict is Verdict.NEVER:
            raise RemedyNotAllowed(f"kind: your role grants no {kind}; ask a supervisor")
        check_reachable(limits, kind, total)
        if kind is RemedyKind.REFUND and complaint.order_number and complaint.customer_id:
            paid = await self._session.scalar(
                select(Order.total_cents).where(
                    Order.number == complaint.order_number, Order.customer_id == complaint.customer_id
                )
            )
            check_refund(total, paid)
        return verdict
