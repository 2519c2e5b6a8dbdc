"""Answers: the end of a turn. What was understood and what is said go into the store in two statements."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.talks.outbox import Priority, refuse_undecided

_CONCLUDE = text(
    """
    with done as (
        update inbox_events set state = 'done', done_at = :now, error = null
         where id = :event_id and state = 'pending'
        returning interaction_id
    ), understood as (
        update interactions i set intent = :intent, confidence = :confidence, language = :language
          from done d where i.id = d.interaction_id and cast(:intent as varchar) is not null
    ), remembered as (
        update conversations c set dialogue = cast(:dialogue as jsonb), dialogue_at = :now
          from done d
         where c.id = :conversation_id and c.control = 'bot' and c.control_version = :control_version
        returning c.id
    )
    select count(*) from remembered
    """
)

_SAY = text(
    """
    with reply as (
        select nextval(pg_get_serial_sequence('interactions', 'id')) as id, r.*
          from jsonb_to_recordset(cast(:replies as jsonb))
            as r(place int, author text, staff_id bigint, said text, choices jsonb, body jsonb,
                 purpose text, priority int, not_before timestamptz, expires_at timestamptz)
    ), said as (
        insert into interactions (id, conversation_id, identity_id, customer_id, direction, author, staff_id, kind,
                                  text, choices, language, delivery, answers, at)
        select id, :conversation_id, :identity_id, :customer_id, 'out', author, staff_id, 'text', said,
               choices, :language, 'queued', :answers, :now
          from reply
    )
    insert into outbox_messages (lane, interaction_id, conversation_id, address, purpose, author, priority, body, state,
                                 not_before, expires_at, control_version, tries, queued_at)
    select :lane, id, :conversation_id, :address, purpose, author, priority, body, 'queued',
           not_before, expires_at, :control_version, 0, :now
      from reply order by place
    returning interaction_id
    """
)

_THREAD = text(
    """
    select c.channel || ':' || c.account, i.address, c.id, i.id, i.customer_id, c.control_version, null, c.language
      from conversations c join channel_identities i on i.id = c.identity_id where c.id = :id
    """
)


@dataclass(frozen=True)
class Conclusion:
    """What a turn came to. `intent` is None when nothing was classified (a button, a code)."""

    event_id: int
    conversation_id: int
    control_version: int
    intent: str | None
    confidence: float | None
    language: str
    dialogue: list[dict[str, Any]]


@dataclass(frozen=True)
class Said:
    """One message as stored: `choices` with payloads for us, `body` without them for the channel.

    `purpose` is `reply` for an answer in a conversation the shopper began, `service` for our word about their case.
    """

    author: str
    text: str
    choices: list[dict[str, Any]]
    body: dict[str, Any]
    staff_id: int | None = None
    purpose: str = "reply"
    priority: int = Priority.REPLY
    not_before: datetime | None = None
    expires_at: datetime | None = None


def plainly(author: str, text: str, language: str) -> Said:
    """Words without buttons."""
    return Said(author, text, [], {"text": text, "choices": [], "asks_contact": "", "language": language})


@dataclass(frozen=True)
class Thread:
    """Where replies go and what they answer."""

    lane: str
    address: str
    conversation_id: int
    identity_id: int
    customer_id: int | None
    control_version: int
    answers: int | None
    language: str


class Answers:
    """The end of a turn, inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def conclude(self, conclusion: Conclusion, now: datetime) -> bool:
        """Finish the event; True only if nobody did before and the bot still holds the conversation it answered in.

        When False, nothing may be said: another process has answered, or a person has taken over (rule 4).
        """
        values = {name: value for name, value in vars(conclusion).items() if name != "dialogue"}
        dialogue = json.dumps(conclusion.dialogue)
        return bool(await self._session.scalar(_CONCLUDE, values | {"dialogue": dialogue, "now": now}))

    async def thread_of(self, conversation_id: int) -> Thread:
        """Where to say something in this conversation that answers no message in particular."""
        row = (await self._session.execute(_THREAD, {"id": conversation_id})).one()
        return Thread(*row)

    async def say(self, thread: Thread, said: list[Said], now: datetime) -> list[int]:
        """Store the messages and put them into the outbox, in order; gives their interaction ids.

        The caller nudges ``outbox`` with `lane_number(thread.lane)`. Raises `Undecided`.
        """
        refuse_undecided(*(each.purpose for each in said))
        rows = [_as_row(place, each) for place, each in enumerate(said)]
        values = vars(thread) | {"replies": json.dumps(rows), "now": now}
        return list((await self._session.scalars(_SAY, values)).all())


def _as_row(place: int, said: Said) -> dict[str, Any]:
    row = vars(said) | {"place": place, "said": said.text}
    return row | {name: row[name].isoformat() for name in ("not_before", "expires_at") if row[name] is not None}
