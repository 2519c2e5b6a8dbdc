"""Arrivals: an event becomes an inbox row, an interaction and a number in its thread, in one statement."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.people.identities import Address
from crm_store.talks.inbox import Arrival

_ARRIVE = text(
    """
    with place as (
        select i.id as identity_id, i.customer_id, c.id as conversation_id,
               c.control in ('waiting', 'parked', 'person') as is_held,
               array(select n.complaint_id from complaint_conversations n join complaints k on k.id = n.complaint_id
                      where n.conversation_id = c.id and k.closed_at is null and k.merged_into is null) as cases
          from channel_identities i join conversations c on c.identity_id = i.id
         where i.channel = :channel and i.account = :account and i.address = :address
    ), event as (
        insert into inbox_events (channel, account, provider_key, kind, raw, event, state, tries, received_at,
                                  conversation_id, interaction_id)
        select :channel, :account, :provider_key, :kind, cast(:raw as jsonb), cast(:event as jsonb), 'pending', 0, :now,
               conversation_id,
               case when :silent then null else nextval(pg_get_serial_sequence('interactions', 'id')) end
          from place
        on conflict (channel, account, provider_key) do nothing
        returning id, interaction_id
    ), thread as (
        update conversations c set last_seq = c.last_seq + 1, last_in_at = :now
          from place p, event e
         where c.id = p.conversation_id and e.interaction_id is not null
        returning c.last_seq, c.offered
    ), said as (
        insert into interactions (id, conversation_id, identity_id, customer_id, direction, author, kind, text, choices,
                                  delivery, provider_id, seq, at)
        select e.interaction_id, p.conversation_id, p.identity_id, p.customer_id, 'in', 'shopper', :kind,
               case when :choice_id = '' then :said else coalesce((
                   select choice ->> 'label'
                     from jsonb_array_elements(t.offered) choices, jsonb_array_elements(choices) choice
                    where choice ->> 'id' = :choice_id limit 1), '') end,
               '[]', 'received', :provider_key, t.last_seq, :now
          from place p, event e, thread t
    )
    select p.conversation_id, e.id as event_id, e.interaction_id, p.is_held, p.cases
      from place p left join event e on true
    """
)


@dataclass(frozen=True)
class Arrived:
    """Where an event belongs. `event_id` is None when the event was known already.

    `is_held`: a person has the conversation or is waited for; `cases` are the open ones talked about in it.
    """

    conversation_id: int
    event_id: int | None
    interaction_id: int | None
    is_held: bool
    cases: tuple[int, ...]

    @property
    def lines(self) -> tuple[int, ...]:
        """Of the inbox, as the topic `desk` names them."""
        return (*self.cases, -self.conversation_id) if self.is_held else self.cases


class Arrivals:
    """The way in, inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def arrive(self, address: Address, arrival: Arrival, silent: bool, now: datetime) -> Arrived | None:
        """Keep the event of an address we know; None when we do not know the address yet, and then nothing is kept.

        `silent` events (the shopper blocked us) are no message: they need a turn and no interaction.
        """
        row = (
            await self._session.execute(
                _ARRIVE,
                {
                    "channel": address.channel,
                    "account": address.account,
                    "address": address.value,
                    "provider_key": arrival.provider_key,
                    "kind": arrival.kind,
                    "raw": json.dumps(arrival.raw),
                    "event": json.dumps(arrival.event),
                    "said": str(arrival.event.get("text", "")),
                    "choice_id": str(arrival.event.get("choice_id", "")) if arrival.kind == "button" else "",
                    "silent": silent,
                    "now": now,
                },
            )
        ).one_or_none()
        if row is None:
            return None
        return Arrived(row.conversation_id, row.event_id, row.interaction_id, row.is_held, tuple(row.cases))
