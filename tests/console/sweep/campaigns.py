"""A campaign with everything that can be shown of one, `words` wherever a marketer wrote."""

from datetime import datetime, timedelta
from typing import Any

from crm_store.campaigns.campaigns import By, NewCampaign
from crm_store.campaigns.coupon_offers import CouponOffer
from crm_store.crm import Crm
from crm_store.people.consent import Purpose
from crm_store.planning.occurrences import Occurrence
from crm_store.planning.touches import Touch
from crm_store.plans.plan import Content, Plan
from tests.touching import trace

STEPS = [
    {"gate": "address_suppressed", "passed": False, "detail": "telegram blocked, email bounced"},
    {"gate": "own_preference", "passed": False, "detail": "off mothers_day"},
    {"gate": "cap_overall", "passed": False, "detail": "2 in 7 days", "until": "2026-11-24T01:00:00Z"},
]


async def a_campaign(crm: Crm, words: str, staff: int, customer_id: int, now: datetime) -> dict[str, Any]:
    """What the keys of its paths stand for."""
    offer = CouponOffer(title={"en": words, "zh": words}, prefix="AB", value_cents=1, days=9, made_at=now)
    crm.session.add(offer)
    await crm.session.flush()
    said = tuple(
        Content(language=language, channel=channel, text=words + " {shop}", subject=words, choices=(words[:40],))
        for language in ("en", "zh")
        for channel in ("*", "email")
    )
    plan = Plan(channels=("telegram", "email"), contents=said, coupon_offer_id=offer.id, skus=(words[:40],))
    made = await crm.campaigns.make(NewCampaign(words[:100], Purpose.CARE, plan), By(staff, now, words))
    firing = Occurrence(
        campaign_id=made.id, version=1, key="once", state="planned", purpose="care", due_at=now,
        expires_at=now + timedelta(days=1), fired_at=now,
    )  # fmt: skip
    crm.session.add(firing)
    await crm.session.flush()
    touch = Touch(
        occurrence_id=firing.id, customer_id=customer_id, state="suppressed", outcome="suppress", reason="no_consent",
        channel="telegram", lane="telegram:main", expires_at=now, decided_at=now, policy_version=1,
        trace_id=await trace(crm, STEPS),
    )  # fmt: skip
    crm.session.add(touch)
    await crm.session.flush()
    return {"campaign_id": made.id, "firing_id": firing.id}
