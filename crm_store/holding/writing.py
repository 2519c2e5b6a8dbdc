"""The shopper wrote: what stood still for the sake of their answer goes on from the moment of it."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# A message that is older than the pause was not what we waited for.
_WAITS = """
    select k.id
      from complaint_conversations kc
      join complaints k on k.id = kc.complaint_id
      join lateral (
           select e.kind, e.at, e.detail from complaint_events e
            where e.complaint_id = k.id and e.kind in ('paused', 'resumed') order by e.id desc limit 1) last on true
     where kc.conversation_id = :conversation_id and k.closed_at is null and k.merged_into is null
       and last.kind = 'paused' and last.detail ->> 'reason' = 'shopper' and last.at < :written_at
"""
_WAITING = text(_WAITS)
_HELD = text("select id from complaints where id = any(:ids) order by id for update")
_RESUME = text(
    f"""
    with concerned as ({_WAITS} and k.id = any(:ids)), ours as (
        update complaints k set waits_for = 'us', changed_at = :now from concerned n where k.id = n.id
    )
    insert into complaint_events (complaint_id, at, kind, "by", conversation_id, interaction_id, detail)
    select id, :written_at, 'resumed', 'shopper', :conversation_id, :interaction_id, '{{}}' from concerned
    returning complaint_id
    """
)


async def shopper_wrote(
    session: AsyncSession, conversation_id: int, interaction_id: int, written_at: datetime, now: datetime
) -> list[int]:
    """The complaints whose pause "waiting for the shopper" has ended with this message: ask their clocks again."""
    where = {"conversation_id": conversation_id, "written_at": written_at}
    waiting = list((await session.scalars(_WAITING, where)).all())
    if not waiting:
        return []
    # Somebody may be resuming it by hand: whoever comes second looks again once the row is theirs.
    await session.execute(_HELD, {"ids": waiting})
    values = where | {"interaction_id": interaction_id, "ids": waiting, "now": now}
    return list((await session.scalars(_RESUME, values)).all())
