"""What the store knows beside a plan, for judging whether it can be sent (see crm_store/plans/checking.py)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.campaigns.coupon_offers import CouponOffer
from crm_store.campaigns.policies import ContactPolicies
from crm_store.plans.plan import Plan
from crm_store.plans.problem import Known, OfferLeft
from crm_store.plans.triggers import Cron
from crm_store.segments.segments import Segment, SegmentVersion


class CampaignChecks:
    """Reads inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def known(self, plan: Plan, now: datetime, cron: Cron | None = None) -> Known:
        """For `problems` and `warnings`. `cron` as for `next_firing`; without it a cron line is only counted."""
        policy = await ContactPolicies(self._session).current()
        usable, members = await self._segment(plan.segment_id)
        return Known(
            now=now,
            shop_zone=policy.zone,
            segment_usable=usable,
            members=members,
            offer=await self._offer(plan.coupon_offer_id),
            cron=cron,
            hours=policy.hours,
        )

    async def _segment(self, segment_id: int | None) -> tuple[bool, int | None]:
        """Whether it can be used, and how many it had when it was last counted."""
        asked = (
            select(Segment.archived_at, SegmentVersion.members)
            .join(SegmentVersion, SegmentVersion.segment_id == Segment.id)
            .where(Segment.id == segment_id, SegmentVersion.version == Segment.version)
        )
        row = (await self._session.execute(asked)).one_or_none() if segment_id is not None else None
        return (row is not None and row[0] is None), (row[1] if row is not None else None)

    async def _offer(self, offer_id: int | None) -> OfferLeft | None:
        offer = await self._session.get(CouponOffer, offer_id) if offer_id is not None else None
        return OfferLeft(offer.archived_at is not None, offer.left, offer.days) if offer is not None else None
