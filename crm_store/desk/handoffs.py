"""Handoffs: what a person taking over a conversation is told, and what the bot is told when it comes back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, ConversationKey, Key, Moment


class HandoffRecord(Base):
    """`facts`: ``[{"name", "value", "origin"}]``; `promised`: what we told the shopper, word for word.

    `tried`: the last messages the bot understood, newest first: ``[{"interaction_id", "said", "intent", "confidence",
    "answered"}]``. `note` is the handler's word to the bot at the return. `return_why`: `staff`, `shopper`, `silence`,
    `closed`.
    """

    __tablename__ = "handoffs"

    id: Mapped[Key]
    conversation_id: Mapped[ConversationKey]
    reason: Mapped[str]
    facts: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    tried: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    promised: Mapped[str] = mapped_column(default="")
    at: Mapped[Moment]
    accepted_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    accepted_at: Mapped[Moment | None]
    returned_at: Mapped[Moment | None]
    return_why: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")


class Handoffs:
    """Reads and writes of handoffs inside one transaction. At most one of a conversation is open."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, record: HandoffRecord) -> None:
        self._session.add(record)

    async def of(self, conversation_id: int, limit: int = 20) -> list[HandoffRecord]:
        """Newest first."""
        found = await self._session.scalars(
            select(HandoffRecord)
            .where(HandoffRecord.conversation_id == conversation_id)
            .order_by(HandoffRecord.id.desc())
            .limit(limit)
        )
        return list(found.all())

    async def is_open(self, conversation_id: int) -> bool:
        """Whether the shopper was handed over and not given back since."""
        mine = (HandoffRecord.conversation_id == conversation_id) & HandoffRecord.returned_at.is_(None)
        return await self._session.scalar(select(HandoffRecord.id).where(mine).limit(1)) is not None

    async def reasons(self, conversation_ids: Iterable[int]) -> dict[int, str]:
        """Why each of these was handed over, by conversation; none for those that are not."""
        rows = await self._session.execute(
            select(HandoffRecord.conversation_id, HandoffRecord.reason)
            .where(HandoffRecord.conversation_id.in_(list(conversation_ids)), HandoffRecord.returned_at.is_(None))
            .order_by(HandoffRecord.id)
        )
        return {conversation_id: reason for conversation_id, reason in rows}

    async def accepted(self, conversation_id: int, staff_id: int, now: datetime) -> None:
        """A person has taken the conversation; the last one to do so stands here."""
        await self._session.execute(
            update(HandoffRecord)
            .where(HandoffRecord.conversation_id == conversation_id, HandoffRecord.returned_at.is_(None))
            .values(accepted_by=staff_id, accepted_at=now)
        )

    async def ended(self, conversation_ids: Iterable[int], why: str, now: datetime, note: str = "") -> None:
        """The bot has these conversations again, or they are closed."""
        await self._session.execute(
            update(HandoffRecord)
            .where(HandoffRecord.conversation_id.in_(list(conversation_ids)), HandoffRecord.returned_at.is_(None))
            .values(returned_at=now, return_why=why, note=note)
        )
