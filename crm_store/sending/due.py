"""What is due in a lane, by occurrence and in the order of their rank, and how many of each to take."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.decision.facts import Rank
from crm_store.decision.message import PURPOSE_CLASSES
from crm_store.people.consent import Purpose

_DUE = text(
    """
    with recursive waiting as (
        (select occurrence_id from touches where lane = :lane and state = 'waiting' order by occurrence_id limit 1)
        union all
        select (select t.occurrence_id from touches t
                 where t.lane = :lane and t.state = 'waiting' and t.occurrence_id > w.occurrence_id
                 order by t.occurrence_id limit 1)
          from waiting w where w.occurrence_id is not null
    )
    select o.id, o.campaign_id, o.purpose, o.priority, o.expires_at, c.rate, c.state,
           case when c.rate is null then 1 else greatest(1, (
               select count(*) from lanes l where exists (
                   select from touches t
                    where t.lane = l.name and t.occurrence_id = o.id and t.state = 'waiting'))) end as lanes,
           (select count(*) from (
               select from touches t
                where t.lane = :lane and t.occurrence_id = o.id and t.state = 'waiting' and t.due_at <= :now
                limit :most) d) as due
      from waiting w
      join occurrences o on o.id = w.occurrence_id
      join campaigns c on c.id = o.campaign_id and c.state in ('running', 'cancelled')
    """
)

# A letter may have gone back just while its campaign was being cancelled.
_CANCEL = text(
    """
    update touches set state = 'cancelled' where occurrence_id = any(:ids) and lane = :lane and state = 'waiting'
    """
)


@dataclass(frozen=True)
class Due:
    """An occurrence of a running campaign with touches due in the lane; `many`: how many, as far as they were counted.

    `rate`: what of its campaign's own rate falls to this lane, None when it has none.
    """

    occurrence_id: int
    campaign_id: int
    rank: Rank
    many: int
    rate: float | None


async def due(session: AsyncSession, lane: str, now: datetime, most: int) -> list[Due]:
    """The best rank first. Touches of campaigns that do not run are not due."""
    rows = (await session.execute(_DUE, {"lane": lane, "now": now, "most": most})).all()
    over = [row.id for row in rows if row.state == "cancelled"]
    if over:
        await session.execute(_CANCEL, {"ids": over, "lane": lane})
    found = [
        Due(
            row.id,
            row.campaign_id,
            Rank(PURPOSE_CLASSES[Purpose(row.purpose)], row.priority, row.expires_at, row.id),
            row.due,
            row.rate / row.lanes if row.rate is not None else None,
        )
        for row in rows
        if row.due and row.state == "running"
    ]
    return sorted(found, key=lambda each: each.rank)


def shares(found: list[Due], limit: int, room: Mapping[int, int]) -> dict[int, int]:
    """How many touches to take of each occurrence: the better rank first, and of a campaign no more than its `room`."""
    left = dict(room)
    taken: dict[int, int] = {}
    for each in found:
        many = min(each.many, limit - sum(taken.values()), left.get(each.campaign_id, limit))
        if many > 0:
            taken[each.occurrence_id] = many
            left[each.campaign_id] = left.get(each.campaign_id, limit) - many
    return taken
