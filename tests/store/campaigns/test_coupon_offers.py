"""Codes: one for each recipient, the same when asked again, never more than there are."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from crm_store.campaigns.campaigns import By
from crm_store.campaigns.coupon_offers import LETTERS, NewOffer, OfferRefused
from crm_store.crm import Crm
from crm_store.database import Store
from tests.store.campaigns.people import customer

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
TREAT = {
    "title": {"en": "S$10 birthday treat", "zh": "生日礼券 S$10"},
    "prefix": "BDAY",
    "value_cents": 1000,
    "days": 30,
}


@pytest.fixture
async def crm(store: Store) -> AsyncIterator[Crm]:
    async with store.transaction() as crm:
        yield crm


async def offer(crm: Crm, **more: Any) -> int:
    return (await crm.coupon_offers.make(NewOffer(**{**TREAT, **more}), By(None, NOW))).id


async def crowd(crm: Crm, many: int) -> list[int]:
    return [await customer(crm, f"Member {n}") for n in range(many)]


async def test_everybody_has_a_code_of_their_own_and_the_same_again(crm: Crm) -> None:
    people, number = await crowd(crm, 5), await offer(crm)
    first = await crm.coupon_offers.give(number, 7, people[:3], TODAY)
    again = await crm.coupon_offers.give(number, 7, people, TODAY)
    assert [again[one].code for one in people[:3]] == [first[one].code for one in people[:3]]
    assert len({coupon.code for coupon in again.values()}) == 5
    other = await crm.coupon_offers.give(number, 8, people[:1], TODAY)
    assert other[people[0]].code != first[people[0]].code, "another occurrence gives another code"
    made = await crm.coupon_offers.get(number)
    assert made is not None
    assert made.given == 6


async def test_a_code_says_what_the_offer_gives_and_until_when(crm: Crm) -> None:
    [one] = await crowd(crm, 1)
    coupon = (await crm.coupon_offers.give(await offer(crm, min_spend_cents=5000), 7, [one], TODAY))[one]
    assert (coupon.value_cents, coupon.min_spend_cents, coupon.valid_until) == (1000, 5000, date(2026, 12, 23))
    assert coupon.title == TREAT["title"]
    head, *groups = coupon.code.split("-")
    assert head == "BDAY"
    assert [len(group) for group in groups] == [5, 5]
    assert set("".join(groups)) <= set(LETTERS)
    assert [coupon.code for coupon in await crm.coupons.usable(one, TODAY)] == [coupon.code]


async def test_there_are_no_more_codes_than_there_may_be(crm: Crm) -> None:
    people, number = await crowd(crm, 5), await offer(crm, most=3)
    assert list(await crm.coupon_offers.give(number, 7, people[:2], TODAY)) == people[:2]
    assert sorted(await crm.coupon_offers.give(number, 7, people, TODAY)) == people[:3]
    assert await crm.coupon_offers.give(number, 8, people, TODAY) == {}


async def test_an_archived_offer_gives_no_more_but_what_was_given_stays(crm: Crm) -> None:
    people, number = await crowd(crm, 2), await offer(crm)
    await crm.coupon_offers.give(number, 7, people[:1], TODAY)
    await crm.coupon_offers.archive(number, By(None, NOW))
    assert list(await crm.coupon_offers.give(number, 7, people, TODAY)) == people[:1]
    assert await crm.coupon_offers.all() == []


async def test_two_lanes_that_give_at_once_give_each_code_once(store: Store) -> None:
    async with store.transaction() as crm:
        people, number = await crowd(crm, 12), await offer(crm, most=8)

    async def give(some: list[int]) -> dict[int, str]:
        async with store.transaction() as crm:
            given = await crm.coupon_offers.give(number, 7, some, TODAY)
            return {one: coupon.code for one, coupon in given.items()}

    found = await asyncio.gather(give(people[:6]), give(people[3:9]), give(people[6:]))
    codes = [(one, code) for each in found for one, code in each.items()]
    assert len(set(codes)) == len({one for one, _ in codes}) == len({code for _, code in codes}) == 8
    async with store.transaction() as crm:
        made = await crm.coupon_offers.get(number)
        assert made is not None
        assert (made.given, made.left) == (8, 0)


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("title", {"title": {"en": "Only English"}}),
        ("title", {"title": {"en": "x" * 61, "zh": "券"}}),
        ("prefix", {"prefix": "bday"}),
        ("prefix", {"prefix": "TOOLONGAPREFIX"}),
        ("value_cents", {"value_cents": 0}),
        ("min_spend_cents", {"min_spend_cents": -1}),
        ("days", {"days": 0}),
        ("most", {"most": 0}),
    ],
)
async def test_an_offer_that_cannot_be_is_refused_by_its_field(crm: Crm, field: str, more: dict[str, Any]) -> None:
    with pytest.raises(OfferRefused) as refused:
        await offer(crm, **more)
    assert refused.value.field == field
