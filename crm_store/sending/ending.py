"""The end of a try: attempt, outbox row, message, thread and touch in one statement, and the context it opens."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.sending.letter import Ending, Letter
from crm_store.talks.posting import OFFERS_KEPT

_END = text(
    """
    with ended as (
        select * from jsonb_to_recordset(cast(:rows as jsonb))
            as r(id bigint, state text, delivery text, result text, touch text, provider_id text, detail text,
                 due_at timestamptz)
    ), tried as (
        update attempts a
           set ended_at = :now, result = e.result, provider_id = e.provider_id, detail = e.detail
          from ended e where a.outbox_id = e.id and a.result is null
    ), left_house as (
        update outbox_messages o set state = e.state, error = e.detail
          from ended e where o.id = e.id
        returning o.id, o.interaction_id, o.conversation_id, e.state, e.delivery, e.provider_id
    ), touched as (
        update touches t
           set state = case when e.touch = 'waiting' and c.state = 'cancelled' then 'cancelled' else e.touch end,
               due_at = coalesce(e.due_at, t.due_at),
               sent_at = case when e.touch in ('sent', 'unknown') then coalesce(t.sent_at, :now) else t.sent_at end
          from ended e, occurrences n, campaigns c
         where t.outbox_id = e.id and n.id = t.occurrence_id and c.id = n.campaign_id
    ), placed as (
        select interaction_id, conversation_id, row_number() over (partition by conversation_id order by id) as place
          from left_house where state = 'sent'
    ), threads as (
        update conversations c set last_seq = c.last_seq + n.many
          from (select conversation_id, count(*) as many from placed group by conversation_id) n
         where c.id = n.conversation_id
        returning c.id, c.last_seq - n.many as before
    )
    update interactions i
       set delivery = l.delivery, provider_id = l.provider_id,
           sent_at = case when l.state = 'sent' then cast(:now as timestamptz) end,
           seq = coalesce(t.before + p.place, i.seq)
      from left_house l
      left join placed p on p.interaction_id = l.interaction_id
      left join threads t on t.id = p.conversation_id
     where i.id = l.interaction_id
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


async def end(session: AsyncSession, endings: list[Ending], now: datetime) -> None:
    """Write how each try ended. What was sent gets its place in the thread."""
    if endings:
        await session.execute(_END, {"rows": json.dumps([_row(each) for each in endings]), "now": now})


async def offer(session: AsyncSession, letters: Iterable[Letter]) -> None:
    """The quick replies of what was sent can be pressed from now on."""
    offering = [letter.interaction_id for letter in letters if letter.body.get("choices")]
    if offering:
        await session.execute(_OFFER, {"ids": offering, "kept": OFFERS_KEPT})


def _row(ending: Ending) -> dict[str, Any]:
    # A try that the touch outlives was no message: nobody is to wonder where it went.
    delivery = "dropped" if ending.touch == "waiting" and ending.state == "failed" else ending.state
    return {
        "id": ending.outbox_id,
        "state": ending.state,
        "delivery": delivery,
        "result": ending.result,
        "touch": ending.touch,
        "provider_id": ending.provider_id,
        "detail": (ending.detail or "")[:300] or None,
        "due_at": ending.due_at.isoformat() if ending.due_at else None,
    }
