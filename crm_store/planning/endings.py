"""Endings: what was cancelled, what nobody sent in time, and what has nothing left to do. Set-based, each once."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_END = text(
    """
    update occurrences o set state = 'done', ended_at = :now
     where o.state = 'planned'
       and not exists (select from touches t where t.occurrence_id = o.id and t.state = 'waiting')
       and not exists (select from touches t where t.occurrence_id = o.id and t.state in ('parked', 'sending'))
    returning o.campaign_id
    """
)

_CANCEL_OCCURRENCES = text(
    """
    update occurrences o set state = 'cancelled', ended_at = :now
      from campaigns c
     where c.id = o.campaign_id and c.state = 'cancelled' and o.state in ('due', 'planning', 'planned')
    returning o.id
    """
)

_OVER = text(
    """
    select c.id from campaigns c
     where c.state in ('running', 'paused') and c.next_at is null
       and not exists (select from occurrences o where o.campaign_id = c.id and o.state not in ('done', 'cancelled'))
    """
)


_CANCEL_TOUCHES = text(
    """
    update touches set state = 'cancelled', due_at = null
     where occurrence_id = any(:occurrences) and state in ('waiting', 'parked')
    """
)

# The decision is not asked again: what has expired can go nowhere, whatever else is so.
_EXPIRE = """
    update touches t set state = 'suppressed', outcome = 'suppress', due_at = null, decided_at = :now, trace_id = null,
           reason = '{reason}'
      from occurrences o
     where o.state = 'planned' and o.expires_at <= :now and t.occurrence_id = o.id and t.expires_at <= :now
       and t.{state}
    returning t.occurrence_id
"""
_EXPIRED = (
    text(_EXPIRE.format(reason="expired_waiting", state="state = 'waiting'")),
    text(_EXPIRE.format(reason="expired", state="state in ('parked', 'sending') and t.state = 'parked'")),
)


class Endings:
    """Ends of occurrences and touches inside one transaction; any number of processes may do it side by side."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def cancel(self, now: datetime) -> None:
        """With their campaigns: occurrences, and whatever waits of them; what is being sent is sent."""
        cancelled = list(await self._session.scalars(_CANCEL_OCCURRENCES, {"now": now}))
        if cancelled:
            await self._session.execute(_CANCEL_TOUCHES, {"occurrences": cancelled})

    async def expire(self, now: datetime) -> int:
        """What nobody sent in time: of a lane that is gone, or parked for somebody who never wrote."""
        return sum([len((await self._session.scalars(each, {"now": now})).all()) for each in _EXPIRED])

    async def end(self, now: datetime) -> set[int]:
        """DONE where nothing waits any more; gives their campaigns."""
        return set(await self._session.scalars(_END, {"now": now}))

    async def campaigns_over(self) -> list[int]:
        """Campaigns that will never fire again and of which nothing waits any more."""
        return list(await self._session.scalars(_OVER))
