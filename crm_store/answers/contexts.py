"""Contexts: what a conversation is about because we wrote first, so that "is it still valid?" is understood."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, ConversationKey, Key, Moment

LIFE = timedelta(days=14)
"""How long a message of ours may still be answered by words that name nothing."""
SURVEY_LIFE = timedelta(days=7)
"""How long a survey takes a score, and a better one."""
NAMED = (
    "coupon_code", "coupon_title", "coupon_until", "order_number", "product", "product_sku", "store", "points",
    "lapsing_points", "lapsing_day", "occasion", "whom", "tier", "complaint_number",
)  # fmt: skip
"""What a message names that an answer may ask about; by the names its variables have."""


class TouchContext(Base):
    """One message of ours that may still be answered. `asks`: `score` when it is a survey, `see` when it only said that
    there is something to see, else empty.

    `about`: what it named: coupon code, order number, points, occasion. Of several, the newest one that fits counts.
    """

    __tablename__ = "touch_contexts"
    __table_args__ = (
        UniqueConstraint("occurrence_id", "customer_id"),
        Index("ix_touch_contexts_conversation_id_until", "conversation_id", "until"),
    )

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


@dataclass(frozen=True)
class NewContext:
    """A touch that has left the house, or may have: in which conversation, as which message, naming what."""

    conversation_id: int
    occurrence_id: int
    customer_id: int
    interaction_id: int
    purpose: str
    about: Mapping[str, Any]
    asks: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class OpenContext:
    """One that still holds, as a turn reads it. `provider_id`: what the channel calls the message, for quotes."""

    id: int
    occurrence_id: int
    customer_id: int
    interaction_id: int
    purpose: str
    asks: str
    about: dict[str, Any]
    at: datetime
    answered_at: datetime | None
    provider_id: str | None = None

    def named(self, name: str) -> str:
        """What it said of this; empty when it named no such thing."""
        return str(self.about.get(name) or "")


def about_of(values: Mapping[str, str]) -> dict[str, str]:
    """Of the values a message was filled with, those an answer may be about."""
    return {name: values[name] for name in NAMED if values.get(name)}


def open_contexts(rows: Iterable[Mapping[str, Any]]) -> tuple[OpenContext, ...]:
    """As `Waiting.contexts` holds them, newest first."""
    return tuple(_context(row) for row in rows)


def _context(row: Mapping[str, Any]) -> OpenContext:
    answered = row.get("answered_at")
    return OpenContext(
        id=int(row["id"]),
        occurrence_id=int(row["occurrence_id"]),
        customer_id=int(row["customer_id"]),
        interaction_id=int(row["interaction_id"]),
        purpose=str(row["purpose"]),
        asks=str(row["asks"]),
        about=dict(row["about"]),
        at=datetime.fromisoformat(str(row["at"])),
        answered_at=datetime.fromisoformat(str(answered)) if answered else None,
        provider_id=row.get("provider_id"),
    )


def fitting(
    contexts: Sequence[OpenContext], quoted: str = "", fits: Callable[[OpenContext], bool] = lambda _: True
) -> OpenContext | None:
    """The one a message answers: the one it quotes, whatever it says; else the newest that fits."""
    if quoted:
        return next((each for each in contexts if each.provider_id == quoted), None)
    return next((each for each in contexts if fits(each)), None)


_OPEN = text(
    """
    insert into touch_contexts (conversation_id, occurrence_id, customer_id, interaction_id, purpose, asks, about, at,
                                until)
    select conversation_id, occurrence_id, customer_id, interaction_id, purpose, asks, about, :now, until
      from jsonb_to_recordset(cast(:rows as jsonb))
        as r(conversation_id bigint, occurrence_id bigint, customer_id bigint, interaction_id bigint, purpose text,
             asks text, about jsonb, until timestamptz)
        on conflict (occurrence_id, customer_id) do nothing
    """
)

_SHOWN = text(
    """
    update touch_contexts set asks = :asks, about = cast(:about as jsonb), at = :now, until = :until, answered_at = null
     where id = :id
    """
)

_ANSWERED = text(
    """
    with heard as (
        update touch_contexts set answered_at = :now where id = :id and answered_at is null
        returning occurrence_id, customer_id
    )
    update touches t set answered_at = :now
      from heard h where t.occurrence_id = h.occurrence_id and t.customer_id = h.customer_id and t.answered_at is null
    """
)

_STOPPED = text(
    """
    update touches t set stopped_at = :now
      from touch_contexts c where c.id = :id and t.occurrence_id = c.occurrence_id and t.customer_id = c.customer_id
       and t.stopped_at is null
    """
)

_ONE = """
    select c.id, c.occurrence_id, c.customer_id, c.interaction_id, c.purpose, c.asks, c.about, c.at, c.answered_at,
           i.provider_id
      from touch_contexts c left join interactions i on i.id = c.interaction_id
