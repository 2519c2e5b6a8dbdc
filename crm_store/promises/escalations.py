"""Escalations: who is told, who has acknowledged, and who is next if nobody does."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment


class Cause(StrEnum):
    """Why it is escalated."""

    WARNED = "warned"  # 75 % of a clock
    ALARMED = "alarmed"  # 90 %
    MISSED = "missed"
    REOPENED = "reopened"  # for the second time
    SEVERE = "severe"  # severity high, or words of danger
    BOT_FAILED = "bot_failed"
    ANGRY = "angry"
    ASKED = "asked"  # the shopper asked for a person


class EscalationStep(Base):
    """The shop's rule: at `cause`, level `level` goes to `role`; the next level after `acknowledge_within` minutes."""

    __tablename__ = "escalation_steps"

    cause: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]
    acknowledge_within: Mapped[int]


class Escalation(Base):
    """One thing that needs somebody. `key` makes it once, e.g. ``clock:17:missed``; `next_at`: the next level.

    It belongs to a complaint, a conversation that waits for a person, or both.
    """

    __tablename__ = "escalations"
    __table_args__ = (
        Index("ix_escalations_next_at", "next_at", postgresql_where="next_at is not null"),
        Index("ix_escalations_open", "complaint_id", postgresql_where="closed_at is null"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True)
    cause: Mapped[str]
    complaint_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("complaints.id"))
    conversation_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("conversations.id"), index=True)
    level: Mapped[int] = mapped_column(default=1)
    role: Mapped[str]
    raised_at: Mapped[Moment]
    next_at: Mapped[Moment | None]
    acknowledged_at: Mapped[Moment | None]
    acknowledged_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    closed_at: Mapped[Moment | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Escalations:
    """Reads and writes of escalations inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def close_of(self, complaint_id: int, now: datetime) -> None:
        """The case is over: nothing of it needs anybody any more."""
