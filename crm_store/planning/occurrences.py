"""Occurrences: one firing of a campaign's trigger, planned range by range of customers so that a kill loses nothing."""

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment


class OccurrenceState(StrEnum):
    """DUE → PLANNING → PLANNED (touches wait or are sent) → DONE; CANCELLED with its campaign."""

    DUE = "due"
    PLANNING = "planning"
    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


class Occurrence(Base):
    """`key` names the firing (a date, an instant, a range of events): the same firing twice is one row.

    `day`: the local date it is about, ISO, for anniversaries. `purpose`, `priority` and `version` are those of the
    campaign when it fired. `first_event`/`last_event`: the care events it is about. `holdout_percent` 0-50.
    """

    __tablename__ = "occurrences"
    __table_args__ = (UniqueConstraint("campaign_id", "key"),)

    id: Mapped[Key]
    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaigns.id"))
    version: Mapped[int]
    key: Mapped[str]
    state: Mapped[str] = mapped_column(default=OccurrenceState.DUE)
    purpose: Mapped[str]
    priority: Mapped[int] = mapped_column(default=5)
    day: Mapped[str | None]
    due_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    first_event: Mapped[int | None] = mapped_column(BigInteger)
    last_event: Mapped[int | None] = mapped_column(BigInteger)
    fired_at: Mapped[Moment]
    planned_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    rematched_at: Mapped[Moment | None]


class PlanPage(Base):
    """One range of customers of one occurrence. `counts`: by outcome and reason, once it is planned."""

    __tablename__ = "plan_pages"

    occurrence_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("occurrences.id"), primary_key=True)
    page: Mapped[int] = mapped_column(primary_key=True)
    planned_at: Mapped[Moment | None]
    counts: Mapped[dict[str, Any]]


class Occurrences:
    """Reads and writes of occurrences inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
