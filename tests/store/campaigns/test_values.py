"""Values of variables: from the records, in each person's language, and nobody is written to about nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event as listening

from crm_store.campaigns.campaigns import By
from crm_store.campaigns.coupon_offers import NewOffer
from crm_store.campaigns.value_rows import Fired
from crm_store.campaigns.values import Missing
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.loyalty.coupons import Coupon
from crm_store.loyalty.points import PointsEntry
from crm_store.loyalty.tiers import Tier
from crm_store.people.consent import Who
from crm_store.people.identities import ChannelIdentity
from crm_store.people.preferences import Occasion
from crm_store.plans.plan import Anniversary, Content, OnEvent, Plan
from crm_store.touchpoints.care_events import CareEvent
from tests.store.campaigns.people import customer, event
from tests.store.cases import order

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@pytest.fixture
async def crm(store: Store) -> AsyncIterator[Crm]:
    async with store.transaction() as crm:
        yield crm


def saying(text: str, **more: Any) -> Plan:
    return Plan(contents=(Content(language="en", text=text),), **more)


async def test_a_person_is_called_by_name_in_their_own_language(crm: Crm) -> None:
    crm.session.add(
        Tier(code="member", rank=0, name={"en": "Member", "zh": "普通会员"}, threshold_cents=0, benefits={})
    )
    emma, mei = await customer(crm), await customer(crm, "林晓梅", "zh")
    found = await crm.campaigns.values_of(Fired(7), saying("{first_name} {tier}"), [emma, mei], NOW)
    assert [(found[one]["first_name"], found[one]["tier"]) for one in (emma, mei)] == [  # type: ignore[index]
        ("Emma", "Member"),
        ("林晓梅", "普通会员"),
    ]
    found = await crm.campaigns.values_of(Fired(7), saying("{tier}"), {emma: "zh"}, NOW)
    assert found[emma]["tier"] == "普通会员", "the caller knows which language they read"  # type: ignore[index]


async def test_points_are_what_is_in_hand_and_nobody_is_told_of_none(crm: Crm) -> None:
    rich, poor, settled = [await customer(crm, name) for name in ("Rich Lim", "Poor Lim", "Settled Lim")]
    for owner, delta, until in ((rich, 300, date(2026, 12, 31)), (rich, 2180, date(2027, 12, 31)), (settled, 50, None)):
        crm.session.add(PointsEntry(customer_id=owner, at=NOW, delta=delta, reason="bought", expires_on=until))
    await crm.session.flush()
    plan = saying("{lapsing_points} {lapsing_worth} {lapsing_day} of {points} {points_worth}")
    found = await crm.campaigns.values_of(Fired(7), plan, [rich, poor, settled], NOW)
    assert isinstance(found[rich], dict)
    said = [found[rich][name] for name in ("lapsing_points", "lapsing_worth", "lapsing_day", "points", "points_worth")]  # type: ignore[index]
    assert said == ["300", "S$3", "31 December", "2,480", "S$24.80"]
    assert [found[one] for one in (poor, settled)] == [Missing("lapsing_day")] * 2


async def test_a_purchase_is_named_by_its_order_and_what_cost_most_and_only_to_its_owner(crm: Crm) -> None:
    emma, other = await customer(crm), await customer(crm, "Other Tan")
    number = "WM1"
    await order(crm, number, emma, ["KT101"])
    plan = saying("{product} of {order_number}", trigger=OnEvent(of="purchase"))
    first = await told_of(crm, "purchase", emma, number)
    last = await told_of(crm, "purchase", other, number)
    found = await crm.campaigns.values_of(Fired(7, events=(first, last)), plan, [emma, other], NOW)
    assert isinstance(found[emma], dict)
    assert found[emma]["order_number"] == number  # type: ignore[index]
    assert found[emma]["product"]  # type: ignore[index]
    assert found[other] == Missing("order_number")


async def told_of(crm: Crm, kind: str, owner: int, key: str, **detail: Any) -> int:
    number = await event(crm, kind, owner, NOW, **detail)
    row = await crm.session.get_one(CareEvent, number)
    row.key = key
    await crm.session.flush()
    return number


async def test_a_lapsing_coupon_that_was_used_meanwhile_is_not_spoken_of(crm: Crm) -> None:
    keeps, used = await customer(crm, "Keeps Tan"), await customer(crm, "Used Tan")
    events = []
    for owner, used_at in ((keeps, None), (used, NOW)):
        span = {"valid_from": TODAY, "valid_until": TODAY + timedelta(days=7), "used_at": used_at}
        worth = {"title": {"en": "S$5 off", "zh": "减 S$5"}, "value_cents": 500, "min_spend_cents": 0}
        crm.session.add(Coupon(code=f"C-{owner}", customer_id=owner, **worth, **span))
        events.append(await told_of(crm, "coupon_lapsing", owner, f"C-{owner}"))
    plan = saying("{coupon_code} {coupon_until}", trigger=OnEvent(of="coupon_lapsing"))
    found = await crm.campaigns.values_of(Fired(7, events=(events[0], events[-1])), plan, [keeps, used], NOW)
    assert isinstance(found[keeps], dict)
    assert (found[keeps]["coupon_code"], found[keeps]["coupon_until"]) == (f"C-{keeps}", "30 November")  # type: ignore[index]
    assert isinstance(found[used], Missing)


async def test_a_code_is_given_to_whoever_is_written_to_and_to_nobody_else(crm: Crm) -> None:
    terms = NewOffer({"en": "S$10 off", "zh": "减 S$10"}, "GIFT", 1000, 30)
    offer = await crm.coupon_offers.make(terms, By(None, NOW))
    emma, poor = await customer(crm), await customer(crm, "Poor Tan")
    crm.session.add(PointsEntry(customer_id=emma, at=NOW, delta=5, reason="bought"))
    await crm.session.flush()
    plan = saying("{points}: {coupon_code}, {coupon_title} until {coupon_until}", coupon_offer_id=offer.id)
    found = await crm.campaigns.values_of(Fired(7), plan, [emma, poor], NOW)
    again = await crm.campaigns.values_of(Fired(7), plan, [emma], NOW)
    assert isinstance(found[emma], dict)
    assert found[emma] == again[emma]
    assert found[emma]["coupon_until"] == "23 December"  # type: ignore[index]
    assert (found[poor], offer.given) == (Missing("points"), 1)


async def test_a_childs_birthday_names_the_child_whose_day_it_is(crm: Crm) -> None:
    parent = await customer(crm)
    identity = ChannelIdentity(channel="telegram", account="shop", address="1", customer_id=parent, created_at=NOW)
    crm.session.add(identity)
    await crm.session.flush()
    for whom, day in (("Mia", 23), ("Ben", 24), ("Leo", 23)):
        crm.session.add(
            Occasion(
                **vars(Who(identity.id, None)), kind="child_birthday", month=11, day=day, whom=whom, words="x", at=NOW
            )
        )
    await crm.session.flush()
    plan = saying("{whom} has {occasion}", trigger=Anniversary(of="child_birthday", days=-3))
    found = await crm.campaigns.values_of(Fired(7, day="2026-11-20"), plan, [parent], NOW)
    assert found[parent]["whom"] == "Leo & Mia"  # type: ignore[index]
    found = await crm.campaigns.values_of(Fired(7, day="2026-11-22"), plan, [parent], NOW)
    assert found[parent] == Missing("whom")


async def test_a_name_that_tries_to_be_more_is_one_line(crm: Crm) -> None:
    odd = await customer(crm, "{shop}\n‮Emma\u0000"[:-1] + " Tan Tan")
    found = await crm.campaigns.values_of(Fired(7), saying("{name}"), [odd], NOW)
    assert found[odd]["name"] == "{shop} Emma Tan Tan"  # type: ignore[index]


async def test_whoever_was_erased_has_no_values(crm: Crm) -> None:
    gone = await customer(crm, erased_at=NOW)
    assert await crm.campaigns.values_of(Fired(7), saying("Hello"), [gone], NOW) == {gone: Missing("name")}


async def test_many_people_cost_as_many_statements_as_one(crm: Crm) -> None:
    people = [await customer(crm, f"Member {n}") for n in range(40)]
    offer = await crm.coupon_offers.make(NewOffer({"en": "a", "zh": "b"}, "GIFT", 1000, 30), By(None, NOW))
    first = await told_of(crm, "purchase", people[0], "WM1")
    plan = saying("{coupon_code}", trigger=OnEvent(of="purchase"), coupon_offer_id=offer.id)
    counts = []
    for some in (people[:1], people):
        async with counted(crm) as asked:
            await crm.campaigns.values_of(Fired(7 + len(some), events=(first, first)), plan, some, NOW)
        counts.append(len(asked))
    assert counts[0] == counts[1]


@asynccontextmanager
async def counted(crm: Crm) -> AsyncIterator[list[str]]:
    """Every statement that is asked meanwhile."""
    asked: list[str] = []

    def note(*told: Any) -> None:
        asked.append(told[2])

    connection = (await crm.session.connection()).sync_connection
    listening.listen(connection, "before_cursor_execute", note)
    yield asked
    listening.remove(connection, "before_cursor_execute", note)


async def test_a_complaint_that_was_reopened_is_still_called_by_its_number(crm: Crm) -> None:
    emma = await customer(crm)
    closed = await told_of(crm, "complaint_closed", emma, "C1042:1", complaint_number="C1042")
    plan = saying("{complaint_number}", trigger=OnEvent(of="complaint_closed"))
    found = await crm.campaigns.values_of(Fired(7, events=(closed, closed)), plan, [emma], NOW)
    assert found[emma]["complaint_number"] == "C1042"  # type: ignore[index]


async def test_what_still_lasts_is_named_with_its_days(crm: Crm) -> None:
    emma = await customer(crm)
    await order(crm, "WM1", emma, ["RICE"])
    low = await told_of(crm, "running_low", emma, "RICE:2026-11-01", sku="RICE", days_left=14)
    plan = saying("{product}: {days_left}", trigger=OnEvent(of="running_low"))
    found = await crm.campaigns.values_of(Fired(7, events=(low, low)), plan, [emma], NOW)
    assert (found[emma]["product"], found[emma]["days_left"]) == ("RICE", "14")  # type: ignore[index]
