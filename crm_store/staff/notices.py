"""Notices: what a member of staff is told, in the console and by their own channel."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment


class StaffNotice(Base):
    """`kind` names the sentence, `values` fill it. `key` makes each notice once for each member of staff."""

    __tablename__ = "staff_notices"
    __table_args__ = (
        UniqueConstraint("staff_id", "key"),
        Index("ix_staff_notices_unread", "staff_id", "id", postgresql_where="read_at is null"),
    )

    id: Mapped[Key]
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id", ondelete="cascade"))
    key: Mapped[str]
    kind: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    complaint_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("complaints.id"))
    conversation_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("conversations.id"))
    at: Mapped[Moment]
    read_at: Mapped[Moment | None]
    outbox_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("outbox_messages.id"))


class StaffNotices:
    """Reads and writes of notices inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
