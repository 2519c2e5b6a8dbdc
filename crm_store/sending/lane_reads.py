"""Lanes as staff look at them: what waits, what went wrong lately, what nobody knows of, addresses that are closed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.talks.lanes import Lane, Lanes

LATELY = timedelta(hours=24)

_QUEUES = text(
    """
    select l.name,
           (select count(*) from outbox_messages o where o.lane = l.name and o.state = 'queued') as replies,
           coalesce(c.due, 0) as due, coalesce(c.later, 0) as later, c.next_at,
           (select count(*) from outbox_messages o where o.lane = l.name and o.state = 'sending') as sending,
           (select count(*) from outbox_messages o join touches t on t.outbox_id = o.id
             where o.lane = l.name and o.state = 'unknown' and t.state = 'unknown') as unknown
      from lanes l
      left join (
           select lane, count(*) filter (where due_at <= :now) as due, count(*) filter (where due_at > :now) as later,
                  min(due_at) filter (where due_at > :now) as next_at
             from touches where state = 'waiting' and lane is not null group by lane) c on c.lane = l.name
    """
)
# The newest tries alone: a day of a busy lane is millions of them.
_ERRORS = text(
    """
    select o.lane, a.result, coalesce(a.detail, '') as detail, count(*) as many, max(a.ended_at) as last_at
      from attempts a join outbox_messages o on o.id = a.outbox_id
     where a.id > (select coalesce(max(id), 0) - 200000 from attempts)
       and a.result is not null and a.result <> 'accepted' and a.ended_at > :since
     group by 1, 2, 3 order by last_at desc limit :most
    """
)
_UNKNOWN = text(
    """
    select o.id as outbox_id, o.lane, o.address, c.id as customer_id, c.name, n.campaign_id, p.name as campaign,
           t.sent_at as at
      from outbox_messages o
      join touches t on t.outbox_id = o.id and t.state = 'unknown'
      join occurrences n on n.id = t.occurrence_id join campaigns p on p.id = n.campaign_id
      join customers c on c.id = t.customer_id
     where o.state = 'unknown' and o.lane = :lane and o.id > :after order by o.id limit :most
    """
)
# Why, and since when: the last message that was refused there; unknown where nobody wrote since it closed.
_SUPPRESSED = text(
    """
    select i.id as identity_id, i.channel, i.account, i.address, i.display_name, i.reachability, c.id as customer_id,
           c.name, x.error, x.at
      from channel_identities i
      left join customers c on c.id = i.customer_id
      left join lateral (
           select o.error, coalesce((select max(a.ended_at) from attempts a where a.outbox_id = o.id), m.at) as at
             from interactions m join outbox_messages o on o.interaction_id = m.id
            where m.identity_id = i.id and m.direction = 'out' and o.state = 'failed'
            order by m.id desc limit 1) x on true
     where i.reachability <> 'ok' and i.id < :before and i.address not like 'erased:%'
       and (:words = '' or i.address ilike :like or i.display_name ilike :like or c.name ilike :like
            or c.member_number = upper(:words))
     order by i.id desc limit :most
    """
)


@dataclass(frozen=True)
class Queue:
    """What one lane has before it. `due` touches could go now, `later` at their hour, the first at `next_at`."""

    lane: str
    replies: int = 0
    due: int = 0
    later: int = 0
    next_at: datetime | None = None
    sending: int = 0
    unknown: int = 0


@dataclass(frozen=True)
class LaneError:
    """Tries that ended alike. `result`, `detail`: the channel's own words."""

    lane: str
    result: str
    detail: str
    many: int
    last_at: datetime


@dataclass(frozen=True)
class UnknownMessage:
    """Nobody knows whether it arrived; it is never sent again by itself."""

    outbox_id: int
    lane: str
    address: str
    customer_id: int
    name: str
    campaign_id: int
    campaign: str
    at: datetime | None


@dataclass(frozen=True)
class ClosedAddress:
    """An address that takes nothing. `error` and `at`: of the last message refused there, if one was."""

    identity_id: int
    channel: str
    account: str
    address: str
    display_name: str
    reachability: str
    customer_id: int | None
    name: str | None
    error: str | None
    at: datetime | None


class LaneReads:
    """Reads inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self, now: datetime) -> list[tuple[Lane, Queue]]:
        """Every lane by name, with what it has before it."""
        queues = {row.name: Queue(*row) for row in await self._session.execute(_QUEUES, {"now": now})}
        return [(lane, queues.get(lane.name, Queue(lane.name))) for lane in await Lanes(self._session).all()]

    async def errors(self, now: datetime, most: int = 60) -> list[LaneError]:
        """Of the last day, the newest first."""
        return [LaneError(*row) for row in await self._session.execute(_ERRORS, {"since": now - LATELY, "most": most})]

    async def unknown(self, lane: str, after: int = 0, most: int = 50) -> list[UnknownMessage]:
        """Oldest first; one more than `most` when there are more."""
        asked = {"lane": lane, "after": after, "most": most + 1}
        return [UnknownMessage(*row) for row in await self._session.execute(_UNKNOWN, asked)]

    async def closed_addresses(self, words: str = "", before: int | None = None, most: int = 50) -> list[ClosedAddress]:
        """Newest address first; `words`: part of an address or name, or a member number. One more when there are."""
        plain = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        asked = {"words": words, "like": f"%{plain}%", "before": before or 2**62, "most": most + 1}
        return [ClosedAddress(*row) for row in await self._session.execute(_SUPPRESSED, asked)]
