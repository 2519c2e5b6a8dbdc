"""What we wrote on our own, not in answer to anything: "why did I get this?" is about the newest of these."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.people.consent import Purpose
from crm_store.talks.interactions import Interaction
from crm_store.talks.outbox import OutboxMessage


@dataclass(frozen=True)
class UnaskedMessage:
    """When it was written and for which purpose."""

    at: datetime
    purpose: Purpose


async def last_unasked(session: AsyncSession, conversation_id: int) -> UnaskedMessage | None:
    """The newest one of this conversation; None when we never wrote first."""
    found = await session.execute(
        select(Interaction.at, OutboxMessage.purpose)
        .join(OutboxMessage, OutboxMessage.interaction_id == Interaction.id)
        .where(
            Interaction.conversation_id == conversation_id,
            Interaction.direction == "out",
            Interaction.answers.is_(None),
            OutboxMessage.purpose.in_([purpose.value for purpose in Purpose]),
        )
        .order_by(Interaction.id.desc())
        .limit(1)
    )
    row = found.first()
    return UnaskedMessage(row[0], Purpose(row[1])) if row else None
