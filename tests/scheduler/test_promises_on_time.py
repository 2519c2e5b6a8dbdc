"""Two schedulers, a restart in the middle, clocks that jump: each miss and each step once, at its own moment."""

import asyncio
from datetime import timedelta

from sqlalchemy import text

from crm_store.cases.events import Happened
from crm_store.database import Store
from scheduler.promises import BATCH, Promises
from tests.promising import Shop, at
from tests.scheduler.conftest import Wall

ALL = [("first_answer", "warned"), ("first_answer", "alarmed"), ("first_answer", "missed")]


async def test_a_miss_is_written_with_nobody_touching_the_case(shop: Shop, wall: Wall, here: Promises) -> None:
    """Acceptance check 7: A miss is recorded when it happens, with no reply needed."""
    case = await shop.case()
    wall.shows = at(23, "12:59")
    await here.look()
    assert await shop.steps(case) == ALL[:2]
    wall.shows = at(23, "13:00")
    await here.look()
    assert await shop.steps(case) == ALL


async def test_two_schedulers_take_each_step_once(shop: Shop, wall: Wall, here: Promises, there: Promises) -> None:
    """Acceptance check 7: Two schedulers record and tell each step once."""
    cases = [await shop.case() for _ in range(12)]
    for clock in ("12:00", "12:36", "13:00", "13:00", "14:00", "15:00", "16:00"):
        wall.shows = at(23, clock)
        await asyncio.gather(*(each.look() for each in (here, there, here, there)))
    for case in cases:
        assert await shop.steps(case) == ALL
        assert await shop.raised(case) == [("warned", 1, False), ("alarmed", 1, False), ("missed", 2, True)]
    assert (await shop.told("hana")).count("warned") == len(cases)
    assert (await shop.told("sara")) == ["alarmed"] * len(cases) + ["missed"] * len(cases)
    assert (await shop.told("ada")) == ["missed"] * len(cases)


async def test_a_tick_that_dies_before_its_commit_leaves_everything_to_the_next(
    shop: Shop, wall: Wall, here: Promises, other: Store
) -> None:
    """Acceptance check 7: A restart doubles nothing and loses nothing."""
    case = await shop.case()
    wall.shows = at(23, "13:00")
    try:
        async with other.transaction() as crm:
            await crm.clocks.refresh(await crm.clocks.due_now(wall.shows, BATCH), wall.shows)
            raise InterruptedError
    except InterruptedError:
        assert await shop.steps(case) == []
    await here.look()
    assert await shop.steps(case) == ALL


async def test_a_case_in_other_hands_is_passed_over_and_looked_at_later(
    shop: Shop, wall: Wall, here: Promises, other: Store
) -> None:
    held, free = await shop.case(), await shop.case()
    wall.shows = at(23, "13:00")
    async with other.transaction() as crm:
        await crm.session.execute(text("select 1 from complaints where id = :id for no key update"), {"id": held})
        await here.look()
        assert (await shop.steps(held), await shop.steps(free)) == ([], ALL)
    await here.look()
    assert await shop.steps(held) == ALL


async def test_after_a_weekend_away_everything_is_caught_up_with_at_its_true_moment(
    shop: Shop, wall: Wall, here: Promises
) -> None:
    case = await shop.case()
    wall.shows = at(30, "09:00")
    await here.look()
    rows = await shop.rows("select at, detail ->> 'step' from complaint_events where kind = 'clock' order by at")
    assert [(row[0], row[1]) for row in rows][:3] == [
        (at(23, "12:00"), "warned"),
        (at(23, "12:36"), "alarmed"),
        (at(23, "13:00"), "missed"),
    ]
    assert await shop.steps(case) == [*ALL, *(("resolution", step) for _, step in ALL)]


async def test_a_wall_clock_set_back_and_forth_changes_nothing_that_has_happened(
    shop: Shop, wall: Wall, here: Promises
) -> None:
    case = await shop.case()
    for clock in ("13:00", "10:00", "13:00", "09:00", "14:00"):
        wall.shows = at(23, clock)
        await here.look()
    assert await shop.steps(case) == ALL
    assert len(await shop.raised(case)) == 1


async def test_more_cases_than_a_batch_are_all_looked_at(shop: Shop, wall: Wall, here: Promises) -> None:
    await shop.case()
    async with shop.store.transaction() as crm:
        await crm.session.execute(
            text(
                "insert into complaints (number, category, severity, what_happened, wanted, source, language, state,"
                " urgent, reopened, waits_for, opened_at, changed_at) select 'X' || n, 'delivery', 'normal', 'x', '',"
                " 'api', 'en', 'received', false, 0, 'us', :now, :now from generate_series(1, :many) n"
            ),
            {"now": at(23, "09:00"), "many": BATCH + 20},
        )
        await crm.session.execute(
            text(
                "insert into complaint_events (complaint_id, at, kind, by, detail)"
                " select id, :now, 'opened', 'shopper', '{}' from complaints where number like 'X%'"
            ),
            {"now": at(23, "09:00")},
        )
        ids = (await crm.session.scalars(text("select id from complaints"))).all()
        await crm.clocks.refresh(list(ids), at(23, "09:00"))
    wall.shows = at(23, "13:00")
    await here.look()
    assert await shop.rows("select count(*) from clocks where missed_at is not null") == [(BATCH + 21,)]


async def test_one_case_that_cannot_be_read_does_not_stop_the_others(shop: Shop, wall: Wall, here: Promises) -> None:
    broken, fine = await shop.case(), await shop.case()
    async with shop.store.transaction() as crm:
        await crm.session.execute(
            text('update clocks set holds = \'[{"since": "x"}]\' where complaint_id = :id'), {"id": broken}
        )
    wall.shows = at(23, "13:00")
    await here.look()
    assert await shop.steps(fine) == ALL
    (next_at,) = await shop.rows("select min(next_at) from clocks where complaint_id = :id", id=broken)
    assert next_at[0] == wall.shows + timedelta(hours=1)


async def test_a_nudge_is_answered_at_once(shop: Shop, wall: Wall, here: Promises) -> None:
    case = await shop.case()
    wall.shows = at(23, "13:00")
    running = asyncio.create_task(here.run())
    async with asyncio.timeout(20):
        while await shop.steps(case) != ALL:
            async with shop.store.transaction() as crm:
                crm.nudge("promises")
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_closing_a_case_leaves_nobody_called(shop: Shop, wall: Wall, here: Promises) -> None:
    case = await shop.case()
    async with shop.store.transaction() as crm:
        await crm.session.execute(text("update complaints set closed_at = :now"), {"now": at(23, "10:00")})
    await shop.happens(case, Happened.STATE, at(23, "10:00"), to="closed")
    wall.shows = at(23, "14:00")
    await here.look()
    assert await shop.raised(case) == []
    assert await shop.steps(case) == ALL, "closing it hides no miss"
    assert await shop.rows("select next_due_at from complaints") == [(None,)]
