"""Who is in a segment: every field, its opposite, ranges and lists, and words that would like to be SQL."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import func, select

from crm_store.database import Store
from crm_store.people.customers import Customer
from crm_store.segments.comparing import Op
from crm_store.segments.compile import members
from crm_store.segments.expression import EVERYBODY, All, AnyOf, Condition, Expression, Not
from tests.pure.segment_expressions import EXPRESSIONS
from tests.store.crowd import NOW, Crowd, ago


@pytest.fixture
def crowd(store: Store) -> Crowd:
    return Crowd(store)


def is_(field: str, *about: str, within: int | None = None) -> Condition:
    return Condition(field=field, about=about, within=within)


def one_of(field: str, *values: str) -> Condition:
    return Condition(field=field, op=Op.IN, values=values)


def number(field: str, op: str, *values: int, **more: Any) -> Condition:
    return Condition(field=field, op=Op(op), values=values, **more)


async def test_everybody_is_everybody_but_the_erased(crowd: Crowd) -> None:
    await crowd.customer("Ann")
    await crowd.customer("Gone", erased_at=NOW)
    assert await crowd.who(EVERYBODY) == {"Ann"}
    assert await crowd.who(Not(of=EVERYBODY)) == set()


async def test_words_are_compared_whole_and_a_missing_one_is_in_no_list(crowd: Crowd) -> None:
    orchard = await crowd.shop("ORC")
    await crowd.customer("Ann", tier="gold", home_store_id=orchard)
    await crowd.customer("Bo", tier="silver", language="zh")
    assert await crowd.who(one_of("tier", "gold", "silver")) == {"Ann", "Bo"}
    assert await crowd.who(one_of("language", "zh")) == {"Bo"}
    assert await crowd.who(one_of("home_store", "ORC")) == {"Ann"}
    assert await crowd.who(Condition(field="home_store", op=Op.NOT_IN, values=("ORC",))) == {"Bo"}
    assert await crowd.who(Not(of=one_of("home_store", "ORC"))) == {"Bo"}


async def test_an_age_changes_on_the_birthday_and_unknown_is_no_age(crowd: Crowd) -> None:
    await crowd.customer("Today", birth_date=date(2008, 11, 23))
    await crowd.customer("Tomorrow", birth_date=date(2008, 11, 24))
    await crowd.customer("Yearless", birth_date=date(2000, 1, 1), birth_year_known=False)
    await crowd.customer("Unknown")
    assert await crowd.who(number("age", ">=", 18)) == {"Today"}
    assert await crowd.who(number("age", "<", 18)) == {"Tomorrow"}
    assert await crowd.who(number("age", "=", 17)) == {"Tomorrow"}
    assert await crowd.who(number("age", "between", 17, 18)) == {"Today", "Tomorrow"}
    assert await crowd.who(Not(of=number("age", ">=", 18))) == {"Tomorrow", "Yearless", "Unknown"}


async def test_a_birthday_on_the_29th_makes_older_on_the_1st_of_march(crowd: Crowd) -> None:
    await crowd.customer("Leap", birth_date=date(2004, 2, 29))
    adult = number("age", ">=", 18)
    assert await crowd.who(adult, datetime(2022, 2, 28, 12, tzinfo=UTC)) == set()
    assert await crowd.who(adult, datetime(2022, 3, 1, 12, tzinfo=UTC)) == {"Leap"}


async def test_a_birth_month_is_that_of_a_solar_birthday(crowd: Crowd) -> None:
    await crowd.customer("March", birth_date=date(1990, 3, 2))
    await crowd.customer("Lunar", birth_date=date(1990, 3, 2), birth_calendar="lunar")
    assert await crowd.who(one_of("birth_month", "3", "4")) == {"March"}
    assert await crowd.who(is_("birthday_known")) == {"March", "Lunar"}


async def test_joined_so_many_days_ago(crowd: Crowd) -> None:
    for days in (0, 29, 30, 31):
        await crowd.customer(f"{days}", joined_on=ago(days).date())
    assert await crowd.who(number("joined", "<", 30)) == {"0", "29"}
    assert await crowd.who(number("joined", "<=", 30)) == {"0", "29", "30"}
    assert await crowd.who(number("joined", ">", 30)) == {"31"}
    assert await crowd.who(number("joined", "between", 29, 30)) == {"29", "30"}


async def test_contacts_household_and_friends(crowd: Crowd) -> None:
    ann = await crowd.customer("Ann", email="a@shop.example", household_id=7, member_number="M1")
    await crowd.customer("Bo", phone="+6591230000", referred_by=ann, wanted=False)
    await crowd.customer("Cy", referred_by=ann)
    assert await crowd.who(is_("has_email")) == {"Ann"}
    assert await crowd.who(is_("has_phone")) == {"Bo"}
    assert await crowd.who(is_("household")) == {"Ann"}
    assert await crowd.who(is_("member")) == {"Ann"}
    assert await crowd.who(Not(of=is_("wanted"))) == {"Bo"}
    assert await crowd.who(number("friends_brought", ">=", 2)) == {"Ann"}
    assert await crowd.who(number("friends_brought", "<", 2)) == {"Bo", "Cy"}
    assert await crowd.who(number("friends_brought", "=", 0)) == {"Bo", "Cy"}


async def test_orders_and_spending_in_a_window_leave_out_what_was_undone(crowd: Crowd) -> None:
    for name in ("Ann", "Bo", "Cy"):
        await crowd.customer(name)
    await crowd.bought("Ann", ago(10), 6000)
    await crowd.bought("Ann", ago(80), 4000)
    await crowd.bought("Bo", ago(10), 20000, state="returned")
    await crowd.bought("Bo", ago(100), 20000)
    assert await crowd.who(number("spent", ">=", 10000, within=90)) == {"Ann"}
    assert await crowd.who(number("spent", "<", 10000, within=90)) == {"Bo", "Cy"}
    assert await crowd.who(number("spent", "between", 0, 6000, within=30)) == {"Ann", "Bo", "Cy"}
    assert await crowd.who(number("orders", ">=", 1, within=90)) == {"Ann"}
    assert await crowd.who(number("orders", "=", 2, within=90)) == {"Ann"}
    assert await crowd.who(number("orders", "!=", 2, within=90)) == {"Bo", "Cy"}
    assert await crowd.who(number("orders", "<", 1, within=90)) == {"Bo", "Cy"}


async def test_the_last_order_is_the_newest_kept_one_and_none_is_not_long_ago(crowd: Crowd) -> None:
    for name in ("Fresh", "Old", "Never"):
        await crowd.customer(name)
    await crowd.bought("Fresh", ago(100))
    await crowd.bought("Fresh", ago(0.01))
    await crowd.bought("Old", ago(100))
    await crowd.bought("Old", ago(5), state="cancelled")
    async with crowd.store.transaction() as crm:
        await crm.lifecycles.refresh(NOW)
    await crowd.customer("New")
    await crowd.bought("New", ago(70))
    await crowd.bought("New", ago(0.01))
    assert await crowd.who(number("last_order", ">", 60)) == {"Old"}
    assert await crowd.who(number("last_order", ">=", 100)) == {"Old"}
    assert await crowd.who(number("last_order", "<=", 100)) == {"Fresh", "Old", "New"}
    assert await crowd.who(number("last_order", "<", 100)) == {"Fresh", "New"}
    assert await crowd.who(number("last_order", "between", 60, 200)) == {"Old"}
    assert await crowd.who(Not(of=number("last_order", ">", 60))) == {"Fresh", "Never", "New"}


async def test_what_was_bought_where_and_how(crowd: Crowd) -> None:
    kettle, scarf = await crowd.shelf("KT1"), await crowd.shelf("FA1", "Fashion", "Marlowe")
    orchard = await crowd.shop("ORC")
    await crowd.customer("Ann")
    await crowd.customer("Bo")
    await crowd.bought("Ann", ago(10), products=[kettle], channel="web")
    await crowd.bought("Bo", ago(50), products=[scarf], store_id=orchard)
    assert await crowd.who(is_("bought", "KT1", "KT2")) == {"Ann"}
    assert await crowd.who(is_("bought", "FA1", within=30)) == set()
    assert await crowd.who(Not(of=is_("bought", "KT1"))) == {"Bo"}
    assert await crowd.who(is_("bought_category", "Fashion", within=60)) == {"Bo"}
    assert await crowd.who(is_("bought_brand", "Linden")) == {"Ann"}
    assert await crowd.who(is_("bought_at", "ORC")) == {"Bo"}
    assert await crowd.who(is_("bought_through", "web", "app")) == {"Ann"}


async def test_groups_join_as_they_say(crowd: Crowd) -> None:
    await crowd.customer("Ann", tier="gold", language="zh")
    await crowd.customer("Bo", tier="gold")
    await crowd.customer("Cy", language="zh")
    gold, chinese = one_of("tier", "gold"), one_of("language", "zh")
    assert await crowd.who(All(of=(gold, chinese))) == {"Ann"}
    assert await crowd.who(AnyOf(of=(gold, chinese))) == {"Ann", "Bo", "Cy"}
    assert await crowd.who(Not(of=AnyOf(of=(gold, chinese)))) == set()
    assert await crowd.who(Not(of=All(of=(gold, chinese)))) == {"Bo", "Cy"}


async def test_the_select_takes_a_range_or_a_list_and_stands_in_other_statements(crowd: Crowd) -> None:
    ids = [await crowd.customer(name) for name in "ABCD"]
    question = members(EVERYBODY, NOW)
    async with crowd.store.reading() as crm:
        ranged = await crm.session.scalars(question.where(Customer.id.between(ids[1], ids[2])))
        assert sorted(ranged) == ids[1:3]
        listed = await crm.session.scalars(question.where(Customer.id.in_(ids[:1])))
        assert list(listed) == ids[:1]
        assert await crm.session.scalar(select(func.count()).select_from(question.subquery())) == 4


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(expression=EXPRESSIONS)
async def test_a_question_and_its_opposite_part_everybody(crowd: Crowd, expression: Expression) -> None:
    if not crowd.ids:
        await crowd.customer("Ann", tier="gold", email="a@shop.example", birth_date=date(1990, 3, 2))
        await crowd.customer("Bo")
        await crowd.bought("Bo", ago(20))
    fits = await crowd.who(expression)
    assert await crowd.who(Not(of=expression)) == {"Ann", "Bo"} - fits


HOSTILE = ("'; drop table customers; --", "%s %(x)s :x", '"\\', "gold' or '1'='1", "{field}", "$1", "柳岸' --")


@pytest.mark.parametrize("word", HOSTILE)
async def test_hostile_words_are_values_and_nothing_else(crowd: Crowd, word: str) -> None:
    await crowd.customer("Ann", tier=word)
    await crowd.customer("Bo")
    asked: list[Expression] = [is_("bought", word), is_("bought_category", word), is_("bought_at", word)]
    assert await crowd.who(one_of("tier", word)) == {"Ann"}
    assert await crowd.who(AnyOf(of=tuple(asked))) == set()
    assert word not in str(members(one_of("tier", word), NOW))
