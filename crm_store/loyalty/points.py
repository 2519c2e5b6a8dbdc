"""Points: a ledger of what was earned, spent and lapsed; a balance is a sum, never a stored number."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, CustomerKey, Key, Moment

CENTS_PER_POINT = 1
"""What a point is worth when it is spent: a hundred make one dollar."""


class PointsEntry(Base):
    """`delta` is positive for earned, negative for spent or lapsed; `expires_on` only on earned ones.

    `remedy_id`: what it puts right. A remedy gives points once.
    """

    __tablename__ = "points_entries"
    __table_args__ = (
        Index("ix_points_entries_walk", "customer_id", "at", "id", postgresql_include=["delta", "expires_on"]),
        Index(
            "ix_points_entries_lapsing",
            "expires_on",
            postgresql_include=["customer_id"],
            postgresql_where="delta > 0",
        ),
    )

    id: Mapped[Key]
    customer_id: Mapped[CustomerKey]
    at: Mapped[Moment]
    delta: Mapped[int]
    reason: Mapped[str]
    order_number: Mapped[str | None]
    expires_on: Mapped[date | None]
    remedy_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("remedies.id"), unique=True)


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
        """What is in hand today, and the part of it that lapses first."""
        entries = await self._session.execute(
            select(PointsEntry.delta, PointsEntry.expires_on)
            .where(PointsEntry.customer_id == customer_id)
            .order_by(PointsEntry.at, PointsEntry.id)
        )
        return balance_of([(delta, expires_on) for delta, expires_on in entries], today)


def balance_of(entries: Iterable[tuple[int, date | None]], today: date) -> Balance:
    """Pure: of (delta, last day) in the order they were written. What lapses first is spent first."""
    points, lots = 0, defaultdict[date, int](int)
    for delta, expires_on in entries:
        points += delta
        if delta > 0:
            lots[expires_on or date.max] += delta
        else:
            spend(lots, -delta)
    left = [(last_day, lot) for last_day, lot in sorted(lots.items()) if lot and today <= last_day < date.max]
    if points <= 0 or not left:
        return Balance(points, 0, None)
    return Balance(points, min(left[0][1], points), left[0][0])


def spend(lots: dict[date, int], points: int) -> None:
    """Take `points` from lots by last day, the earliest first."""
    for last_day in sorted(lots):
        taken = min(points, lots[last_day])
        lots[last_day] -= taken
        points -= taken
