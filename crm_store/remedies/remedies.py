"""Remedies: what we do to put a complaint right; proposed, approved within a limit, executed exactly once."""

from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment


class RemedyKind(StrEnum):
    """`amount` means: points for POINTS; cents for COUPON, REFUND, REPLACEMENT; 0 for APOLOGY."""

    POINTS = "points"
    COUPON = "coupon"
    REFUND = "refund"
    REPLACEMENT = "replacement"
    APOLOGY = "apology"


class RemedyState(StrEnum):
    """PROPOSED (waits for a second approval) → APPROVED → EXECUTED → ARRIVED; or REFUSED, FAILED."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    EXECUTED = "executed"
    ARRIVED = "arrived"
    FAILED = "failed"


class Remedy(Base):
    """`cost` in cents. `evidence` is what proves the execution: a coupon code, a points entry, a request's number."""

    __tablename__ = "remedies"
    __table_args__ = (Index("ix_remedies_waiting", "proposed_at", postgresql_where="state = 'proposed'"),)

    id: Mapped[Key]
    complaint_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("complaints.id"), index=True)
    kind: Mapped[str]
    amount: Mapped[int]
    cost: Mapped[int]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default=RemedyState.PROPOSED)
    proposed_by: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    proposed_at: Mapped[Moment]
    decided_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    decided_at: Mapped[Moment | None]
    executed_at: Mapped[Moment | None]
    arrived_at: Mapped[Moment | None]
    evidence: Mapped[str] = mapped_column(default="")
    error: Mapped[str] = mapped_column(default="")


class RemedyLimit(Base):
    """Up to `amount` a role grants alone; above it somebody of a higher limit approves. No row: not at all."""

    __tablename__ = "remedy_limits"

    role: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int]


class Remedies:
    """Reads and writes of remedies inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
