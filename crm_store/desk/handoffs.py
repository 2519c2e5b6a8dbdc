"""Handoffs: what a person taking over a conversation is told, and what the bot is told when it comes back."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, ConversationKey, Key, Moment


class HandoffRecord(Base):
    """`facts`: ``[{"name", "value", "origin"}]``; `tried`: the bot's last intents; `promised`: what we told them.

    `note` is the handler's word to the bot at the return. `return_why`: `staff`, `shopper`, `silence`.
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
    """Reads and writes of handoffs inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
