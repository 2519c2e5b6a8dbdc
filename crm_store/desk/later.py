"""Replies written now and sent later: they enter the outbox only when their time has come."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, select, text, update
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


_DUE = text(
    """
    with due as (
        select l.id, c.last_in_at > l.written_at as overtaken
          from later_replies l join conversations c on c.id = l.conversation_id
         where l.ended_at is null and l.send_at <= :now
         order by l.send_at, l.id limit :limit
           for update of l skip locked
    )
    update later_replies l
       set ended_at = :now, outcome = case when d.overtaken then 'held' else 'queued' end
      from due d where l.id = d.id
    returning l.*
    """
)


class LaterReplies:
    """Reads and writes of later replies inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def write(self, reply: LaterReply) -> LaterReply:
        """Its id is known afterwards."""
        self._session.add(reply)
        await self._session.flush()
        return reply

    async def waiting(self, conversation_id: int) -> list[LaterReply]:
        """Not sent yet, the next one first; those that were held and nobody has looked at since come with them."""
        found = await self._session.scalars(
            select(LaterReply)
            .where(LaterReply.conversation_id == conversation_id)
            .where(LaterReply.ended_at.is_(None) | (LaterReply.outcome == "held"))
            .order_by(LaterReply.send_at, LaterReply.id)
        )
        return list(found.all())

    async def cancel(self, later_id: int, staff_id: int, now: datetime) -> bool:
        """Take one's own back, or put a held one away; False when it is gone or not theirs."""
        ended = await self._session.scalar(
            update(LaterReply)
            .where(
                LaterReply.id == later_id,
                LaterReply.staff_id == staff_id,
                LaterReply.ended_at.is_(None) | (LaterReply.outcome == "held"),
            )
            .values(ended_at=now, outcome="cancelled")
            .returning(LaterReply.id)
        )
        return ended is not None

    async def take_due(self, now: datetime, limit: int) -> list[LaterReply]:
        """End those whose time has come, each once whoever else does the same: `queued`, or `held`."""
        found = await self._session.scalars(
            select(LaterReply).from_statement(_DUE).execution_options(populate_existing=True),
            {"now": now, "limit": limit},
        )
        return sorted(found.all(), key=lambda reply: (reply.send_at, reply.id))
