"""Audit: who of the staff saw or changed what. Rows are only ever added."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment

VIEWED_AGAIN = timedelta(minutes=10)
"""Somebody who looks at the same thing again within this time is not written down again."""

_VIEWED = text(
    """
    insert into audit_events (at, staff_id, action, subject, subject_id, detail)
    select :now, :staff_id, 'viewed', cast(:subject as text), cast(:subject_id as text), '{}'::jsonb
     where not exists (
        select from audit_events
         where subject = :subject and subject_id = :subject_id and staff_id = :staff_id
           and action = 'viewed' and at > :since)
    """
)


class AuditEvent(Base):
    """`action` is a verb such as `viewed`, `assigned`, `signed_in`; `subject` the kind of thing, e.g. `complaint`."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_subject_subject_id_id", "subject", "subject_id", "id"),
        Index("ix_audit_events_staff_id_id", "staff_id", "id"),
    )

    id: Mapped[Key]
    at: Mapped[Moment]
    staff_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


@dataclass(frozen=True)
class Deed:
    """What somebody did to what; `detail` holds plain values such as ``{"from": …, "to": …}``, never message text."""

    staff_id: int | None
    action: str
    subject: str
    subject_id: str
    detail: dict[str, Any] | None = None


@dataclass(frozen=True)
class AuditWanted:
    """Which entries, newest first: empty means any. `before` is the id of the last one shown; 0 begins at the top."""

    staff_id: int = 0
    subject: str = ""
    subject_id: str = ""
    action: str = ""
    before: int = 0
    most: int = 50


class Audit:
    """Writes and reads of the audit inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def note(self, deed: Deed, now: datetime) -> None:
        """Add it to this transaction: the deed and its record stand or fall together."""
        self._session.add(
            AuditEvent(
                at=now,
                staff_id=deed.staff_id,
                action=deed.action,
                subject=deed.subject,
                subject_id=deed.subject_id,
                detail=deed.detail or {},
            )
        )

    async def viewed(self, staff_id: int, subject: str, subject_id: int, now: datetime) -> None:
        """Somebody looked at it; once in ten minutes. Needs a transaction like every other write."""
        values = {"staff_id": staff_id, "subject": subject, "subject_id": str(subject_id), "now": now}
        await self._session.execute(_VIEWED, {**values, "since": now - VIEWED_AGAIN})

    async def entries(self, wanted: AuditWanted) -> list[AuditEvent]:
        """One more than `most` when there are more."""
        query = select(AuditEvent).order_by(AuditEvent.id.desc()).limit(wanted.most + 1)
        asked = {
            AuditEvent.staff_id: wanted.staff_id,
            AuditEvent.subject: wanted.subject,
            AuditEvent.subject_id: wanted.subject_id,
            AuditEvent.action: wanted.action,
        }
        for column, value in asked.items():
            if value:
                query = query.where(column == value)
        if wanted.before:
            query = query.where(AuditEvent.id < wanted.before)
        return list((await self._session.scalars(query)).all())
