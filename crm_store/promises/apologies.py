"""Missed promises the shopper has not been told of: whom to tell, where, and that it is done."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.events import By, ComplaintEvents, Event, Happened
from crm_store.promises.choice import ClockKind

# The latest conversation about the case that is the shopper's own; nobody is told twice between two openings.
_UNTOLD = """
    with late as (
        select distinct on (k.complaint_id) k.complaint_id, k.kind, k.missed_at
          from clocks k
         where k.missed_at > :since and k.missed_at <= :now and k.told_at is null
           and k.met_at is null and k.ended_at is null
         order by k.complaint_id, k.missed_at
    )
    select c.id as complaint_id, c.number, l.kind, l.missed_at as due, t.conversation_id,
           coalesce(u.time_zone, '') as time_zone, exists (
               select from escalations e where e.complaint_id = c.id and e.cause = 'missed') as passed_on
      from late l
      join complaints c on c.id = l.complaint_id
      left join customers u on u.id = c.customer_id
      join lateral (
           select v.id as conversation_id, i.reachability
             from complaint_conversations b
             join conversations v on v.id = b.conversation_id
             join channel_identities i on i.id = v.identity_id
            where b.complaint_id = c.id and (i.id = c.identity_id or i.customer_id = c.customer_id)
            order by coalesce(v.last_in_at, v.opened_at) desc limit 1) t on t.reachability = 'ok'
     where c.closed_at is null and c.merged_into is null and u.erased_at is null
       and not exists (
           select from complaint_events e
            where e.complaint_id = c.id and e.kind = 'apologised' and e.at >= coalesce((
                  select max(r.at) from complaint_events r
                   where r.complaint_id = c.id and r.kind = 'reopened'), '-infinity'))
"""
_ZONES = text(f"select distinct time_zone from ({_UNTOLD}) untold")
_HELD = text(
    f"""
    {_UNTOLD} and coalesce(u.time_zone, '') = any(:zones)
     order by c.id limit :limit for no key update of c skip locked
    """
)
_OWED = text(f"{_UNTOLD} and c.id = any(:ids)")
_TOLD = text(
    """
    update clocks set told_at = :now
     where complaint_id = :complaint_id and missed_at is not null and told_at is null
       and met_at is null and ended_at is null
    """
)


@dataclass(frozen=True)
class Untold:
    """A missed promise; `due` is when it was, `passed_on` whether somebody senior has been told."""

    complaint_id: int
    number: str
    kind: ClockKind
    due: datetime
    conversation_id: int
    time_zone: str
    passed_on: bool


class Apologies:
    """Finds and notes them inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def zones(self, since: datetime, now: datetime) -> list[str]:
        """Where shoppers are whom something is owed; an empty name where nobody knows."""
        return list((await self._session.scalars(_ZONES, {"since": since, "now": now})).all())

    async def held(self, zones: list[str], since: datetime, now: datetime, limit: int) -> list[int]:
        """Cases in which something seems to be owed, locked; those in other hands come later."""
        values = {"zones": zones, "since": since, "now": now, "limit": limit}
        return list((await self._session.scalars(_HELD, values)).all())

    async def owed(self, complaint_ids: list[int], since: datetime, now: datetime) -> list[Untold]:
        """Asked once they are held: what another process did up to then counts. One for each case."""
        found = await self._session.execute(_OWED, {"ids": complaint_ids, "since": since, "now": now})
        return [Untold(*row) for row in found]

    async def told(self, untold: Untold, interaction_id: int, now: datetime) -> None:
        """The words are on their way."""
        await self._session.execute(_TOLD, {"complaint_id": untold.complaint_id, "now": now})
        detail = {"clock": str(untold.kind), "due": untold.due.isoformat()}
        event = Event(Happened.APOLOGISED, By("clock"), detail, untold.conversation_id, interaction_id)
        ComplaintEvents(self._session).add(untold.complaint_id, event, now)
