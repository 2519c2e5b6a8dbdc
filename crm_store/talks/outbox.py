"""The outbox: the one table through which everything leaves, and every try to hand a row to a provider."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.errors import CareLoopError
from crm_store.model import Base, InteractionKey, Key, Moment
from crm_store.talks.answered import ANSWERED
from crm_store.talks.outbox_statements import ADRIFT, CLAIM, SETTLE


class OutState(StrEnum):
    """QUEUED → SENDING (intent written) → SENT, FAILED, DROPPED or UNKNOWN (a crash between the two)."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


UNASKED = frozenset({"promotion", "care", "survey"})
"""Purposes that leave as touches of a campaign and no other way."""


class Undecided(CareLoopError):
    """Nothing leaves unasked without a decision: promotions, care and surveys are sent as touches of a campaign."""

    code = "undecided_message"


def refuse_undecided(*purposes: str) -> None:
    """Raises `Undecided` for a purpose that needs the decision of a touch."""
    for purpose in UNASKED.intersection(purposes):
        raise Undecided(f"purpose: {purpose} leaves as a touch of a campaign, with its decision; queue none yourself")


class Priority:
    """Lower goes first: replies outrank everything that nobody is waiting for."""

    REPLY = 0
    CODE = 0
    NOTICE = 5
    CARE = 9


class OutboxMessage(Base):
    """One message to one address. `lane` is channel:account; `body` is what the channel renders."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        Index("ix_outbox_messages_due", "lane", "priority", "id", postgresql_where="state = 'queued'"),
        Index("ix_outbox_messages_sending", "lane", postgresql_where="state = 'sending'"),
        Index("ix_outbox_messages_undelivered", "id", postgresql_where="state in ('failed', 'unknown')"),
    )

    id: Mapped[Key]
    lane: Mapped[str]
    interaction_id: Mapped[InteractionKey | None]
    conversation_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("conversations.id"), index=True)
    address: Mapped[str]
    purpose: Mapped[str]
    author: Mapped[str]
    priority: Mapped[int]
    body: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default=OutState.QUEUED)
    not_before: Mapped[Moment | None]
    expires_at: Mapped[Moment | None]
    control_version: Mapped[int | None]
    tries: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[Moment]
    error: Mapped[str | None]


class Attempt(Base):
    """One try. `result` stays empty between intent and settlement; a crash there makes it `unknown`."""

    __tablename__ = "attempts"

    id: Mapped[Key]
    outbox_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("outbox_messages.id"), index=True)
    started_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    result: Mapped[str | None]
    provider_id: Mapped[str | None]
    detail: Mapped[str | None]


@dataclass(frozen=True)
class Settlement:
    """How one try ended. `retry_at` puts the row back into the queue. `by_staff`: a person wrote it."""

    outbox_id: int
    state: OutState
    result: str
    provider_id: str | None = None
    detail: str | None = None
    retry_at: datetime | None = None
    by_staff: bool = False


def _row(settlement: Settlement) -> dict[str, str | int | None]:
    return {
        "id": settlement.outbox_id,
        "state": settlement.state,
        "result": settlement.result,
        "provider_id": settlement.provider_id,
        "detail": (settlement.detail or "")[:300] or None,
        "retry_at": settlement.retry_at.isoformat() if settlement.retry_at else None,
    }


class Outbox:
    """Reads and writes of outbox rows and attempts inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def queue(self, message: OutboxMessage) -> None:
        """Raises `Undecided`."""
        refuse_undecided(message.purpose)
        self._session.add(message)

    async def claim(self, lane: str, now: datetime, limit: int) -> list[OutboxMessage]:
        """Take the next due rows of a lane, replies first, and mark them SENDING.

        Locked rows are passed over, so two dispatchers never take the same one. Dropped instead: rows past their time,
        what the bot had composed before a person took the conversation (rule 4), our own word to somebody erased or
        whom the shop writes to no more, and what would need a decision and has none.
        """
        rows = await self._session.scalars(
            select(OutboxMessage).from_statement(CLAIM).execution_options(populate_existing=True),
            {"lane": lane, "now": now, "limit": limit},
        )
        claimed = [message for message in rows if message.state == OutState.SENDING]
        return sorted(claimed, key=lambda message: (message.priority, message.id))

    async def intend(self, messages: list[OutboxMessage], now: datetime) -> dict[int, int]:
        """Write the intent to send before anything is sent; gives attempt id by outbox id."""
        rows = await self._session.execute(
            insert(Attempt)
            .values([{"outbox_id": message.id, "started_at": now} for message in messages])
            .returning(Attempt.outbox_id, Attempt.id)
        )
        return dict(rows.all())

    async def settle(self, settlements: list[Settlement], now: datetime, at_once: bool = False) -> None:
        """Write how each try ended, in one statement; what was sent gets its place in the thread.

        `at_once` says that no intent was written, because the try is part of this transaction. The text of a one-time
        code does not outlive its sending.
        """
        if settlements:
            rows = json.dumps([_row(each) for each in settlements])
            await self._session.execute(SETTLE, {"now": now, "rows": rows, "at_once": at_once})
        answers = [each.outbox_id for each in settlements if each.by_staff and each.state == OutState.SENT]
        if answers:
            await self._session.execute(ANSWERED, {"ids": answers, "now": now})

    async def adrift(self, lane: str) -> list[OutboxMessage]:
        """Rows found in SENDING when a lane is taken over: the holder before us died between intent and settlement.

        Those of touches are told by `crm.sending.adrift`.
        """
        found = await self._session.scalars(select(OutboxMessage).from_statement(ADRIFT), {"lane": lane})
        return list(found.all())

    async def lag(self, now: datetime) -> float:
        """Seconds the oldest due message has been waiting."""
        oldest = await self._session.scalar(
            select(func.min(func.coalesce(OutboxMessage.not_before, OutboxMessage.queued_at))).where(
                OutboxMessage.state == OutState.QUEUED
            )
        )
        return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
