"""What we wrote on our own, not in answer to anything: "why did I get this?" is about the newest of these."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.people.consent import Purpose

# In plain SQL: care and remedies know the conversation, not the other way round.
_LAST = text(
    """
    select i.id, i.at, o.purpose, t.occurrence_id, t.customer_id, c.number
      from interactions i
      join outbox_messages o on o.interaction_id = i.id
      left join touch_contexts t on t.interaction_id = i.id and t.conversation_id = i.conversation_id
      left join follow_ups f on f.interaction_id = i.id
      left join complaints c on c.id = f.complaint_id
     where i.conversation_id = :here and i.direction = 'out' and i.answers is null and i.sent_at is not null
       and o.purpose = any(:purposes)
     order by coalesce(i.provider_id = :quoted, false) desc, i.id desc limit 1
    """
)
_PURPOSES = [purpose.value for purpose in Purpose]


@dataclass(frozen=True)
class UnaskedMessage:
    """When it was written and for which purpose. `touch`: occurrence and customer of a care message; `complaint`: the
    number of the case whose outcome it asks about."""

    interaction_id: int
    at: datetime
    purpose: Purpose
    touch: tuple[int, int] | None = None
    complaint: str | None = None


async def last_unasked(session: AsyncSession, conversation_id: int, quoted: str = "") -> UnaskedMessage | None:
    """The newest one of this conversation, or the one that is quoted; None when we never wrote first.

    `quoted`: what the channel calls it.
    """
    asked = {"here": conversation_id, "purposes": _PURPOSES, "quoted": quoted}
    row = (await session.execute(_LAST, asked)).one_or_none()
    if row is None:
        return None
    touch = (row.occurrence_id, row.customer_id) if row.occurrence_id is not None else None
    return UnaskedMessage(row.id, row.at, Purpose(row.purpose), touch, row.number)
