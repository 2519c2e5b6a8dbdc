"""A plan is judged by what the store knows: its segment, its offer, the hours in which one may write."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from crm_store.campaigns.campaigns import By, NewCampaign
from crm_store.campaigns.coupon_offers import NewOffer
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.people.consent import Purpose
from crm_store.plans.checking import problems
from crm_store.plans.plan import Plan
from crm_store.plans.problem import CampaignIncomplete, OfferLeft
from crm_store.segments.segments import Segment, SegmentVersion
from tests.pure.plans.texts import LIMITS, plan

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
async def crm(store: Store) -> AsyncIterator[Crm]:
    async with store.transaction() as crm:
        yield crm


async def segment(crm: Crm, members: int) -> Segment:
    row = Segment(name="Everybody", version=2, made_at=NOW)
    crm.session.add(row)
    await crm.session.flush()
    for version, count in ((1, 1), (2, members)):
        told = {"segment_id": row.id, "version": version, "expression": {}, "made_at": NOW}
        crm.session.add(SegmentVersion(**told, members=count))
    await crm.session.flush()
    return row


async def test_the_newest_count_the_codes_left_and_the_rules_hours_are_known(crm: Crm) -> None:
    terms = NewOffer({"en": "S$10 off", "zh": "减 S$10"}, "GIFT", 1000, 30, most=50)
    offer = await crm.coupon_offers.make(terms, By(None, NOW))
    checked = plan("{coupon_code}", segment_id=(await segment(crm, 51)).id, coupon_offer_id=offer.id)
    known = await crm.campaign_checks.known(checked, NOW)
    assert (known.segment_usable, known.members, known.offer) == (True, 51, OfferLeft(False, 50, 30))
    assert known.hours[Purpose.CARE] == ("09:00", "21:00")
    assert [one.code for one in problems(checked, Purpose.CARE, LIMITS, known)] == ["too_few"]


async def test_what_is_archived_or_was_never_there_is_gone(crm: Crm) -> None:
    archived = await segment(crm, 1)
    archived.archived_at = NOW
    for number in (archived.id, archived.id + 1):
        checked = plan("{coupon_code}", segment_id=number, coupon_offer_id=404)
        known = await crm.campaign_checks.known(checked, NOW)
        found = [(one.field, one.code) for one in problems(checked, Purpose.CARE, LIMITS, known)]
        assert found == [("segment_id", "gone"), ("coupon_offer_id", "lapsed")]


async def test_what_cannot_be_sent_is_not_handed_in(crm: Crm) -> None:
    campaign = await crm.campaigns.make(NewCampaign("Spring", Purpose.CARE, Plan()), By(None, NOW))
    found = problems(Plan(), Purpose.CARE, LIMITS, await crm.campaign_checks.known(Plan(), NOW))
    with pytest.raises(CampaignIncomplete, match="segment_id: missing"):
        await crm.campaigns.submit(campaign.id, By(None, NOW), found)
