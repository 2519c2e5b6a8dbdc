"""A remedy as stored."""

from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment


class RemedyState(StrEnum):
    """PROPOSED (waits for a second approval) → APPROVED → EXECUTED → ARRIVED; or REFUSED, FAILED."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    EXECUTED = "executed"
    ARRIVED = "arrived"
    FAILED = "failed"


UNDER_WAY = (RemedyState.PROPOSED, RemedyState.APPROVED, RemedyState.EXECUTED)
"""Not at the shopper's yet, and still meant to come."""
GIVEN = (RemedyState.EXECUTED, RemedyState.ARRIVED)


class Remedy(Base):
    """`cost` in cents. `evidence` is what proves the execution: a coupon code, a points entry, a request's number.

    `told_at`: when the shopper was told of it, or could not be.
    """

    __tablename__ = "remedies"
    __table_args__ = (
        Index("ix_remedies_waiting", "proposed_at", postgresql_where="state = 'proposed'"),
        Index("ix_remedies_untold", "executed_at", postgresql_where="told_at is null and executed_at is not null"),
    )

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
    told_at: Mapped[Moment | None]
