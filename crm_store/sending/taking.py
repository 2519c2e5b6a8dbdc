"""Taking due touches: locked with their customers, so that nobody else decides on the same person meanwhile."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.sending.by_key import by_key

_TAKE = text(
    """
    with due as materialized (
        select t.occurrence_id, t.customer_id, t.expires_at, t.outbox_id, w.place
          from jsonb_to_recordset(cast(:takes as jsonb)) as w(place int, occurrence_id bigint, many int)
         cross join lateral (
               select t.occurrence_id, t.customer_id, t.expires_at, t.outbox_id
                 from touches t join customers c on c.id = t.customer_id
                where t.lane = :lane and t.occurrence_id = w.occurrence_id and t.state = 'waiting' and t.due_at <= :now
                order by t.due_at, t.customer_id
                limit w.many
                  for update of t skip locked
                  for no key update of c skip locked) t
    )
    select d.occurrence_id, d.customer_id, d.expires_at, coalesce(o.tries, 0) as tries, s.read_at,
           (select coalesce(jsonb_agg(m.id), '[]') from stale_standings m where m.customer_id = d.customer_id) as marks
      from due d
      left join standings s on s.customer_id = d.customer_id
      left join outbox_messages o on o.id = d.outbox_id
     order by d.place
    """
)

_THREADS = text(
    """
    with wanted as (
        select id, channel, account, address from channel_identities where id = any(:ids)
    ), made as (
        insert into conversations (identity_id, channel, account, control, control_version, language, language_source,
                                   dialogue, offered, last_seq, opened_at)
        select w.id, w.channel, w.account, 'bot', 0, coalesce(u.language, 'en'), 'guess', '[]', '[]', 0, :now
          from wanted w join channel_identities i on i.id = w.id left join customers u on u.id = i.customer_id
         where not exists (select from conversations c where c.identity_id = w.id)
            on conflict do nothing
        returning id, identity_id, control, control_version
    ), there as (
        select id, identity_id, control, control_version from conversations
         where identity_id in (select id from wanted)
        union all
        select id, identity_id, control, control_version from made
    )
    select w.id as identity_id, w.address, t.id as conversation_id, t.control, t.control_version
      from wanted w join there t on t.identity_id = w.id
    """
)


@dataclass(frozen=True)
class TakenTouch:
    """Ours until the transaction ends. `tries` there were before. `seen`: as `Letter.seen`."""

    occurrence_id: int
    customer_id: int
    expires_at: datetime
    tries: int
    seen: dict[str, Any]

    @property
    def pair(self) -> tuple[int, int]:
        return self.occurrence_id, self.customer_id


@dataclass(frozen=True)
class ThreadOf:
    """The conversation of an address. `held`: a person has it, or is waited for."""

    conversation_id: int
    address: str
    control_version: int
    held: bool


async def take(session: AsyncSession, lane: str, shares: dict[int, int], now: datetime) -> list[TakenTouch]:
    """Due touches, so many of each occurrence, the first occurrence first; of a person only the first.

    Touches and people that somebody else holds just now are passed over: they are there the next time.
    """
    takes = [{"place": place, "occurrence_id": id, "many": many} for place, (id, many) in enumerate(shares.items())]
    async with by_key(session):
        rows = await session.execute(_TAKE, {"takes": json.dumps(takes), "lane": lane, "now": now})
    taken: dict[int, TakenTouch] = {}
    for row in rows:
        seen = {"marks": row.marks, "read_at": row.read_at.isoformat() if row.read_at else None}
        touch = TakenTouch(row.occurrence_id, row.customer_id, row.expires_at, row.tries, seen)
        taken.setdefault(touch.customer_id, touch)
    return list(taken.values())


async def threads_of(session: AsyncSession, identity_ids: list[int], now: datetime) -> dict[int, ThreadOf]:
    """By address. One that was never written to or from gets its conversation now; one just being made is left out."""
    if not identity_ids:
        return {}
    rows = await session.execute(_THREADS, {"ids": identity_ids, "now": now})
    return {
        row.identity_id: ThreadOf(row.conversation_id, row.address, row.control_version, row.control != "bot")
        for row in rows
    }
