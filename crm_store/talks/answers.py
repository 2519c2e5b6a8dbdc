"""Answers: the end of a turn. What was understood and what is said go into the store in two statements."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.talks.outbox import Priority

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
            as r(place int, author text, said text, choices jsonb, body jsonb)
    ), said as (
        insert into interactions (id, conversation_id, identity_id, customer_id, direction, author, kind, text, choices,
                                  language, delivery, answers, at)
        select id, :conversation_id, :identity_id, :customer_id, 'out', author, 'text', said, choices, :language,
               'queued', :answers, :now
          from reply
    )
    insert into outbox_messages (lane, interaction_id, conversation_id, address, purpose, author, priority, body, state,
                                 control_version, tries, queued_at)
    select :lane, id, :conversation_id, :address, 'reply', author, :priority, body, 'queued', :control_version, 0, :now
      from reply order by place
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
    """One reply as stored: `choices` with payloads for us, `body` without them for the channel."""

    author: str
    text: str
    choices: list[dict[str, Any]]
    body: dict[str, Any]


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

    async def say(self, thread: Thread, said: list[Said], now: datetime) -> None:
        """Store the replies and put them into the outbox, in order."""
        replies = [
            {"place": place, "author": each.author, "said": each.text, "choices": each.choices, "body": each.body}
            for place, each in enumerate(said)
        ]
        values = vars(thread) | {"replies": json.dumps(replies), "priority": Priority.REPLY, "now": now}
        await self._session.execute(_SAY, values)
