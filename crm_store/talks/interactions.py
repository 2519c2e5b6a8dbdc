"""Interactions: every message in or out, with what was understood and what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from crm_store.model import Base, IdentityKey, Key, Moment


class Delivery(StrEnum):
    """What became of a message. RECEIVED is the only state of an inbound one."""

    RECEIVED = "received"
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DROPPED = "dropped"


class Interaction(Base):
    """`seq` numbers, within the conversation, what the shopper can read; an unsent reply has none yet.

    `author` is `shopper`, `bot`, `house` (a sentence of ours) or `staff`, and then `staff_id` says who.
    `choices` are the quick replies offered: ``[{"id": "c1a2", "label": "Yes", "payload": "/affirm"}]``; only `id` and
    `label` ever leave the house.
    """

    __tablename__ = "interactions"
    __table_args__ = (
        Index("ix_interactions_conversation_id_id", "conversation_id", "id"),
        Index("ix_interactions_conversation_id_seq", "conversation_id", "seq", unique=True),
        Index("ix_interactions_customer_id_id", "customer_id", "id"),
        Index("ix_interactions_at_id", "at", "id"),
        # A small list of what is not yet in the index: emptying it makes no turn wait for longer than a blink.
        Index(
            "ix_interactions_words",
            text("desk_terms(text)"),
            postgresql_using="gin",
            postgresql_with={"gin_pending_list_limit": 512},
        ),
    )

    id: Mapped[Key]
    conversation_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("conversations.id"))
    identity_id: Mapped[IdentityKey]
    customer_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("customers.id"))
    direction: Mapped[str]
    author: Mapped[str]
    staff_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(default="text")
    text: Mapped[str]
    choices: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    language: Mapped[str | None]
    intent: Mapped[str | None]
    confidence: Mapped[float | None]
    delivery: Mapped[str]
    provider_id: Mapped[str | None]
    seq: Mapped[int | None]
    answers: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("interactions.id"), index=True)
    at: Mapped[Moment]
    sent_at: Mapped[Moment | None]


class Interactions:
    """Reads and writes of interactions inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, interaction_id: int) -> Interaction:
        return await self._session.get_one(Interaction, interaction_id)

    async def add(self, interaction: Interaction) -> Interaction:
        """Store it; its id is known afterwards."""
        self._session.add(interaction)
        await self._session.flush()
        return interaction

    async def readable(self, conversation_id: int, after: int, limit: int = 200) -> list[Interaction]:
        """What the shopper can read beyond `after`, oldest first."""
        found = await self._session.scalars(
            select(Interaction)
            .where(Interaction.conversation_id == conversation_id, Interaction.seq > after)
            .order_by(Interaction.seq)
            .limit(limit)
        )
        return list(found.all())

    async def newest_said(self, conversation_id: int) -> Interaction | None:
        """The latest thing anybody of us said in this conversation."""
        return await self._session.scalar(
            select(Interaction)
            .where(Interaction.conversation_id == conversation_id, Interaction.direction == "out")
            .order_by(Interaction.id.desc())
            .limit(1)
        )

    async def last_question(self, conversation_id: int) -> Interaction | None:
        """The bot's latest answer to words or a button: what it said to a file is none."""
        asked = aliased(Interaction)
        return await self._session.scalar(
            select(Interaction)
            .join(asked, asked.id == Interaction.answers)
            .where(
                Interaction.conversation_id == conversation_id,
                Interaction.direction == "out",
                Interaction.author == "bot",
                (asked.kind != "media") | (asked.text != ""),
            )
            .order_by(Interaction.id.desc())
            .limit(1)
        )

    async def heard_since(self, conversation_id: int, since: datetime, limit: int = 20) -> list[str]:
        """What the shopper wrote or pressed since then, newest first."""
        found = await self._session.scalars(
            select(Interaction.text)
            .where(
                Interaction.conversation_id == conversation_id,
                Interaction.direction == "in",
                Interaction.at >= since,
            )
            .order_by(Interaction.id.desc())
            .limit(limit)
        )
        return list(found.all())

    async def last_said(self, conversation_id: int) -> datetime | None:
        """When we last wrote in this conversation."""
        return await self._session.scalar(
            select(func.max(Interaction.at)).where(
                Interaction.conversation_id == conversation_id, Interaction.direction == "out"
            )
        )

    async def delivered(self, conversation_id: int, up_to: int) -> None:
        """The shopper's client has shown everything up to this seq."""
        await self._session.execute(
            update(Interaction)
            .where(
                Interaction.conversation_id == conversation_id,
                Interaction.seq <= up_to,
                Interaction.delivery == Delivery.SENT,
            )
            .values(delivery=Delivery.DELIVERED)
        )
