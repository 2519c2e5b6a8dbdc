"""Taking a reply back before it leaves the house: one statement, so that a dispatcher and a hand never both win."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_TAKE_BACK = text(
    """
    with undone as (
        update outbox_messages o set state = 'dropped', error = 'taken back'
          from interactions i
         where o.interaction_id = :interaction_id and i.id = o.interaction_id
           and i.author = 'staff' and i.staff_id = :staff_id
           and o.state = 'queued' and o.tries = 0 and o.not_before > :now
        returning o.interaction_id, o.conversation_id, o.lane
    )
    update interactions i set delivery = 'dropped' from undone u where i.id = u.interaction_id
    returning u.conversation_id, u.lane
    """
)


@dataclass(frozen=True)
class Undone:
    """Where the reply would have gone."""

    conversation_id: int
    lane: str


async def take_back(session: AsyncSession, interaction_id: int, staff_id: int, now: datetime) -> Undone | None:
    """Drop one's own reply while its time has not come; None when it is too late, or not one's own."""
    values = {"interaction_id": interaction_id, "staff_id": staff_id, "now": now}
    row = (await session.execute(_TAKE_BACK, values)).one_or_none()
    return Undone(row.conversation_id, row.lane) if row is not None else None
