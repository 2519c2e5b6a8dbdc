"""Contexts: what a conversation is about because we wrote first, so that "is it still valid?" is understood."""

from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, ConversationKey, Key, Moment


class TouchContext(Base):
    """One message of ours that may still be answered. `asks`: `score` when it is a survey, else empty.

    `about`: what it named: coupon code, order number, points, occasion. Of several, the newest one that fits counts.
    """

    __tablename__ = "touch_contexts"
    __table_args__ = (Index("ix_touch_contexts_conversation_id_until", "conversation_id", "until"),)

    id: Mapped[Key]
    conversation_id: Mapped[ConversationKey]
    occurrence_id: Mapped[int] = mapped_column(BigInteger)
    customer_id: Mapped[int] = mapped_column(BigInteger, index=True)
    interaction_id: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[str]
    asks: Mapped[str] = mapped_column(default="")
    about: Mapped[dict[str, Any]]
    at: Mapped[Moment]
    until: Mapped[Moment]
    answered_at: Mapped[Moment | None]


class TouchContexts:
    """Reads and writes of contexts inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
