"""Audit: who of the staff saw or changed what. Rows are only ever added."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment


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
