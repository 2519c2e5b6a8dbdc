"""Follow-ups: after the remedy has arrived the shopper is asked once whether it is resolved."""

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment


class FollowUp(Base):
    """One question for one resolution; `ordinal` counts the resolutions of a case. `answer`: `yes`, `no` or none yet.

    `score` is 1 to 5. `lapsed_at`: asked, never answered, and the case closed by time.
    """

    __tablename__ = "follow_ups"
    __table_args__ = (
        UniqueConstraint("complaint_id", "ordinal"),
        Index("ix_follow_ups_due", "due_at", postgresql_where="asked_at is null and lapsed_at is null"),
        Index(
            "ix_follow_ups_asked",
            "asked_at",
            postgresql_where="asked_at is not null and answered_at is null and lapsed_at is null",
        ),
    )

    id: Mapped[Key]
    complaint_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("complaints.id"))
    ordinal: Mapped[int]
    due_at: Mapped[Moment]
    asked_at: Mapped[Moment | None]
    interaction_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("interactions.id"))
    answered_at: Mapped[Moment | None]
    answer: Mapped[str | None]
    words: Mapped[str] = mapped_column(default="")
    score: Mapped[int | None]
    lapsed_at: Mapped[Moment | None]


class FollowUps:
    """Reads and writes of follow-ups inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
