"""Posting: our own word into many conversations at once, in one statement however many they are."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.talks.answers import Said, Thread
from crm_store.talks.outbox import refuse_undecided

OFFERS_KEPT = 5
"""Messages whose buttons can still be pressed."""

_POST = text(
    """
    with letter as (
        select nextval(pg_get_serial_sequence('interactions', 'id')) as id, r.*
          from jsonb_to_recordset(cast(:letters as jsonb))
            as r(place int, lane text, address text, conversation_id bigint, identity_id bigint, customer_id bigint,
                 control_version int, language text, author text, staff_id bigint, said text, choices jsonb,
                 body jsonb, purpose text, priority int, not_before timestamptz, expires_at timestamptz)
    ), said as (
        insert into interactions (id, conversation_id, identity_id, customer_id, direction, author, staff_id, kind,
                                  text, choices, language, delivery, at)
        select id, conversation_id, identity_id, customer_id, 'out', author, staff_id, 'text', said,
               choices, language, 'queued', :now
          from letter
    ), queued as (
        insert into outbox_messages (lane, interaction_id, conversation_id, address, purpose, author, priority, body,
                                     state, not_before, expires_at, control_version, tries, queued_at)
        select lane, id, conversation_id, address, purpose, author, priority, body,
               'queued', not_before, expires_at, control_version, 0, :now
          from letter order by place
    )
    select id from letter order by place
    """
)

_EXPECT = text(
    """
    update conversations c
       set awaiting = n.awaiting,
           offered = (select coalesce(jsonb_agg(o.each order by o.place), '[]') from
                        (select * from jsonb_array_elements(jsonb_build_array(n.choices) || c.offered)
                                       with ordinality as e(each, place) limit :kept) o)
      from jsonb_to_recordset(cast(:expected as jsonb)) as n(conversation_id bigint, choices jsonb, awaiting jsonb)
     where c.id = n.conversation_id
    """
)

_LATEST = text(
    """
    select distinct on (cc.complaint_id)
           cc.complaint_id, c.id as conversation_id, c.channel || ':' || c.account as lane, i.address,
           i.id as identity_id, i.customer_id, i.reachability, c.control, c.control_version, c.language,
           c.awaiting, c.last_in_at
      from complaint_conversations cc
      join conversations c on c.id = cc.conversation_id
      join channel_identities i on i.id = c.identity_id
     where cc.complaint_id = any(:ids)
     order by cc.complaint_id, (i.reachability = 'ok') desc, c.last_in_at desc nulls last, c.id desc
    """
)


@dataclass(frozen=True)
class LatestThread:
    """Where to reach the shopper of a case: the conversation last written in, one that can be reached before others."""

    complaint_id: int
    conversation_id: int
    lane: str
    address: str
    identity_id: int
    customer_id: int | None
    reachability: str
    control: str
    control_version: int
    language: str
    awaiting: dict[str, Any] | None
    last_in_at: datetime | None

    def thread(self) -> Thread:
        """To say something in it that answers no message in particular."""
        return Thread(
            self.lane,
            self.address,
            self.conversation_id,
            self.identity_id,
            self.customer_id,
            self.control_version,
            None,
            self.language,
        )


@dataclass(frozen=True)
class Letter:
    """One message and where it goes. `awaiting`: the answer it asks for, as `Conversation.awaiting`."""

    thread: Thread
    said: Said
    awaiting: dict[str, Any] | None = None


class Posting:
    """Writes of the house's own messages inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def latest_threads(self, complaint_ids: list[int]) -> dict[int, LatestThread]:
        """By case; one that was never talked about in a conversation is not in it."""
        rows = await self._session.execute(_LATEST, {"ids": complaint_ids})
        return {row.complaint_id: LatestThread(*row) for row in rows}

    async def post(self, letters: list[Letter], now: datetime) -> list[int]:
        """Store and queue them; gives their interaction ids in the same order.

        The caller nudges ``outbox`` with the number of each lane. Raises `Undecided`.
        """
        if not letters:
            return []
        refuse_undecided(*(letter.said.purpose for letter in letters))
        rows = json.dumps([_row(place, letter) for place, letter in enumerate(letters)])
        posted = list((await self._session.scalars(_POST, {"letters": rows, "now": now})).all())
        expected = [_expected(letter) for letter in letters if letter.said.choices]
        if expected:
            await self._session.execute(_EXPECT, {"expected": json.dumps(expected), "kept": OFFERS_KEPT})
        return posted


def _row(place: int, letter: Letter) -> dict[str, Any]:
    row = asdict(letter.thread) | asdict(letter.said) | {"place": place, "said": letter.said.text}
    return row | {name: row[name].isoformat() for name in ("not_before", "expires_at") if row[name] is not None}


def _expected(letter: Letter) -> dict[str, Any]:
    said = {"conversation_id": letter.thread.conversation_id, "choices": letter.said.choices}
    return said | {"awaiting": letter.awaiting}
