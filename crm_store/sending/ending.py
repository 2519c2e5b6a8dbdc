"""The end of a try: attempt, outbox row, message, thread and touch in one statement, and the context it opens.

A letter becomes a message of its thread here, once, with what became of it: a try that its touch outlives was none.
"""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.sending.by_key import by_key
from crm_store.sending.letter import Ending
from crm_store.talks.posting import OFFERS_KEPT

_END = text(
    """
    with ended as materialized (
        select r.*, o.interaction_id, o.conversation_id, o.body, v.identity_id,
               coalesce(t.customer_id, a.customer_id) as customer_id,
               case when o.interaction_id is null and r.touch <> 'waiting'
                    then nextval(pg_get_serial_sequence('interactions', 'id')) end as fresh,
               case when r.state = 'sent'
                    then row_number() over (partition by o.conversation_id, r.state order by o.id) end as place
          from jsonb_to_recordset(cast(:rows as jsonb))
            as r(id bigint, state text, result text, touch text, provider_id text, detail text, due_at timestamptz)
          join outbox_messages o on o.id = r.id
          join conversations v on v.id = o.conversation_id
          join channel_identities a on a.id = v.identity_id
          left join touches t on t.outbox_id = r.id
    ), tried as (
        update attempts a
           set ended_at = :now, result = e.result, provider_id = e.provider_id, detail = e.detail
          from ended e where a.outbox_id = e.id and a.result is null
    ), left_house as (
        update outbox_messages o
           set state = e.state, error = e.detail, interaction_id = coalesce(e.fresh, o.interaction_id)
          from ended e where o.id = e.id
    ), touched as (
        update touches t
           set state = case when e.touch = 'waiting' and c.state = 'cancelled' then 'cancelled' else e.touch end,
               due_at = coalesce(e.due_at, t.due_at),
               sent_at = case when e.touch in ('sent', 'unknown') then coalesce(t.sent_at, :now) else t.sent_at end
          from ended e, occurrences n, campaigns c
         where t.outbox_id = e.id and n.id = t.occurrence_id and c.id = n.campaign_id
    ), held as materialized (  -- replies of the lane are settled beside it: nobody waits in a circle
        select id from conversations where id in (select conversation_id from ended where place is not null)
         order by id for no key update
    ), threads as (
        update conversations c set last_seq = c.last_seq + n.many
          from (select conversation_id, max(place) as many from ended where place is not null group by 1) n
          join held h on h.id = n.conversation_id
         where c.id = n.conversation_id
        returning c.id, c.last_seq - n.many as before
    ), known as (
        update interactions i
           set delivery = e.state, sent_at = case when e.state = 'sent' then cast(:now as timestamptz) end,
               seq = coalesce(i.seq, t.before + e.place)
          from ended e left join threads t on t.id = e.conversation_id
         where i.id = e.interaction_id
    ), said as (
        insert into interactions (id, conversation_id, identity_id, customer_id, direction, author, kind, text, choices,
                                  language, delivery, provider_id, seq, at, sent_at)
        select e.fresh, e.conversation_id, e.identity_id, e.customer_id, 'out', 'house', 'text', e.body ->> 'text',
               coalesce(e.body -> 'choices', '[]'), e.body ->> 'language', e.state, e.provider_id, t.before + e.place,
               :now, case when e.state = 'sent' then cast(:now as timestamptz) end
          from ended e left join threads t on t.id = e.conversation_id
         where e.fresh is not null
    )
    select id, coalesce(fresh, interaction_id) as interaction_id from ended
     where coalesce(fresh, interaction_id) is not null
    """
)

_OFFER = text(
    """
    update conversations c
       set offered = (select coalesce(jsonb_agg(o.each order by o.place), '[]') from
                        (select * from jsonb_array_elements(jsonb_build_array(i.choices) || c.offered)
                                       with ordinality as e(each, place) limit :kept) o)
      from interactions i where i.id = any(:ids) and c.id = i.conversation_id
    """
)


async def end(session: AsyncSession, endings: list[Ending], now: datetime) -> dict[int, int]:
    """Write how each try ended. What was sent gets its place in the thread. The messages by outbox id, where there are
    any."""
    if not endings:
        return {}
    rows = json.dumps([_row(each) for each in endings])
    async with by_key(session):
        written = await session.execute(_END, {"rows": rows, "now": now})
    return {outbox_id: interaction_id for outbox_id, interaction_id in written}


async def offer(session: AsyncSession, interaction_ids: list[int]) -> None:
    """The quick replies of what was sent can be pressed from now on."""
    if interaction_ids:
        await session.execute(_OFFER, {"ids": interaction_ids, "kept": OFFERS_KEPT})


def _row(ending: Ending) -> dict[str, Any]:
    return {
        "id": ending.outbox_id,
        "state": ending.state,
        "result": ending.result,
        "touch": ending.touch,
        "provider_id": ending.provider_id,
        "detail": (ending.detail or "")[:300] or None,
        "due_at": ending.due_at.isoformat() if ending.due_at else None,
    }
