"""The agenda: what went out by day, and the campaigns that will fire, for a calendar."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.campaigns.campaign import Campaign, CampaignState, CampaignVersion
from crm_store.plans.plan import Plan
from crm_store.segments.segments import SegmentVersion

COMING = (CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSED)

# A firing on people's own clocks belongs to the day it is about, however early it fires.
_DAYS = text(
    """
    with fired as materialized (
        select o.id, o.campaign_id, coalesce(cast(o.day as date), cast(o.due_at at time zone :zone as date)) as day,
               o.due_at, o.state
          from occurrences o
         where o.due_at >= :start - interval '3 days' and o.due_at < :end + interval '3 days'
    ), went as (
        select f.campaign_id, f.day, t.state, count(*) as many, min(coalesce(t.sent_at, t.due_at)) as first_at
          from fired f join touches t on t.occurrence_id = f.id
         where f.day >= :first and f.day <= :last
         group by 1, 2, 3
    )
    select c.id, c.name, c.purpose, c.state, f.day,
           coalesce((select min(w.first_at) from went w where w.campaign_id = c.id and w.day = f.day),
                    min(f.due_at)) as at,
           count(*) as firings,
           bool_or(f.state in ('due', 'planning', 'planned')) as is_open,
           coalesce((select jsonb_object_agg(w.state, w.many) from went w
                      where w.campaign_id = c.id and w.day = f.day), '{}') as touches
      from fired f join campaigns c on c.id = f.campaign_id
     where f.day >= :first and f.day <= :last
     group by c.id, f.day order by f.day, min(f.due_at), c.id
    """
)
_LAST = text(
    """
    select distinct on (o.campaign_id) o.campaign_id,
           (select count(*) from touches t where t.occurrence_id = o.id
               and t.state in ('waiting', 'sending', 'sent', 'unknown', 'failed')) as many
      from occurrences o
     where o.campaign_id = any(:ids) and o.state in ('planned', 'done') and o.first_event is null
     order by o.campaign_id, o.id desc
    """
)


@dataclass(frozen=True)
class Gone:
    """What one campaign fired for one day. `at`: when the first of it went out, or is to go. `touches` by state;
    `is_open`: not all of it has ended."""

    campaign_id: int
    name: str
    purpose: str
    state: str
    day: date
    at: datetime
    firings: int
    is_open: bool
    touches: dict[str, int]

    @property
    def sent(self) -> int:
        return self.touches.get("sent", 0)

    @property
    def ahead(self) -> int:
        return sum(self.touches.get(state, 0) for state in ("waiting", "sending", "parked"))


@dataclass(frozen=True)
class Ahead:
    """A campaign that may fire. `last`: how many its last firing was for; `members`: of its segment when counted."""

    campaign: Campaign
    plan: Plan
    last: int | None
    members: int | None


class Agenda:
    """Reads inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def gone(self, first: date, last: date, span: tuple[datetime, datetime], zone: str) -> list[Gone]:
        """What fired for the days from `first` to `last`, by day; `span`: from their first instant to their end."""
        asked: dict[str, Any] = {"first": first, "last": last, "start": span[0], "end": span[1], "zone": zone}
        return [Gone(*row) for row in await self._session.execute(_DAYS, asked)]

    async def ahead(self) -> list[Ahead]:
        """Scheduled, running and paused ones, with what was approved of them."""
        rows = await self._session.execute(
            select(Campaign, CampaignVersion.plan)
            .join(CampaignVersion, CampaignVersion.campaign_id == Campaign.id)
            .where(CampaignVersion.version == func.coalesce(Campaign.approved_version, Campaign.version))
            .where(Campaign.state.in_(COMING))
            .order_by(Campaign.id)
        )
        found = [(campaign, Plan.model_validate(plan)) for campaign, plan in rows]
        last = dict(
            (row[0], row[1])
            for row in await self._session.execute(_LAST, {"ids": [campaign.id for campaign, _ in found]})
        )
        members = await self._members([plan.segment_id for _, plan in found if plan.segment_id is not None])
        return [
            Ahead(campaign, plan, last.get(campaign.id), members.get(plan.segment_id or 0)) for campaign, plan in found
        ]

    async def _members(self, segment_ids: list[int]) -> dict[int, int]:
        """As it was last counted, in whichever version."""
        rows = await self._session.execute(
            select(SegmentVersion.segment_id, SegmentVersion.members)
            .where(SegmentVersion.segment_id.in_(segment_ids), SegmentVersion.members.is_not(None))
            .order_by(SegmentVersion.version)
        )
        return {row[0]: row[1] for row in rows if row[1] is not None}
