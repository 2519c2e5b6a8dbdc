"""What happened to a complaint, in order. Rows are only ever added; the clocks are derived from them alone."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment


class Happened(StrEnum):
    """Kinds of events. Those marked (clock) start, stop, pause or re-target a clock; no other does.

    `ASKED`: the shopper wrote and waits for a person; "thanks" is none. `ANSWERED`: a person's message was delivered
    to the shopper. `STATE` has ``{"from": …, "to": …}``, `PAUSED` ``{"reason": …}``, `TARGETED` ``{"severity": …}``.
    """

    OPENED = "opened"  # (clock)
    ASKED = "asked"  # (clock)
    ANSWERED = "answered"  # (clock)
    STATE = "state"  # (clock) resolution is met by `done`, `confirmed`, `closed`
    PAUSED = "paused"  # (clock)
    RESUMED = "resumed"  # (clock)
    REOPENED = "reopened"  # (clock)
    TARGETED = "targeted"  # (clock) severity, tier, category or store changed, so another policy may hold
    MERGED = "merged"  # (clock) into another case: every clock of this one ends
    SPLIT = "split"  # (clock) out of a merge again: the clocks go on
    ABSORBED = "absorbed"  # another case was merged into this one
    RELEASED = "released"  # another case, or a conversation, was taken out of this one again
    ASSIGNED = "assigned"
    TEAM = "team"
    CHANGED = "changed"
    FACT = "fact"
    TALKED = "talked"  # another conversation belongs to it
    CLOCK = "clock"  # warned, alarmed, missed: ``{"kind": …, "step": …}``
    ESCALATED = "escalated"
    REMEDY = "remedy"
    FOLLOW_UP = "follow_up"
    INCIDENT = "incident"
    APOLOGISED = "apologised"


class ComplaintEvent(Base):
    """`by` is `bot`, `shopper`, `clock`, `api:NAME` or `staff`, and then `staff_id` says who."""

    __tablename__ = "complaint_events"
    __table_args__ = (Index("ix_complaint_events_complaint_id_id", "complaint_id", "id"),)

    id: Mapped[Key]
    complaint_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("complaints.id"))
    at: Mapped[Moment]
    kind: Mapped[str]
    by: Mapped[str]
    staff_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    conversation_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("conversations.id"))
    interaction_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("interactions.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


@dataclass(frozen=True)
class By:
    """Who did it."""

    who: str
    staff_id: int | None = None


BY_SHOPPER = By("shopper")
BY_BOT = By("bot")


@dataclass(frozen=True)
class Event:
    """One thing that happened, before it is written."""

    kind: Happened
    by: By
    detail: dict[str, Any] = field(default_factory=dict)
    conversation_id: int | None = None
    interaction_id: int | None = None


class ComplaintEvents:
    """Writes and reads of what happened inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, complaint_id: int, event: Event, now: datetime) -> None:
        self._session.add(
            ComplaintEvent(
                complaint_id=complaint_id,
                at=now,
                kind=event.kind,
                by=event.by.who,
                staff_id=event.by.staff_id,
                conversation_id=event.conversation_id,
                interaction_id=event.interaction_id,
                detail=event.detail,
            )
        )

    async def of(self, complaint_ids: list[int]) -> list[ComplaintEvent]:
        """Everything that happened to these, in order."""
        found = await self._session.scalars(
            select(ComplaintEvent)
            .where(ComplaintEvent.complaint_id.in_(complaint_ids))
            .order_by(ComplaintEvent.complaint_id, ComplaintEvent.at, ComplaintEvent.id)
        )
        return list(found.all())
