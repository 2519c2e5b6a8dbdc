"""The last look: just before letters are handed over, what may have changed since they were decided, and the intent.

A letter is handed over only after its attempt was written here. One that may not go any more leaves no trace: its touch
waits again as if it had never been claimed.
"""

import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.sending.by_key import by_key
from crm_store.sending.letter import Letter

FRESH = timedelta(minutes=1)
"""No decision is older than this when its message leaves."""


class NotNow(StrEnum):
    """Why a letter goes back: `changed` is what the person said or allows, `campaign` and `lane` what staff did."""

    CAMPAIGN = "campaign"
    LANE = "lane"
    EXPIRED = "expired"
    OLD = "old"
    CHANGED = "changed"
    TAKEN = "taken"


_LOOK = text(
    """
    with mine as (
        select * from jsonb_to_recordset(cast(:letters as jsonb))
            as r(id bigint, customer_id bigint, campaign_id bigint, decided_at timestamptz, expires_at timestamptz,
                 marks bigint[], read_at timestamptz)
    ), looked as materialized (
        select m.id, case
                 when o.state is distinct from 'sending' then 'taken'
                 when c.state <> 'running' then 'campaign'
                 when l.care_paused or l.halted is not null then 'lane'
                 when m.expires_at <= :now then 'expired'
                 when m.decided_at < :oldest then 'old'
                 when s.read_at is distinct from m.read_at or exists (
                      select from stale_standings a where a.customer_id = m.customer_id and a.id <> all(m.marks))
                 then 'changed' end as not_now
          from mine m
          join campaigns c on c.id = m.campaign_id
          join lanes l on l.name = :lane
          left join outbox_messages o on o.id = m.id
          left join standings s on s.customer_id = m.customer_id
    ), intended as (
        insert into attempts (outbox_id, started_at) select id, :now from looked where :intent and not_now is null
    )
    select id, not_now from looked
    """
)

_BACK = text(
    """
    with mine as (
        select id from outbox_messages where id = any(:ids) and state = 'sending'
    ), waiting as (
        update touches t set state = case c.state when 'cancelled' then 'cancelled' else 'waiting' end, outbox_id = null
          from mine m, occurrences n, campaigns c
         where t.outbox_id = m.id and n.id = t.occurrence_id and c.id = n.campaign_id
    ), tried as (
        delete from attempts a using mine m where a.outbox_id = m.id and a.result is null
    )
    delete from outbox_messages o using mine m where o.id = m.id
    """
)


async def look(
    session: AsyncSession, lane: str, letters: list[Letter], now: datetime, intent: bool = True
) -> dict[int, NotNow]:
    """Letters that may not go any more, and why. Of the others, with `intent`, the attempt is written."""
    rows = json.dumps([_row(letter) for letter in letters])
    values = {"letters": rows, "lane": lane, "now": now, "oldest": now - FRESH, "intent": intent}
    found = {row.id: row.not_now for row in await session.execute(_LOOK, values)}
    told = {letter.id: found.get(letter.id, NotNow.TAKEN) for letter in letters}
    return {id: NotNow(why) for id, why in told.items() if why is not None}


async def give_back(session: AsyncSession, ids: list[int]) -> None:
    """Letters that were surely not handed over: their touches wait again, untouched."""
    if ids:
        async with by_key(session):
            await session.execute(_BACK, {"ids": ids})


def _row(letter: Letter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "customer_id": letter.customer_id,
        "campaign_id": letter.campaign_id,
        "decided_at": letter.decided_at.isoformat(),
        "expires_at": letter.expires_at.isoformat(),
        **letter.seen,
    }
