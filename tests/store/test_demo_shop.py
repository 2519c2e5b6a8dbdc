"""The demo shop: filled once, the same every time, every text in both languages."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.demo.seed import fill_demo_shop
from crm_store.demo.shelves import hours_by_weekday
from crm_store.tables import metadata
from tests.store.asking import one, rows

TOPICS = """membership account_help ordering returns refunds delivery_ways delivery_times delivery_fees delivery_areas
pickup payment_ways instalments payment_failed gift_cards invoices points_rules privacy opening_holidays"""


async def empty(store: Store) -> None:
    names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
    async with store.transaction() as demo:
        await demo.session.execute(text(f"truncate {names} restart identity cascade"))


async def test_it_is_filled_once_and_says_what_it_does(store: Store, today: date) -> None:
    said: list[str] = []
    assert await fill_demo_shop(store, today, said.append)
    assert said
    assert not await fill_demo_shop(store, today, said.append)
    async with store.transaction() as crm:
        assert await one(crm, "select count(*) from customers") == 2000


async def test_the_same_day_gives_the_same_shop(store: Store, today: date) -> None:
    async def fingerprint() -> list[Sequence[Any]]:
        await empty(store)
        await fill_demo_shop(store, today, lambda _: None)
        async with store.transaction() as crm:
            return [
                await rows(crm, "select id, member_number, email, phone, tier from customers order by id"),
                await rows(crm, "select customer_id, sum(delta) from points_entries group by 1 order by 1"),
                await rows(crm, "select * from orders order by id"),
                await rows(crm, "select customer_id, code, used_at from coupons order by id"),
            ]

    assert await fingerprint() == await fingerprint()


async def test_it_is_as_large_as_it_says(demo: Crm) -> None:
    assert await one(demo, "select count(*) from stores") == 6
    assert await one(demo, "select count(*) from products") == 300
    assert await one(demo, "select count(distinct category) from products") == 12
    assert await one(demo, "select count(*) from products where stock = 0") >= 10
    assert await one(demo, "select count(*) from api_keys") == 0
    assert await one(demo, "select count(*) from interactions") == 0
    assert [tier.threshold_cents for tier in await demo.tiers.all()] == [0, 100_000, 300_000, 800_000]


async def test_every_text_of_the_shop_is_there_in_both_languages(demo: Crm) -> None:
    for topic in TOPICS.split():
        words = await demo.knowledge.on(topic)
        assert set(words) == {"en", "zh"}, topic
        assert 2 <= len(re.findall(r"[.!?](?=\s|$)", words["en"])) <= 4, topic
        assert 2 <= words["zh"].count("。") <= 4, topic
    assert await one(demo, "select count(*) from articles") == len(TOPICS.split())
    for table, columns in (
        ("stores", ("name", "address", "directions")),
        ("tiers", ("name", "benefits")),
        ("products", ("name", "category", "description")),
        ("promotions", ("title", "text")),
        ("coupons", ("title",)),
        ("articles", ("keywords",)),
    ):
        for column in columns:
            missing = f"select count(*) from {table} where not {column} ?& array['en', 'zh']"
            assert await one(demo, missing) == 0, (table, column)


async def test_opening_hours_are_spans_of_one_day_in_order(demo: Crm) -> None:
    for store in await demo.stores.all():
        assert set(store.hours) == set("0123456")
        for spans in store.hours.values():
            times = [time for span in spans for time in span]
            assert all(len(span) == 2 for span in spans)
            assert all(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", time) for time in times)
            assert times == sorted(set(times))


def test_hours_may_have_several_spans_and_days_off() -> None:
    assert hours_by_weekday({"mon-tue": ["10:00-14:00", "15:00-21:00"], "sun": ["11:00-18:00"]}) == {
        "0": [["10:00", "14:00"], ["15:00", "21:00"]],
        "1": [["10:00", "14:00"], ["15:00", "21:00"]],
        "6": [["11:00", "18:00"]],
    }


async def test_a_store_is_known_by_names_nobody_else_has(demo: Crm) -> None:
    names = [name for store in await demo.stores.all() for listed in store.also.values() for name in listed]
    assert len(names) == len(set(names))
    assert all(name == name.lower() for name in names)


async def test_promotions_are_running_coming_and_past(demo: Crm, today: date) -> None:
    spans = await rows(demo, "select starts_on, ends_on from promotions")
    assert len(await demo.promotions.running(today)) >= 3
    assert any(start > today for start, _ in spans)
    assert any(end < today for _, end in spans)


async def test_coupons_are_usable_lapsing_soon_used_and_lapsed(demo: Crm, today: date) -> None:
    found = await rows(demo, "select valid_from, valid_until, used_at from coupons")
    unused = [coupon for coupon in found if coupon.used_at is None]
    assert any(coupon.valid_until < today for coupon in unused)
    assert any(today <= coupon.valid_until <= today + timedelta(days=7) for coupon in unused)
    assert any(coupon.valid_until > today + timedelta(days=30) for coupon in unused)
    used = [coupon for coupon in found if coupon.used_at is not None]
    assert used
    assert all(coupon.valid_from <= coupon.used_at.date() <= coupon.valid_until for coupon in used)
