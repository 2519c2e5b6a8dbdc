"""Care events and touchpoints: each once, the past no news, found for everybody in one statement a kind."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from crm_store.cases.complaints import Complaint
from crm_store.database import Store
from crm_store.loyalty.coupons import Coupon
from crm_store.loyalty.points import PointsEntry
from crm_store.loyalty.tiers import Tier
from crm_store.people.identities import ChannelIdentity
from crm_store.touchpoints.care_events import OFTEN, EventKind, EventTold
from crm_store.touchpoints.touchpoints import TouchpointTold
from tests.store.crowd import NOW, TODAY, Crowd, ago


@pytest.fixture
def crowd(store: Store) -> Crowd:
    return Crowd(store)


async def swept(crowd: Crowd, kind: EventKind, **more: Any) -> list[tuple[Any, ...]]:
    """Owner, key and detail of every event of this kind, after a sweep; a second sweep finds nothing."""
    async with crowd.store.transaction() as crm:
        first = await crm.care_events.sweep(more.pop("now", NOW), [kind], **more)
        assert (await crm.care_events.sweep(NOW, [kind]))[kind] == 0
    rows = await crowd.rows("select customer_id, key, detail from care_events where kind = :kind", kind=kind)
    names = {number: name for name, number in crowd.ids.items()}
    assert first[kind] == len(rows)
    return [(names[owner], key, detail) for owner, key, detail in rows]


async def test_members_of_late_have_joined_and_nobody_else(crowd: Crowd) -> None:
    for name, days, values in (
        ("New", 1, {"member_number": "M1"}),
        ("Old", 3, {"member_number": "M2"}),
        ("NoMember", 1, {}),
        ("Gone", 1, {"member_number": "M3", "erased_at": NOW}),
    ):
        await crowd.customer(name, joined_on=ago(days).date(), **values)
    assert await swept(crowd, EventKind.JOINED) == [("New", "joined", {})]


async def test_what_only_a_day_is_known_of_happened_by_its_end_or_now(crowd: Crowd) -> None:
    await crowd.customer("Today", joined_on=TODAY, member_number="M1")
    await crowd.customer("Before", joined_on=ago(1).date(), member_number="M2")
    await swept(crowd, EventKind.JOINED)
    midnight = NOW.replace(hour=0)
    assert await crowd.rows("select at from care_events order by id") == [(midnight,), (NOW,)]


async def test_a_purchase_is_news_when_it_has_arrived_lately(crowd: Crowd) -> None:
    kettle, orchard = await crowd.shelf("KT1"), await crowd.shop("ORC")
    await crowd.customer("Ann")
    await crowd.bought("Ann", ago(400), 500)
    await crowd.bought("Ann", ago(9), 500, ended_on=TODAY, state="delivered", products=[kettle], store_id=orchard)
    await crowd.bought("Ann", ago(1), 500, state="shipped", ended_on=None)
    detail = {"order_number": "WM2", "total_cents": 500, "store": "ORC", "sku": "KT1"}
    words = {"product": {"en": "KT1", "zh": "KT1"}}
    assert await swept(crowd, EventKind.PURCHASE) == [("Ann", "WM2", detail | words)]


async def test_more_news_days_bring_more_of_the_past(crowd: Crowd) -> None:
    await crowd.customer("Ann")
    await crowd.bought("Ann", ago(10))
    assert await swept(crowd, EventKind.PURCHASE) == []
    assert len(await swept(crowd, EventKind.PURCHASE, news_days=30)) == 1


async def test_a_tier_changes_against_the_last_look_and_up_or_down(crowd: Crowd) -> None:
    await crowd.keep(*(Tier(code=c, rank=r, name={}, threshold_cents=r, benefits={}) for r, c in enumerate("ms")))
    for name in ("Up", "Down", "Same"):
        await crowd.customer(name, tier="s" if name == "Down" else "m")
    async with crowd.store.transaction() as crm:
        await crm.lifecycles.refresh(NOW)
    assert await swept(crowd, EventKind.TIER_CHANGE) == []
    async with crowd.store.transaction() as crm:
        await crm.session.execute(text("update customers set tier = 's' where name = 'Up'"))
        await crm.session.execute(text("update customers set tier = 'm' where name = 'Down'"))
    assert await swept(crowd, EventKind.TIER_CHANGE) == [
        ("Up", "s:2026-11-23", {"from": "m", "to": "s", "up": True}),
        ("Down", "m:2026-11-23", {"from": "s", "to": "m", "up": False}),
    ]


async def test_a_complaint_closes_once_for_each_time_it_was_opened(crowd: Crowd) -> None:
    await crowd.customer("Ann")
    await crowd.customer("Bo")
    address = ChannelIdentity(channel="telegram", account="a", address="1", created_at=NOW)
    address.customer_id = crowd.ids["Bo"]
    await crowd.keep(address)

    def complaint(number: str, **values: Any) -> Complaint:
        common = {"category": "delivery", "what_happened": "late", "language": "en", "state": "closed"}
        return Complaint(
            number=number, **(common | {"opened_at": ago(9), "changed_at": NOW, "closed_at": ago(1)} | values)
        )

    known = complaint("C1", customer_id=crowd.ids["Ann"], reopened=1)
    await crowd.keep(known, complaint("C2", identity_id=address.id), complaint("C3", closed_at=ago(1)))
    await crowd.keep(complaint("C4", customer_id=crowd.ids["Ann"], merged_into=known.id))
    await crowd.keep(complaint("C5", customer_id=crowd.ids["Ann"], closed_at=ago(5)))
    found = await swept(crowd, EventKind.COMPLAINT_CLOSED)
    assert [(owner, key) for owner, key, _ in found] == [("Ann", "C1:1"), ("Bo", "C2")]
    assert found[0][2] == {"complaint_number": "C1", "category": "delivery"}


async def test_points_that_lapse_within_a_fortnight_are_told_by_day(crowd: Crowd) -> None:
    ann, bo = await crowd.customer("Ann"), await crowd.customer("Bo")
    lots = ((ann, 500, 10), (ann, 70, 12), (ann, 900, 15), (bo, 300, 5))
    for place, (owner, points, days) in enumerate(lots):
        lapses = TODAY + timedelta(days)
        await crowd.keep(
            PointsEntry(customer_id=owner, at=ago(60 - place), delta=points, reason="bonus", expires_on=lapses)
        )
    await crowd.keep(PointsEntry(customer_id=bo, at=ago(1), delta=-300, reason="redeemed"))
    await crowd.keep(PointsEntry(customer_id=ann, at=ago(1), delta=-100, reason="redeemed"))
    assert await swept(crowd, EventKind.POINTS_LAPSING) == [
        ("Ann", "2026-12-03", {"lapsing_points": 400, "lapsing_day": "2026-12-03"}),
        ("Ann", "2026-12-05", {"lapsing_points": 70, "lapsing_day": "2026-12-05"}),
    ]


async def test_a_coupon_lapses_within_a_week_unless_it_was_used(crowd: Crowd) -> None:
    ann = await crowd.customer("Ann")
    for code, days, used in (("A", 7, None), ("B", 8, None), ("C", 3, NOW), ("D", -1, None)):
        coupon = Coupon(code=code, customer_id=ann, title={"en": "Treat", "zh": "礼券"}, value_cents=500)
        coupon.min_spend_cents, coupon.used_at = 0, used
        coupon.valid_from, coupon.valid_until = TODAY - timedelta(30), TODAY + timedelta(days)
        await crowd.keep(coupon)
    detail = {"coupon_code": "A", "coupon_title": {"en": "Treat", "zh": "礼券"}, "coupon_until": "2026-11-30"}
    assert await swept(crowd, EventKind.COUPON_LAPSING) == [("Ann", "A", detail)]


async def test_gone_quiet_is_who_began_to_fade_lately_and_once_bought(crowd: Crowd) -> None:
    for name in ("Fresh", "Fading", "Long", "Never"):
        await crowd.customer(name, joined_on=ago(122).date())
    await crowd.bought("Fresh", ago(20))
    await crowd.bought("Fading", ago(122))
    await crowd.bought("Long", ago(200))
    async with crowd.store.transaction() as crm:
        await crm.lifecycles.refresh(NOW)
    ((owner, key, detail),) = await swept(crowd, EventKind.GONE_QUIET)
    assert (owner, key) == ("Fading", "2026-07-24")
    assert detail["last_order_at"].startswith("2026-07-24")


async def test_half_is_left_of_what_is_bought_again_and_again(crowd: Crowd) -> None:
    rice, lamp = await crowd.shelf("FD1", "Food Hall"), await crowd.shelf("HM1", "Home")
    await crowd.customer("Ann")
    await crowd.customer("Bo")
    for days in (76, 46, 16):
        await crowd.bought("Ann", ago(days), products=[rice])
    for days in (70, 40, 5):
        await crowd.bought("Bo", ago(days), products=[rice])
    await crowd.bought("Ann", ago(100), products=[lamp])
    async with crowd.store.transaction() as crm:
        await crm.lifecycles.refresh(NOW)
    ((owner, key, detail),) = await swept(crowd, EventKind.RUNNING_LOW)
    assert (owner, key) == ("Ann", "FD1:2026-11-07")
    assert detail == {"sku": "FD1", "product": {"en": "FD1", "zh": "FD1"}, "days_left": 14}


async def test_a_friend_who_joined_is_told_to_who_brought_them(crowd: Crowd) -> None:
    ann = await crowd.customer("Ann")
    bo = await crowd.customer("Bo", referred_by=ann, joined_on=TODAY)
    await crowd.customer("Cy", referred_by=ann, joined_on=ago(30).date())
    assert await swept(crowd, EventKind.REFERRAL) == [("Ann", str(bo), {"friend": bo})]


async def test_a_whole_sweep_counts_every_kind_and_a_frequent_one_only_some(crowd: Crowd) -> None:
    async with crowd.store.transaction() as crm:
        assert await crm.care_events.sweep(NOW) == dict.fromkeys(EventKind, 0)
        assert set(await crm.care_events.sweep(NOW, OFTEN)) == OFTEN


async def test_what_a_till_tells_twice_happened_once(crowd: Crowd) -> None:
    ann = await crowd.customer("Ann")
    told = EventTold(EventKind.REFERRAL, ann, "friend-7", NOW, {"friend": 7})
    async with crowd.store.transaction() as crm:
        assert await crm.care_events.tell(told) is True
        assert await crm.care_events.tell(told) is False
        assert [event.key for event in await crm.care_events.of(ann)] == ["friend-7"]


async def test_touchpoints_are_kept_once_by_source_and_key(crowd: Crowd) -> None:
    ann = await crowd.customer("Ann")
    told = [TouchpointTold(ann, "visit", ago(n % 50), "door", str(n), about="ORC") for n in range(1200)]
    async with crowd.store.transaction() as crm:
        assert await crm.touchpoints.tell(told) == 1200
        more = [*told[:5], TouchpointTold(ann, "kiosk", NOW, "door", "new")]
        assert await crm.touchpoints.tell(more) == 1
        assert await crm.touchpoints.tell([]) == 0
        newest = (await crm.touchpoints.of(ann, limit=1))[0]
        assert (newest.kind, newest.source_key) == ("kiosk", "new")
        assert await crm.touchpoints.kinds() == ["kiosk", "visit"]
