"""The demo desk: sixty complaints however far each has come, true to the shop's own rules."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import psycopg
import pytest

from crm_store.cases.states import MOVES, State
from crm_store.crm import Crm
from crm_store.database import Store, open_store
from crm_store.demo.desk import fill_demo_desk
from crm_store.demo.seed import fill_demo_shop
from crm_store.queue.queue_filter import QueueFilter, View
from crm_store.staff.scope import Scope
from tests.conftest import migrate
from tests.store.asking import one, rows

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
"""Half past two in the afternoon in Singapore."""
ADMIN = Scope(0, "admin", frozenset())


@pytest.fixture(scope="module")
async def desk_shop(postgres: str, worker_id: str) -> AsyncIterator[Store]:
    """The demo shop with its desk in a database of its own; only to be read."""
    name = f"careloop_test_desk_{worker_id}"
    with psycopg.connect(postgres.format("postgres"), autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(f'create database "{name}"')
    url = postgres.format(name).replace("postgresql://", "postgresql+psycopg://")
    migrate(url)
    opened = open_store(url, pool=2)
    await fill_demo_shop(opened, date(2026, 11, 21), lambda _: None)
    await fill_demo_desk(opened, NOW, lambda _: None)
    yield opened
    await opened.close()


@pytest.fixture
async def desk(desk_shop: Store) -> AsyncIterator[Crm]:
    async with desk_shop.transaction() as crm:
        yield crm


async def test_it_is_filled_once(desk_shop: Store) -> None:
    said: list[str] = []
    await fill_demo_desk(desk_shop, NOW, said.append)
    async with desk_shop.transaction() as crm:
        assert await one(crm, "select count(*) from complaints") == 60
        assert await one(crm, "select count(*) from staff") == 6
    assert said == []


async def test_cases_are_in_every_state_in_both_languages_and_for_both_teams(desk: Crm) -> None:
    found = await rows(desk, "select state, language, team_id, number, wanted, category from complaints")
    assert {case.state for case in found} == set(State)
    assert {case.language for case in found} == {"en", "zh"}
    assert len({case.team_id for case in found}) == 2
    assert {case.wanted for case in found} <= {"refund", "replacement", "apology", "other"}


async def test_nothing_is_still_to_come_and_every_story_is_in_order(desk: Crm) -> None:
    for table, column in (
        ("interactions", "at"),
        ("complaint_events", "at"),
        ("complaints", "closed_at"),
        ("remedies", "arrived_at"),
        ("follow_ups", "answered_at"),
        ("staff_notes", "at"),
    ):
        assert await one(desk, f"select count(*) from {table} where {column} > :now", now=NOW) == 0, table
    backwards = """select count(*) from (select at, lag(at) over (partition by conversation_id order by id) as before
        from interactions) as told where at < before"""
    assert await one(desk, backwards) == 0
    assert await one(
        desk, "select min(opened_at) > cast(:now as timestamptz) - interval '30 days' from complaints", now=NOW
    )


async def test_every_move_is_one_a_case_can_make_and_leads_to_where_it_is(desk: Crm) -> None:
    told = "select complaint_id, kind, detail from complaint_events where kind in ('state', 'reopened') order by at, id"
    stands: dict[int, str] = {}
    for event in await rows(desk, told):
        before, after = stands.get(event.complaint_id, "received"), event.detail["to"]
        assert event.detail["from"] == before
        assert event.kind == "reopened" or State(after) in MOVES[State(before)]
        stands[event.complaint_id] = after
    for case in await rows(desk, "select id, state from complaints"):
        assert stands.get(case.id, "received") == case.state


async def test_clocks_run_are_missed_and_are_met(desk: Crm) -> None:
    assert await one(desk, "select count(distinct complaint_id) from clocks") == 60
    assert await one(desk, "select count(*) from clocks where missed_at is not null") > 0
    assert await one(desk, "select count(*) from clocks where met_at is not null and missed_at is null") > 40
    assert await one(desk, "select count(*) from clocks where met_at is null and ended_at is null") > 10


async def test_the_texts_are_filled_in_and_in_the_shoppers_language(desk: Crm) -> None:
    for text, language in await rows(desk, "select text, language from interactions"):
        assert not re.search(r"[{}]|\bNone\b", text)
        assert text.strip()
        if language == "zh":
            assert re.search("[一-鿿]", text)


async def test_the_rooms_have_something_to_show(desk: Crm) -> None:
    counts = await desk.queue.counts(ADMIN, NOW)
    assert counts[View.ALL] > 35
    assert counts[View.OVERDUE] > 0
    page = await desk.queue.page(ADMIN, QueueFilter(), NOW)
    assert page.rows[0].urgent
    assert {row.kind for row in page.rows} == {"case", "talk"}
    assert len(await desk.undelivered.page(ADMIN, NOW)) == 2
    board = await desk.board.now(ADMIN, NOW, NOW.replace(hour=0))
    assert [incident.cases for incident in board.incidents] == [5]
    assert board.waiting.count == 2


async def test_nobody_can_sign_in_and_nobody_is_reached(desk: Crm) -> None:
    assert await one(desk, "select count(*) from staff where password_hash <> '!'") == 0
    assert await one(desk, "select count(*) from outbox_messages where state = 'queued'") == 0
    assert await one(desk, "select count(*) from staff_notices where outbox_id is not null") == 0


@pytest.mark.parametrize("hour", [0, 9, 22])
async def test_it_can_be_filled_at_any_hour(store: Store, hour: int) -> None:
    now = datetime(2027, 1, 1, hour, 5, tzinfo=UTC)
    await fill_demo_shop(store, now.date(), lambda _: None)
    await fill_demo_desk(store, now, lambda _: None)
    async with store.transaction() as crm:
        assert await one(crm, "select count(*) from complaints") == 60
        assert await one(crm, "select count(*) from interactions where at > :now", now=now) == 0
