"""Points: a ledger of what was earned, spent and lapsed; a balance is a sum, never a stored number."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Index, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from crm_store.model import Base, CustomerKey, Key, Moment

CENTS_PER_POINT = 1
"""What a point is worth when it is spent: a hundred make one dollar."""


class PointsEntry(Base):
    """`delta` is positive for earned, negative for spent or lapsed; `expires_on` only on earned ones."""

    __tablename__ = "points_entries"
    __table_args__ = (Index("ix_points_entries_customer_id_at", "customer_id", "at"),)

    id: Mapped[Key]
    customer_id: Mapped[CustomerKey]
    at: Mapped[Moment]
    delta: Mapped[int]
    reason: Mapped[str]
    order_number: Mapped[str | None]
    expires_on: Mapped[date | None]


@dataclass(frozen=True)
class Balance:
    """Points in hand, and how many of them lapse first and when."""

    points: int
    lapsing: int
    lapsing_on: date | None

    @property
    def worth_cents(self) -> int:
        return max(self.points, 0) * CENTS_PER_POINT


class Points:
    """Reads of the points ledger inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def balance(self, customer_id: int, today: date) -> Balance:
        """The sum, and the earliest lot that will lapse; never more than what is left."""
        points = int(
            await self._session.scalar(
                select(func.coalesce(func.sum(PointsEntry.delta), 0)).where(PointsEntry.customer_id == customer_id)
            )
            or 0
        )
        lot = (
            await self._session.execute(
                select(PointsEntry.expires_on, func.sum(PointsEntry.delta))
                .where(PointsEntry.customer_id == customer_id, PointsEntry.expires_on >= today, PointsEntry.delta > 0)
                .group_by(PointsEntry.expires_on)
                .order_by(PointsEntry.expires_on)
                .limit(1)
            )
        ).first()
        if lot is None or points <= 0:
            return Balance(points, 0, None)
        return Balance(points, min(int(lot[1]), points), lot[0])
