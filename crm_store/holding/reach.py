"""Where the shopper of a conversation can be reached: this address, and their others."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_REACH = text(
    """
    select c.channel, c.account, a.reachability, c.last_in_at,
           (select jsonb_agg(jsonb_build_object('identity_id', o.id, 'conversation_id', t.id, 'channel', o.channel,
                                                'name', o.display_name) order by t.last_in_at desc nulls last, o.id)
              from channel_identities o left join conversations t on t.identity_id = o.id
             where o.customer_id = a.customer_id and o.id <> a.id and o.reachability = 'ok') as others
      from conversations c join channel_identities a on a.id = c.identity_id
     where c.id = :id
    """
)


@dataclass(frozen=True)
class Reach:
    """`reachability`: `ok`, `blocked`, `bounced`. `others`, the one used last first, are rows of
    ``{"identity_id", "conversation_id", "channel", "name"}``, the conversation None when nothing was said there yet.
    """

    channel: str
    account: str
    reachability: str
    last_in_at: datetime | None
    others: list[dict[str, Any]]


async def reach_of(session: AsyncSession, conversation_id: int) -> Reach:
    """One statement; only addresses of the same customer count as theirs."""
    row = (await session.execute(_REACH, {"id": conversation_id})).one()
    return Reach(row.channel, row.account, row.reachability, row.last_in_at, row.others or [])
