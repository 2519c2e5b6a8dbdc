"""Staff notes: what staff write for each other. A table of their own, so that a note can never be sent."""

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment


class StaffNote(Base):
    """On a complaint, a conversation, or both."""

    __tablename__ = "staff_notes"

    id: Mapped[Key]
    complaint_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("complaints.id"), index=True)
    conversation_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("conversations.id"), index=True)
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    text: Mapped[str]
    at: Mapped[Moment]


class StaffNotes:
    """Reads and writes of notes inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
