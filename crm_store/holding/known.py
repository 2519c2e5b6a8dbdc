"""What is on record about the shopper of a conversation, read in one statement when a person is to take over."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.talks.interactions import Interaction

_KNOWN = text(
    """
    select u.name, u.tier, u.member_number,
           (select jsonb_agg(k.number order by k.id desc)
              from complaint_conversations kc join complaints k on k.id = kc.complaint_id
             where kc.conversation_id = c.id and k.closed_at is null and k.merged_into is null) as complaints,
           (select jsonb_agg(jsonb_build_object('name', f.name, 'value', f.value, 'origin', f.origin) order by f.id)
              from complaint_conversations kc join complaints k on k.id = kc.complaint_id
              join complaint_facts f on f.complaint_id = k.id
             where kc.conversation_id = c.id and k.closed_at is null and k.merged_into is null
               and f.replaced_at is null) as facts,
           (select jsonb_agg(to_jsonb(heard) order by heard.id desc)
              from (select i.id, i.text, i.intent, i.confidence, i.at,
                           (select string_agg(a.text, E'\\n' order by a.id)
                              from interactions a where a.answers = i.id and a.author = 'bot') as answered
                      from interactions i
                     where i.conversation_id = c.id and i.direction = 'in' and i.seq is not null
                     order by i.seq desc limit :limit) heard) as heard
      from conversations c
      join channel_identities a on a.id = c.identity_id
      left join customers u on u.id = a.customer_id and u.erased_at is null
     where c.id = :conversation_id
    """
)


@dataclass(frozen=True)
class Known:
    """`facts` are those that hold of the open complaints; `heard` is what the shopper wrote last, newest first.

    `heard`: ``[{"id", "text", "intent", "confidence", "at", "answered"}]``.
    """

    name: str | None
    tier: str | None
    member_number: str | None
    complaints: list[str]
    facts: list[dict[str, Any]]
    heard: list[dict[str, Any]]


async def known_of(session: AsyncSession, conversation_id: int, limit: int = 8) -> Known:
    """With the last `limit` messages of the shopper."""
    row = (await session.execute(_KNOWN, {"conversation_id": conversation_id, "limit": limit})).one()
    return Known(row.name, row.tier, row.member_number, row.complaints or [], row.facts or [], row.heard or [])


async def said_since(session: AsyncSession, conversation_id: int, since: datetime, limit: int) -> list[str]:
    """The shopper's last messages after `since`, newest first."""
    found = await session.scalars(
        select(Interaction.text)
        .where(
            Interaction.conversation_id == conversation_id,
            Interaction.direction == "in",
            Interaction.seq.is_not(None),
            Interaction.at > since,
        )
        .order_by(Interaction.seq.desc())
        .limit(limit)
    )
    return list(found.all())
