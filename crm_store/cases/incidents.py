"""Incidents: complaints that share one cause. Updated once, told to everybody concerned."""

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment, Words


class Incident(Base):
    """`shares` is what the complaints have in common (`product`, `store`, `carrier`, `campaign`), `value` which one.

    `product` values are SKUs, `store` values store codes. At most one is open for each value.
    """

    __tablename__ = "incidents"
    __table_args__ = (Index("ix_incidents_open", "shares", "value", unique=True, postgresql_where="closed_at is null"),)

    id: Mapped[Key]
    shares: Mapped[str]
    value: Mapped[str]
    title: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    holds_promotions: Mapped[bool] = mapped_column(default=True)
    opened_at: Mapped[Moment]
    closed_at: Mapped[Moment | None]


class IncidentUpdate(Base):
    """One word to everybody concerned, in every language."""

    __tablename__ = "incident_updates"

    id: Mapped[Key]
    incident_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("incidents.id"), index=True)
    text: Mapped[Words]
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    at: Mapped[Moment]


class IncidentNotice(Base):
    """Whom an update was told: once for each case. `outcome` is `queued`, or why it could not be."""

    __tablename__ = "incident_notices"
    __table_args__ = (UniqueConstraint("update_id", "complaint_id"),)

    id: Mapped[Key]
    update_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("incident_updates.id"))
    complaint_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("complaints.id"), index=True)
    interaction_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("interactions.id"))
    outcome: Mapped[str]
    at: Mapped[Moment]


class Incidents:
    """Reads and writes of incidents inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
