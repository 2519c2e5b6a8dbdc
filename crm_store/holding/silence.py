"""Conversations a person holds and nobody writes in: whose word was the last, and moving many at once."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.holding.thanks_words import only_thanks

RELEASED_AFTER = timedelta(minutes=15)
"""Not seen for so long, a handler does not hold on to a shopper who waits."""

_HELD = text(
    """
    select c.id, c.control_version, c.last_in_at, s.seen_at, w.author, w.text, w.at
      from conversations c
      join staff s on s.id = c.holder_id
      join lateral (
           select i.author, i.text, i.at from interactions i
            where i.conversation_id = c.id and i.author in ('shopper', 'staff') and i.delivery <> 'dropped'
            order by i.id desc limit 1) w on true
     where c.holder_id is not null and c.control = 'person'
       and (w.at <= :silent_since or w.author = 'shopper' and (s.seen_at is null or s.seen_at <= :unseen_since))
     order by w.at
     limit :limit
    """
)

_MOVE = text(
    """
    with due as (
        select * from jsonb_to_recordset(cast(:rows as jsonb))
            as d(id bigint, version int, last_in_at timestamptz, fate text, word_at timestamptz)
    ), moved as (
        update conversations c
           set control = case d.fate when 'returned' then 'bot' else 'waiting' end,
               control_version = c.control_version + 1, holder_id = null, parked_until = null, note = null,
               waiting_since = case d.fate when 'released' then d.word_at end,
               dialogue = case d.fate when 'returned' then '[]' else c.dialogue end
          from due d
         where c.id = d.id and c.control = 'person' and c.control_version = d.version
           and c.last_in_at is not distinct from d.last_in_at
        returning c.id, c.control, c.control_version, d.fate
    ), noted as (
        insert into conversation_events (conversation_id, at, kind, before, after, version, "by", reason)
        select id, :now, 'control', 'person', control, control_version, 'clock', fate from moved
    ), ended as (
        update handoffs h set returned_at = :now, return_why = 'silence'
          from moved m where m.fate = 'returned' and h.conversation_id = m.id and h.returned_at is null
    )
    select id, control_version, fate from moved order by id
    """
)


class Fate(StrEnum):
    """RETURNED to the bot, for nothing is owed; RELEASED into the queue, for somebody waits and nobody is there."""

    RETURNED = "returned"
    RELEASED = "released"


@dataclass(frozen=True)
class Silence:
    """The last word of a conversation, the shopper's or the staff's, and when its holder was seen."""

    conversation_id: int
    version: int
    last_in_at: datetime | None
    seen_at: datetime | None
    author: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Moved:
    """A conversation that has changed hands."""

    conversation_id: int
    version: int
    fate: Fate


def fate_of(silence: Silence, return_after: timedelta, now: datetime) -> Fate | None:
    """Pure: whoever was asked something is never sent back to the bot; a "thanks" asks for nothing."""
    if silence.author == "staff" or only_thanks(silence.text):
        return Fate.RETURNED if now - silence.at >= return_after else None
    unseen = silence.seen_at is None or now - silence.seen_at >= RELEASED_AFTER
    return Fate.RELEASED if unseen else None


async def silences(session: AsyncSession, return_after: timedelta, now: datetime, limit: int) -> list[Silence]:
    """Held conversations that may be due, the quietest first."""
    values = {"silent_since": now - return_after, "unseen_since": now - RELEASED_AFTER, "limit": limit}
    return [Silence(*row) for row in (await session.execute(_HELD, values)).all()]


async def move(session: AsyncSession, due: Iterable[tuple[Silence, Fate]], now: datetime) -> list[Moved]:
    """All in one statement; what somebody touched in the meantime stays where it is."""
    rows = [
        {
            "id": silence.conversation_id,
            "version": silence.version,
            "last_in_at": silence.last_in_at.isoformat() if silence.last_in_at else None,
            "fate": fate,
            "word_at": silence.at.isoformat(),
        }
        for silence, fate in due
    ]
    found = await session.execute(_MOVE, {"rows": json.dumps(rows), "now": now})
    return [Moved(row.id, row.control_version, Fate(row.fate)) for row in found]
