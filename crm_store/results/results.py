"""Results of campaigns: what was sent, what came of it, and against those held out; in a few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.campaigns.campaign import Campaign
from crm_store.planning.occurrences import Occurrence
from crm_store.results.figures import Figures, Heap, Result, Savings, comparison_of, result_of
from crm_store.results.savings import SAVED
from crm_store.results.trials import FIRINGS, HEAPS, PERSONS, SUMMED

_HEAPS, _PERSONS, _SUMMED = text(HEAPS), text(PERSONS), text(SUMMED)
_SAVINGS = text(
    f"""
    with {FIRINGS}, {SAVED}
    select (select count(*) from firings f join coupons k on k.occurrence_id = f.id) as given,
           count(*) filter (where kind = 'coupon') as used,
           cast(coalesce(sum(cents) filter (where kind = 'coupon'), 0) as bigint) as coupon_cents,
           cast(coalesce(sum(cents) filter (where kind = 'reminder'), 0) as bigint) as reminder_cents,
           cast(coalesce(sum(cents) filter (where kind = 'points'), 0) as bigint) as points_cents
      from saved
    """
)
_SAVED_BY_CAMPAIGN = text(
    f"""
    with {FIRINGS}, {SAVED}
    select f.campaign_id, cast(sum(s.cents) as bigint) from saved s join firings f on f.id = s.occurrence_id group by 1
    """
)
_SCORES = text(
    """
    select a.score, count(*) from survey_answers a join occurrences o on o.id = a.occurrence_id
     where o.campaign_id = any(:campaigns) group by a.score order by a.score desc
    """
)
_LAST = text(
    f"""
    with {FIRINGS}
    select max(coalesce(t.last_at, f.middle) + f.goal_days * interval '1 day')
      from firings f
      left join lateral (select max(sent_at) as last_at from touches where occurrence_id = f.id) t on true
    """
)


@dataclass(frozen=True)
class Summed:
    """One campaign in the list: its figures, what was saved, and when the first and the last message went out."""

    campaign: Campaign
    figures: Figures
    saved_cents: int
    first_at: datetime | None
    last_at: datetime | None


class Results:
    """Reads inside one transaction. `zone` (IANA) says where a day begins."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, campaign_id: int, now: datetime, zone: str) -> Result:
        """Of one that has never fired everything is empty."""
        asked = {"campaigns": [campaign_id], "now": now}
        heaps = [Heap(*row) for row in await self._session.execute(_HEAPS, asked | {"zone": zone})]
        comparison = comparison_of(tuple(row) for row in await self._session.execute(_PERSONS, asked))
        savings = (await self._session.execute(_SAVINGS, asked | {"zone": zone})).one()
        scores = {row[0]: row[1] for row in await self._session.execute(_SCORES, {"campaigns": [campaign_id]})}
        until = await self._session.scalar(_LAST, {"campaigns": [campaign_id]})
        counting = until if until is not None and until > now else None
        return result_of(heaps, comparison, Savings(**savings._mapping), scores, counting)

    async def all(self, now: datetime, zone: str, back: timedelta) -> list[Summed]:
        """Campaigns that fired since, the last sent first."""
        fired = select(Occurrence.campaign_id).where(Occurrence.fired_at > now - back)
        campaigns = list(await self._session.scalars(select(Campaign).where(Campaign.id.in_(fired))))
        asked: dict[str, Any] = {"campaigns": [campaign.id for campaign in campaigns], "now": now}
        rows = {row.campaign_id: row for row in await self._session.execute(_SUMMED, asked)}
        saved = {row[0]: row[1] for row in await self._session.execute(_SAVED_BY_CAMPAIGN, asked | {"zone": zone})}
        return _by_time([_summed(campaign, rows.get(campaign.id), saved.get(campaign.id, 0)) for campaign in campaigns])


def _summed(campaign: Campaign, row: Any, saved: int) -> Summed:
    if row is None:
        return Summed(campaign, Figures(), saved, None, None)
    names = ("sent", "failed", "unknown", "held_out", "answered", "stopped", "converted")
    figures = Figures(**{name: getattr(row, name) for name in names}, sold_cents=row.cents)
    return Summed(campaign, figures, saved, row.first_at, row.last_at)


def _by_time(found: Sequence[Summed]) -> list[Summed]:
    return sorted(found, key=lambda each: each.last_at or each.campaign.made_at, reverse=True)
