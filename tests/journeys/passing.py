"""Time that passes from one thing that is due to the next, and waits at each until it is done."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import text

from bot.main import House
from tests.journeys.days import Days

PATIENCE = 60
MOMENT = timedelta(milliseconds=1)

# When each campaign has something to do: its trigger's moment, or what it listens to has been so long enough.
_LOOKS = """
    select c.next_at as at
      from campaigns c join campaign_versions v on v.campaign_id = c.id and v.version = c.version
     where c.state in ('scheduled', 'running') and v.plan -> 'trigger' ->> 'kind' <> 'event'
     union all
    select greatest(c.next_at, min(e.at) + interval '1 hour' * (v.plan -> 'trigger' ->> 'hours')::int)
      from campaigns c join campaign_versions v on v.campaign_id = c.id and v.version = c.version
      join care_events e on e.kind = v.plan -> 'trigger' ->> 'of' and e.id > c.cursor
     where c.state in ('scheduled', 'running') and v.plan -> 'trigger' ->> 'kind' = 'event'
       and e.at >= (select min(at) from campaign_events s where s.campaign_id = c.id and s.kind = 'schedule')
     group by c.id, v.plan
"""
_NEXT = text(f"select min(at) from ({_LOOKS} union all select due_at from touches where state = 'waiting') due")
_UNDONE = text(
    f"""
    select (select count(*) from ({_LOOKS}) looks where at <= :now)
         + (select count(*) from occurrences where state in ('due', 'planning'))
         + (select count(*) from touches where state = 'sending' or state = 'waiting' and due_at <= :now)
    """
)


class Passing:
    """Lets the days of a house pass without hurrying its campaigns: everything goes at its own hour."""

    def __init__(self, house: House, days: Days) -> None:
        self._house = house
        self._days = days

    async def until(self, moment: datetime) -> None:
        """To that moment, by everything that is due before it."""
        while (due := await self._next()) is not None and due <= moment:
            if due > self._house.now():
                await self._days.pass_until(due + MOMENT)
            await self.done()
        if moment > self._house.now():
            await self._days.pass_until(moment)
        await self.done()

    async def done(self) -> None:
        """Until nothing is left of what is due by now."""
        async with self._house.store.transaction() as crm:
            crm.nudge("care")
        async with asyncio.timeout(PATIENCE):
            while await self._undone():
                await asyncio.sleep(0.05)

    async def _next(self) -> datetime | None:
        async with self._house.store.reading() as crm:
            found: datetime | None = await crm.session.scalar(_NEXT)
            return found

    async def _undone(self) -> int:
        async with self._house.store.reading() as crm:
            return await crm.session.scalar(_UNDONE, {"now": self._house.now()}) or 0
