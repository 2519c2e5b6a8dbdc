"""Firings of campaigns that wait for care events: range by range of events, each event in one range."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.campaigns.campaign import Campaign
from crm_store.plans.plan import OnEvent
from crm_store.plans.triggers import Firing

MOST = 50_000
"""Events in one range."""
# What happened before the campaign was first scheduled is no reason to write.
_SINCE = """
    (select coalesce(min(at), '-infinity') from campaign_events where campaign_id = :campaign and kind = 'schedule')
"""
_FRESH = text(
    f"select exists (select from care_events where kind = :kind and id > :cursor and at <= :ripe and at >= {_SINCE})"
)
_SETTLED = (
    text("set local lock_timeout = '2s'"),
    text("lock table care_events in share mode"),
    text("set local lock_timeout to default"),
)
# The longest run of ripe events, by id, that happened about when the first of them did, or are all too old by now.
_RANGE = text(
    f"""
    with fresh as (
        select id, at, first_value(at) over (order by id) as head
          from care_events where kind = :kind and id > :cursor and at >= {_SINCE} order by id limit :most),
    judged as (
        select id, at, at <= :ripe
                       and (at between head - :together and head + :together or greatest(at, head) <= :stale) as fits
          from fresh),
    run as (
        select id, at from judged
         where id < coalesce((select min(id) from judged where not fits), 9223372036854775807))
    select min(id), max(id), min(at) from run having count(*) > 0
    """
)


async def event_firing(
    session: AsyncSession, campaign: Campaign, trigger: OnEvent, now: datetime, expires_after: int
) -> Firing | None:
    """The next events after its `cursor` that are `trigger.hours` old at `now`; None when there are none yet.

    The key names the cursor: two who take it from one cursor take one firing. Move the cursor to `last_event` in this
    transaction. Events of very different age do not share a range, since a range has one expiry: `expires_after` hours
    after its oldest event was due. An event that becomes visible out of order is not lost: whoever is writing events is
    waited for, and when that takes too long the next look finds it.
    """
    hours, lives = timedelta(hours=trigger.hours), timedelta(hours=expires_after)
    asked = {"kind": trigger.of, "cursor": campaign.cursor, "ripe": now - hours, "campaign": campaign.id}
    if not await session.scalar(_FRESH, asked) or not await _settled(session):
        return None
    spans = {"together": max(timedelta(hours=1), lives / 4), "stale": now - hours - lives}
    found = (await session.execute(_RANGE, {**asked, **spans, "most": MOST})).one_or_none()
    if found is None:
        return None
    first, last, oldest = found
    return Firing(f"events:after-{campaign.cursor}", now, oldest + hours + lives, None, first, last)


async def _settled(session: AsyncSession) -> bool:
    """Whether nobody is writing events, until the transaction ends: no smaller id can appear later."""
    try:
        async with session.begin_nested():
            for step in _SETTLED:
                await session.execute(step)
    except OperationalError:
        return False
    return True
