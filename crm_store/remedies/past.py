"""Past remedies: what was given in similar cases, for fairness, and what each cause cost."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.complaints import Complaint
from crm_store.loyalty.orders import Order
from crm_store.remedies.remedy import GIVEN, Remedy
from crm_store.staff.scope import Scope


@dataclass(frozen=True)
class Precedent:
    """One remedy of a similar case; `order_cents` is None when no order is known."""

    number: str
    kind: str
    amount: int
    cost: int
    given_at: datetime | None
    order_cents: int | None


@dataclass(frozen=True)
class Range:
    """What was usual of one kind, in its own unit."""

    kind: str
    count: int
    median: int
    low: int
    high: int


@dataclass(frozen=True)
class Precedents:
    """`ranges` over all similar cases that may be seen, `latest` the newest of them."""

    latest: list[Precedent]
    ranges: list[Range]


@dataclass(frozen=True)
class CauseCost:
    """`cause` is the case's cause, else its category. `reopened` of its `cases` were not solved at the first try."""

    cause: str
    cases: int
    remedies: int
    cost: int
    reopened: int


_CASES = Remedy.__table__.join(Complaint.__table__, Complaint.id == Remedy.complaint_id).outerjoin(
    Order.__table__, Order.number == Complaint.order_number
)


class PastRemedies:
    """Reads of past remedies inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def similar(self, complaint_id: int, staff: Scope, limit: int = 10) -> Precedents:
        """Of other cases of the same category and severity; of orders between half and double the value if known."""
        here = await self._session.get_one(Complaint, complaint_id)
        value = await self._session.scalar(select(Order.total_cents).where(Order.number == here.order_number))
        near = and_(
            Complaint.category == here.category,
            Complaint.severity == here.severity,
            Complaint.id != here.id,
            Remedy.state.in_(GIVEN),
            staff.condition(Complaint.team_id),
        )
        if value is not None:
            near = near & or_(Order.id.is_(None), Order.total_cents.between(value // 2, value * 2))
        return Precedents(await self._latest(near, limit), await self._ranges(near))

    async def cost_by_cause(self, staff: Scope, since: datetime, until: datetime) -> list[CauseCost]:
        """Of remedies executed from `since` to before `until`, the costliest first."""
        cause = func.coalesce(func.nullif(Complaint.cause, ""), Complaint.category)
        cost = func.sum(Remedy.cost)
        rows = await self._session.execute(
            select(
                cause,
                func.count(Complaint.id.distinct()),
                func.count(Remedy.id),
                cost,
                func.count(Complaint.id.distinct()).filter(Complaint.reopened > 0),
            )
            .join(Complaint, Complaint.id == Remedy.complaint_id)
            .where(Remedy.executed_at >= since, Remedy.executed_at < until, staff.condition(Complaint.team_id))
            .group_by(cause)
            .order_by(cost.desc(), cause)
        )
        return [
            CauseCost(name, cases, remedies, int(cents), reopened) for name, cases, remedies, cents, reopened in rows
        ]

    async def _latest(self, near: ColumnElement[bool], limit: int) -> list[Precedent]:
        columns = (Complaint.number, Remedy.kind, Remedy.amount, Remedy.cost, Remedy.executed_at, Order.total_cents)
        rows = await self._session.execute(
            select(*columns)
            .select_from(_CASES)
            .where(near)
            .order_by(Remedy.executed_at.desc(), Remedy.id.desc())
            .limit(limit)
        )
        return [Precedent(*row) for row in rows]

    async def _ranges(self, near: ColumnElement[bool]) -> list[Range]:
        median = func.percentile_disc(0.5).within_group(Remedy.amount)
        columns = (Remedy.kind, func.count(), median, func.min(Remedy.amount), func.max(Remedy.amount))
        rows = await self._session.execute(
            select(*columns).select_from(_CASES).where(near).group_by(Remedy.kind).order_by(Remedy.kind)
        )
        return [Range(*row) for row in rows]
