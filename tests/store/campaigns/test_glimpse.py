"""A look at a message before it fires: real values, and nothing given away."""

from datetime import UTC, datetime

from sqlalchemy import func, select

from crm_store.campaigns.campaigns import By
from crm_store.campaigns.coupon_offers import NewOffer
from crm_store.database import Store
from crm_store.loyalty.coupons import Coupon
from crm_store.plans.plan import Plan
from tests.store.planning.shop import Shop

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


async def test_a_look_shows_real_values_and_gives_no_code_away(store: Store) -> None:
    emma = await Shop(store).member(name="Emma Tan", language="zh")
    async with store.transaction() as crm:
        offer = await crm.coupon_offers.make(NewOffer({"en": "Treat", "zh": "礼券"}, "BDAY", 1000, 30), By(None, NOW))
        plan = Plan(coupon_offer_id=offer.id)
        values = (await crm.campaigns.glimpse(plan, {emma: "en"}, NOW))[emma]
        given = await crm.session.scalar(select(func.count()).select_from(Coupon))
    assert values["first_name"] == "Emma"
    assert values["how_to_stop"].startswith("Reply")
    assert "coupon_code" not in values
    assert "points" not in values
    assert given == 0
