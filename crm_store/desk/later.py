"""Replies written now and sent later: they enter the outbox only when their time has come."""

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, ConversationKey, Key, Moment


class LaterReply(Base):
    """`ended_at` with an `outcome`: `queued`, `cancelled`, or `held` when the shopper wrote in between."""

    __tablename__ = "later_replies"
    __table_args__ = (Index("ix_later_replies_due", "send_at", postgresql_where="ended_at is null"),)

    id: Mapped[Key]
    conversation_id: Mapped[ConversationKey]
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    text: Mapped[str]
    send_at: Mapped[Moment]
    written_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    outcome: Mapped[str] = mapped_column(default="")


class LaterReplies:
    """Reads and writes of later replies inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
