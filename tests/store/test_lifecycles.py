"""Life cycles as found from the orders: the same by SQL as by the rule, and written only where they change."""

import random
from datetime import date, timedelta

import pytest

from crm_store.database import Store
from crm_store.touchpoints.lifecycles import Lifecycle
from crm_store.touchpoints.stages import Bought, Stage, stage_of
from tests.store.crowd import NOW, TODAY, Crowd, ago


@pytest.fixture
def crowd(store: Store) -> Crowd:
    return Crowd(store)


async def refreshed(crowd: Crowd, name: str) -> Lifecycle:
    async with crowd.store.transaction() as crm:
        await crm.lifecycles.refresh(NOW)
    return await kept(crowd, name)


async def kept(crowd: Crowd, name: str) -> Lifecycle:
    async with crowd.store.reading() as crm:
        found = await crm.lifecycles.get(crowd.ids[name])
    assert found is not None
    return found


async def shopper(crowd: Crowd, name: str, *days: float, joined: date = date(2020, 1, 1)) -> None:
    await crowd.customer(name, joined_on=joined)
    for day in days:
        await crowd.bought(name, ago(day), 1000)


def by_rule(found: Lifecycle, joined: date) -> Stage:
    def days_since(moment: object) -> int:
        return (NOW - moment).days if moment else (TODAY - joined).days  # type: ignore[operator]

    bought = Bought(found.orders, days_since(found.first_order_at), days_since(found.last_order_at), found.rhythm_days)
    return stage_of(bought, TODAY)


@pytest.mark.parametrize(
    ("days", "stage", "rhythm"),
    [
        ((10,), "new", None),
        ((70,), "growing", None),
        ((200, 150, 100, 60, 20), "mature", 45),
        ((130,), "fading", None),
        ((300, 280, 260, 240, 45), "fading", 20),
        ((400,), "lost", None),
        ((300, 280, 260, 91), "lost", 20),
        ((700, 400, 100), "growing", 300),
        ((5, 5, 5), "new", None),
    ],
)
async def test_a_stage_follows_from_silence_and_rhythm(
    crowd: Crowd, days: tuple[float, ...], stage: str, rhythm: int | None
) -> None:
    await shopper(crowd, "Ann", *days)
    found = await refreshed(crowd, "Ann")
    assert (found.stage, found.rhythm_days, found.orders) == (stage, rhythm, len(days))


async def test_the_statement_says_the_same_as_the_rule(crowd: Crowd) -> None:
    chance = random.Random(7)
    joined = {f"P{n}": TODAY - timedelta(chance.randrange(800)) for n in range(60)}
    for name, day in joined.items():
        days = [chance.uniform(0, 900) for _ in range(chance.choice((0, 0, 1, 2, 3, 5, 8)))]
        await shopper(crowd, name, *days, joined=day)
    async with crowd.store.transaction() as crm:
        assert await crm.lifecycles.refresh(NOW) == 60
    seen = set()
    for name, day in joined.items():
        found = await kept(crowd, name)
        assert Stage(found.stage, found.since, found.risk) == by_rule(found, day)
        seen.add(found.stage)
    assert seen == {"new", "growing", "mature", "fading", "lost"}


async def test_money_and_orders_leave_out_what_was_undone_and_what_is_to_come(crowd: Crowd) -> None:
    await shopper(crowd, "Ann", 400, 10)
    await crowd.bought("Ann", ago(5), 99_999, state="returned")
    await crowd.bought("Ann", ago(-5), 99_999)
    found = await refreshed(crowd, "Ann")
    assert (found.orders, found.spent_cents, found.spent_year_cents) == (2, 2000, 1000)
    assert (found.first_order_at, found.last_order_at) == (ago(400), ago(10))


async def test_only_what_changed_is_written_again(crowd: Crowd) -> None:
    await shopper(crowd, "Ann", 100)
    await shopper(crowd, "Bo", 100)
    await refreshed(crowd, "Ann")
    await crowd.bought("Bo", ago(1))
    async with crowd.store.transaction() as crm:
        assert await crm.lifecycles.refresh(NOW) == 1


async def test_whoever_comes_back_is_growing_from_that_day_on(crowd: Crowd) -> None:
    await shopper(crowd, "Ann", 200)
    assert (await refreshed(crowd, "Ann")).stage == "fading"
    await crowd.bought("Ann", ago(0))
    found = await refreshed(crowd, "Ann")
    assert (found.stage, found.since, found.risk) == ("growing", TODAY, 0)


async def test_the_erased_have_no_life_cycle(crowd: Crowd) -> None:
    await crowd.customer("Gone", erased_at=NOW)
    async with crowd.store.transaction() as crm:
        assert await crm.lifecycles.refresh(NOW) == 0
