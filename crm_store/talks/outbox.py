"""The outbox: the one table through which everything leaves, and every try to hand a row to a provider."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, InteractionKey, Key, Moment
from crm_store.talks.answered import ANSWERED


class OutState(StrEnum):
    """QUEUED → SENDING (intent written) → SENT, FAILED, DROPPED or UNKNOWN (a crash between the two)."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


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


_CLAIM = text(
    """
    with due as (
        select o.id,
               o.expires_at <= :now
               or o.author = 'bot' and c.control = 'person' and c.control_version > o.control_version as void
          from outbox_messages o left join conversations c on c.id = o.conversation_id
         where o.lane = :lane and o.state = 'queued' and (o.not_before is null or o.not_before <= :now)
           and not exists (  -- an earlier one to the same address has to wait: the thread keeps its order
               select from outbox_messages b
                where b.lane = o.lane and b.address = o.address and b.state = 'queued' and b.id < o.id
                  and b.priority <= o.priority and b.not_before > :now)
         order by o.priority, o.id
         limit :limit
           for update of o skip locked
    ), silenced as (
        update interactions i set delivery = 'dropped'
          from due d join outbox_messages o on o.id = d.id
         where d.void and i.id = o.interaction_id
    )
    update outbox_messages o
       set state = case when d.void then 'dropped' else 'sending' end,
           error = case when d.void then 'expired, or a person holds the conversation' end,
           body = case when d.void and o.purpose = 'code' then '{}'::jsonb else o.body end,
           tries = o.tries + 1
      from due d where o.id = d.id
    returning o.*
    """
)

_SETTLE = text(
    """
    with settled as (
        select * from jsonb_to_recordset(cast(:rows as jsonb))
            as s(id bigint, state text, result text, provider_id text, detail text, retry_at timestamptz)
    ), tried as (
        update attempts a
           set ended_at = :now, result = s.result, provider_id = s.provider_id, detail = s.detail
          from settled s where not :at_once and a.outbox_id = s.id and a.result is null
    ), tried_at_once as (
        insert into attempts (outbox_id, started_at, ended_at, result, provider_id, detail)
        select id, :now, :now, result, provider_id, detail from settled where :at_once
    ), left_house as (
        update outbox_messages o
           set state = s.state, not_before = s.retry_at, error = s.detail,
               body = case when o.purpose = 'code' and s.state <> 'queued' then '{}'::jsonb else o.body end
          from settled s where o.id = s.id
        returning o.id, o.interaction_id, o.conversation_id, s.state, s.provider_id
    ), placed as (
        select interaction_id, conversation_id, row_number() over (partition by conversation_id order by id) as place
          from left_house where state = 'sent' and interaction_id is not null
    ), threads as (
        update conversations c set last_seq = c.last_seq + n.many
          from (select conversation_id, count(*) as many from placed group by conversation_id) n
         where c.id = n.conversation_id
        returning c.id, c.last_seq - n.many as before
    )
    update interactions i
       set delivery = l.state, provider_id = l.provider_id,
           sent_at = case when l.state = 'sent' then cast(:now as timestamptz) end,
           seq = coalesce(t.before + p.place, i.seq)
      from left_house l
      left join placed p on p.interaction_id = l.interaction_id
      left join threads t on t.id = p.conversation_id
     where i.id = l.interaction_id
    """
)


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
        self._session.add(message)

    async def claim(self, lane: str, now: datetime, limit: int) -> list[OutboxMessage]:
        """Take the next due rows of a lane, replies first, and mark them SENDING.

        Locked rows are passed over, so two dispatchers never take the same one. Rows past their time are dropped first,
        and so is what the bot had composed before a person took the conversation (rule 4).
        """
        rows = await self._session.scalars(
            select(OutboxMessage).from_statement(_CLAIM).execution_options(populate_existing=True),
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
            await self._session.execute(_SETTLE, {"now": now, "rows": rows, "at_once": at_once})
        answers = [each.outbox_id for each in settlements if each.by_staff and each.state == OutState.SENT]
        if answers:
            await self._session.execute(ANSWERED, {"ids": answers, "now": now})

    async def adrift(self, lane: str) -> list[OutboxMessage]:
        """Rows found in SENDING when a lane is taken over: the holder before us died between intent and settlement."""
        found = await self._session.scalars(
            select(OutboxMessage).where(OutboxMessage.lane == lane, OutboxMessage.state == OutState.SENDING)
        )
        return list(found.all())

    async def lag(self, now: datetime) -> float:
        """Seconds the oldest due message has been waiting."""
        oldest = await self._session.scalar(
            select(func.min(func.coalesce(OutboxMessage.not_before, OutboxMessage.queued_at))).where(
                OutboxMessage.state == OutState.QUEUED
            )
        )
        return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
