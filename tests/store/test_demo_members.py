"""The members of the demo shop: believable, and consistent with the shop's own rules."""

import re
from datetime import date, datetime, timedelta

import pytest

from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.demo.seed import fill_demo_shop
from crm_store.loyalty.points import Balance, balance_of
from tests.store.asking import one, rows

STATES = {"placed", "packed", "shipped", "ready", "delivered", "collected", "cancelled", "returned"}


async def test_members_are_told_apart_and_can_be_reached(demo: Crm) -> None:
    people = await rows(demo, "select language, email, phone, birth_date, birth_calendar from customers")
    emails = [person.email for person in people if person.email]
    phones = [person.phone for person in people]
    assert len(set(emails)) == len(emails)
    assert len(set(phones)) == len(phones)
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+\d*@example\.(com|org|net)", email) for email in emails)
    assert all(re.fullmatch(r"\+65[89]\d{7}", phone) for phone in phones)
    assert 0.35 < sum(person.language == "zh" for person in people) / len(people) < 0.45
    assert any(person.birth_calendar == "lunar" for person in people)
    assert any(person.birth_date and (person.birth_date.month, person.birth_date.day) == (2, 29) for person in people)


async def test_an_order_costs_what_its_lines_cost(demo: Crm) -> None:
    wrong = """select count(*) from orders where total_cents <>
        (select sum(quantity * price_cents) from order_lines where order_id = orders.id)"""
    assert await one(demo, wrong) == 0
    assert await one(demo, "select max(line) from order_lines") == 5
    assert await one(demo, "select count(*) from orders where number !~ '^WM[0-9]{6}$'") == 0


async def test_orders_are_under_way_in_every_state_and_each_state_tells_its_story(demo: Crm, today: date) -> None:
    found = await rows(demo, "select * from orders")
    assert {order.state for order in found} == STATES
    for order in found:
        assert order.placed_at.date() < today
        assert bool(order.ended_on) == (order.state in {"delivered", "collected", "cancelled", "returned"})
        assert order.ended_on is None or order.ended_on < today
        if order.state == "shipped":
            assert order.carrier
            assert order.tracking
            assert order.expected_on >= today
        if order.state in {"ready", "collected"}:
            assert order.store_id
    assert any(order.state == "delivered" and order.ended_on == today - timedelta(days=1) for order in found)
    assert (
        await one(
            demo, "select count(*) from orders join customers c on c.id = customer_id where joined_on > placed_at"
        )
        == 0
    )


async def test_a_fifth_of_the_members_brings_most(demo: Crm) -> None:
    spent = sorted(
        (row.spent for row in await rows(demo, "select sum(total_cents) as spent from orders group by customer_id")),
        reverse=True,
    )
    assert sum(spent[:400]) > 0.65 * sum(spent)


async def test_points_are_earned_on_what_was_delivered_or_collected_and_on_nothing_else(demo: Crm) -> None:
    wrong = """select count(*) from orders full join
        (select * from points_entries where reason = 'purchase') as entry on order_number = number
        where coalesce(state in ('delivered', 'collected') and total_cents >= 100, false) <> (entry.id is not null)
        or entry.delta <> total_cents / 100
        or entry.expires_on <> make_date(extract(year from ended_on)::int + 1, 12, 31)"""
    assert await one(demo, wrong) == 0


@pytest.mark.parametrize("today", [date(2026, 12, 31), date(2027, 1, 1), date(2028, 2, 29)])
async def test_points_are_never_negative_and_nothing_outlives_its_last_day(store: Store, today: date) -> None:
    await fill_demo_shop(store, today, lambda _: None)
    running = "sum(delta) over (partition by customer_id order by at, id)"
    async with store.transaction() as crm:
        assert await one(crm, f"select min(points) from (select {running} as points from points_entries) as x") >= 0
        found = await rows(crm, "select customer_id, delta, expires_on from points_entries order by at, id")
        ledgers: dict[int, list[tuple[int, date | None]]] = {}
        for customer_id, delta, expires_on in found:
            ledgers.setdefault(customer_id, []).append((delta, expires_on))
        for ledger in ledgers.values():
            # whatever is in hand belongs to lots that still hold
            assert balance_of(ledger, today).points == 0 or balance_of(ledger, today).lapsing_on is not None
        await facts_hold(crm, today)


async def test_the_tier_is_what_twelve_months_of_spending_earn(demo: Crm, today: date) -> None:
    wrong = """with spent as (
            select c.id, tier, coalesce(sum(total_cents), 0) as cents from customers c left join orders
            on customer_id = c.id and state in ('delivered', 'collected') and ended_on >= :since group by c.id
        )
        select count(*) from spent where tier <>
        (select code from tiers where threshold_cents <= cents order by rank desc limit 1)"""
    assert await one(demo, wrong, since=today - timedelta(days=365)) == 0
    assert await one(demo, "select count(distinct tier) from customers") == 4


async def test_every_consent_keeps_the_question_in_the_members_language(demo: Crm) -> None:
    found = await rows(
        demo, "select e.*, c.language, c.joined_on from consent_entries e join customers c on c.id = e.customer_id"
    )
    assert {entry.purpose for entry in found} == {"care", "survey", "promotion"}
    for entry in found:
        assert (entry.source, entry.granted, entry.interaction_id) == ("registration", True, None)
        assert entry.question_version
        assert entry.answer
        assert bool(re.search("[一-鿿]", entry.question)) == (entry.language == "zh")
        assert isinstance(entry.at, datetime)
        assert entry.at.date() == entry.joined_on


async def facts_hold(crm: Crm, today: date) -> None:
    """What the documents say of Emma Tan and 林晓梅 is so on any day."""
    end_of_next_month = (today.replace(day=1) + timedelta(days=62)).replace(day=1) - timedelta(days=1)
    emma = await crm.customers.named_by("M10000001")
    assert emma is not None
    assert (emma.name, emma.language, emma.email) == ("Emma Tan", "en", "emma.tan@example.com")
    assert (emma.phone, emma.tier) == ("+6591230001", "gold")
    assert await crm.points.balance(emma.id, today) == Balance(2480, 300, end_of_next_month)
    assert len(await crm.coupons.usable(emma.id, today)) == 2
    order = (await crm.orders.latest(emma.id))[0]
    assert (order.number, order.state, order.expected_on) == ("WM100001", "shipped", today + timedelta(days=2))

    lin = await crm.customers.named_by("M10000002")
    assert lin is not None
    assert (lin.name, lin.language, lin.email) == ("林晓梅", "zh", "xiaomei.lin@example.com")
    assert (lin.phone, lin.tier) == ("+6591230002", "silver")
    assert (await crm.points.balance(lin.id, today)).points == 865
    assert len(await crm.coupons.usable(lin.id, today)) == 1
    order = (await crm.orders.latest(lin.id))[0]
    tampines = next(store for store in await crm.stores.all() if store.code == "tampines")
    assert (order.number, order.state, order.store_id) == ("WM100002", "ready", tampines.id)


async def test_the_two_documented_members_are_as_documented(demo: Crm, today: date) -> None:
    await facts_hold(demo, today)