"""


class TouchContexts:
    """Reads and writes of contexts inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def open(self, contexts: Sequence[NewContext], now: datetime) -> None:
        """In one statement, for every touch that was sent or may have been. Told twice, each is opened once."""
        if contexts:
            rows = json.dumps([_row(each, now) for each in contexts])
            await self._session.execute(_OPEN, {"rows": rows, "now": now})

    async def get(self, context_id: int) -> OpenContext | None:
        rows = await self._session.execute(text(f"{_ONE} where c.id = :id"), {"id": context_id})
        row = rows.one_or_none()
        return _context(row._asdict()) if row is not None else None

    async def of(self, occurrence_id: int, customer_id: int) -> OpenContext | None:
        """The message of one touch, whether it may still be answered or not."""
        one = text(f"{_ONE} where c.occurrence_id = :occurrence and c.customer_id = :whose")
        rows = await self._session.execute(one, {"occurrence": occurrence_id, "whose": customer_id})
        row = rows.one_or_none()
        return _context(row._asdict()) if row is not None else None

    async def asking(self, conversation_id: int, customer_id: int, now: datetime) -> OpenContext | None:
        """The newest survey here that still takes a score."""
        asks = "c.conversation_id = :here and c.customer_id = :whose and c.asks = 'score' and c.until > :now"
        rows = await self._session.execute(
            text(f"{_ONE} where {asks} order by c.id desc limit 1"),
            {"here": conversation_id, "whose": customer_id, "now": now},
        )
        row = rows.one_or_none()
        return _context(row._asdict()) if row is not None else None

    async def newest(self, conversation_id: int, customer_id: int) -> OpenContext | None:
        """The last message we sent this customer here on our own, however long ago."""
        newest = text(f"{_ONE} where c.conversation_id = :here and c.customer_id = :whose order by c.id desc limit 1")
        rows = await self._session.execute(newest, {"here": conversation_id, "whose": customer_id})
        row = rows.one_or_none()
        return _context(row._asdict()) if row is not None else None

    async def shown(self, context_id: int, asks: str, about: Mapping[str, Any], now: datetime) -> None:
        """What was offered is shown: from now on answers are about its content."""
        until = now + (SURVEY_LIFE if asks == "score" else LIFE)
        told = {"id": context_id, "asks": asks, "about": json.dumps(dict(about)), "now": now, "until": until}
        await self._session.execute(_SHOWN, told)

    async def answered(self, context_id: int, now: datetime) -> None:
        """The shopper has answered this message; the first answer is what is noted, here and with the touch."""
        await self._session.execute(_ANSWERED, {"id": context_id, "now": now})

    async def stopped(self, context_id: int, now: datetime) -> None:
        """This message made the shopper want fewer or none."""
        await self._session.execute(_STOPPED, {"id": context_id, "now": now})


def _row(context: NewContext, now: datetime) -> dict[str, Any]:
    life = SURVEY_LIFE if context.asks == "score" else LIFE
    until = context.until or now + life
    return {**vars(context), "about": dict(context.about), "until": until.isoformat()}
