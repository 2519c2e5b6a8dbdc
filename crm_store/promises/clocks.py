"""Clocks as stored: what the pure replay of a complaint's events came to, each step recorded once."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment
from crm_store.promises.choice import ClockKind as ClockKind


class Clock(Base):
    """One running promise. `ordinal` counts the intervals of its kind: every reopening begins a new one.

    `target` is in seconds of business time. `warned_at` (75 %), `alarmed_at` (90 %) and `missed_at` are the moments
    themselves, not when we noticed. `next_at` is when the next of them comes; empty when paused or ended.
    `pauses`: ``[{"from": …, "to": … or null, "reason": …}]``. `told_at`: when the shopper was told of the miss.
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
    due_at: Mapped[Moment | None]
    warned_at: Mapped[Moment | None]
    alarmed_at: Mapped[Moment | None]
    missed_at: Mapped[Moment | None]
    met_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    next_at: Mapped[Moment | None]
    told_at: Mapped[Moment | None]


class Clocks:
    """Reads and writes of clocks inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def refresh(self, complaint_ids: list[int], now: datetime) -> None:
        """Derive the clocks of these cases anew from their events; called after each event that moves one."""

    async def of(self, complaint_id: int) -> list[Clock]:
        """The clocks of a case, in the order they began."""
        found = await self._session.scalars(
            select(Clock).where(Clock.complaint_id == complaint_id).order_by(Clock.started_at, Clock.id)
        )
        return list(found.all())
