"""The shopper wrote and waits for a person: every open complaint of the conversation learns of it, once a message."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_ASKED = text(
    """
    with concerned as (
        select k.id
          from complaint_conversations kc join complaints k on k.id = kc.complaint_id
         where kc.conversation_id = :conversation_id and k.closed_at is null and k.merged_into is null
           and not exists (select from complaint_events e
                            where e.complaint_id = k.id and e.kind = 'asked' and e.interaction_id = :interaction_id)
           for update of k
    ), ours as (
        update complaints k set waits_for = 'us', changed_at = :now from concerned n where k.id = n.id
    )
    insert into complaint_events (complaint_id, at, kind, "by", conversation_id, interaction_id, detail)
    select id, :now, 'asked', 'shopper', :conversation_id, :interaction_id, '{}' from concerned
    returning complaint_id
    """
)


async def shopper_asked(session: AsyncSession, conversation_id: int, interaction_id: int, now: datetime) -> list[int]:
    """The complaints whose clocks have to be asked again."""
    values = {"conversation_id": conversation_id, "interaction_id": interaction_id, "now": now}
    return list((await session.scalars(_ASKED, values)).all())
