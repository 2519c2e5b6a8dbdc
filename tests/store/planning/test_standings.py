import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select, text

from crm_store.crm import Crm
from crm_store.database import Store, open_store
from crm_store.people.consent import Evidence, Purpose, Who
from crm_store.people.customers import Customer
from crm_store.people.identities import Address
from crm_store.people.proof import linked_by
from crm_store.standings.pages import PAGE
from crm_store.standings.standings import StaleStanding, StandingRow
from tests.store.planning.lives import Lives
from tests.store.planning.standing_text import Told

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
async def other(database_url: str) -> AsyncIterator[Store]:
    """The store as another process has it open."""
    opened = open_store(database_url, pool=2)
    yield opened
    await opened.close()


async def refreshed(store: Store) -> None:
    async with store.transaction() as crm:
        await crm.standings.refresh(0, PAGE - 1, NOW)


async def row_of(store: Store, customer_id: int) -> StandingRow:
    async with store.transaction() as crm:
        return await crm.session.get_one(StandingRow, customer_id)


async def customer(crm: Crm) -> int:
    made = Customer(name="Ada", joined_on=date(2024, 1, 1))
    crm.session.add(made)
    await crm.session.flush()
    return made.id


@pytest.mark.parametrize("seed", range(12))
async def test_a_refreshed_standing_is_what_the_records_say_whatever_changed(store: Store, seed: int) -> None:
    rng = random.Random(seed)
    lives = Lives(rng, NOW)
    for _ in range(25):
        async with store.transaction() as crm:
            for _ in range(rng.randint(1, 5)):
                await lives.change(crm)
        if rng.random() < 0.4:
            await refreshed(store)
    await refreshed(store)
    async with store.transaction() as crm:
        told = Told(crm.session, NOW)
        rows = (await crm.session.scalars(select(StandingRow).order_by(StandingRow.customer_id))).all()
        assert len(rows) == await crm.session.scalar(select(func.count()).select_from(Customer))
        for row in rows:
            assert (row.facts, row.permissions, row.addresses) == await told.of(row.customer_id)
        assert await crm.session.scalar(select(func.count()).select_from(StaleStanding)) == 0


async def test_what_was_said_from_an_address_before_it_was_linked_counts_for_whom_it_is_linked_to(store: Store) -> None:
    async with store.transaction() as crm:
        ada = await customer(crm)
        address = await crm.identities.at(Address("telegram", "main", "4711"), "Ada", NOW)
        await crm.consent.stop(Who(address.id, None), Evidence("chat"), NOW)
    await refreshed(store)
    assert "perm" not in (await row_of(store, ada)).facts
    async with store.transaction() as crm:
        await crm.identities.link(address.id, ada, linked_by("contact", NOW))
    await refreshed(store)
    row = await row_of(store, ada)
    assert '"perm":[["care","*",0],["survey","*",0],["promotion","*",0]]' in row.facts
    assert set(row.permissions) == {"care:*", "survey:*", "promotion:*"}
    assert row.addresses == {"telegram": [address.id, "telegram:main"]}


async def test_a_change_that_commits_after_the_refresh_has_left_its_mark(store: Store, other: Store) -> None:
    async with store.transaction() as crm:
        ada = await customer(crm)
    async with other.transaction() as late:
        await late.consent.record(Who(None, ada), [(Purpose.CARE, "*", True)], Evidence("chat"), NOW)
        await refreshed(store)
    assert "perm" not in (await row_of(store, ada)).facts
    await refreshed(store)
    assert '"perm":[["care","*",1]]' in (await row_of(store, ada)).facts


async def test_a_stop_said_while_its_address_is_being_linked_is_not_lost(store: Store, other: Store) -> None:
    async with store.transaction() as crm:
        ada = await customer(crm)
        address = await crm.identities.at(Address("telegram", "main", "4711"), "Ada", NOW)

    async def stops() -> None:
        async with other.transaction() as speaking:
            await speaking.consent.stop(Who(address.id, None), Evidence("chat"), NOW)

    async with store.transaction() as linking:
        await linking.identities.link(address.id, ada, linked_by("contact", NOW))
        stopping = asyncio.create_task(stops())
        await waiting_for_a_lock(other)
    await refreshed(store)
    await stopping
    await refreshed(store)
    assert '["promotion","*",0]' in (await row_of(store, ada)).facts


async def test_of_two_refreshes_the_later_one_reads_later(store: Store, other: Store) -> None:
    async with store.transaction() as crm:
        ada = await customer(crm)
    async with store.transaction() as first:
        await first.standings.refresh(0, PAGE - 1, NOW)
        async with other.transaction() as crm:
            await crm.consent.record(Who(None, ada), [(Purpose.CARE, "*", True)], Evidence("chat"), NOW)
        second = asyncio.create_task(refreshed(other))
        await waiting_for_a_lock(store)
    await second
    assert '"perm":[["care","*",1]]' in (await row_of(store, ada)).facts


async def test_a_standing_that_reads_the_same_is_left_as_it_is(store: Store) -> None:
    async with store.transaction() as crm:
        ada = await customer(crm)
    await refreshed(store)
    async with store.transaction() as crm:
        crm.session.add(StaleStanding(customer_id=ada))
    async with store.transaction() as crm:
        later = datetime(2026, 11, 24, tzinfo=UTC)
        assert await crm.standings.refresh(0, PAGE - 1, later) == 1
    assert (await row_of(store, ada)).read_at == NOW


async def test_marked_pages_are_found_without_reading_every_mark(store: Store) -> None:
    async with store.transaction() as crm:
        crm.session.add_all(StaleStanding(customer_id=n) for n in (3, 4, 3 * PAGE, 3 * PAGE + 1, 7 * PAGE + 9))
    async with store.transaction() as crm:
        assert list(await crm.standings.marked_pages(10)) == [0, 3, 7]
        assert list(await crm.standings.marked_pages(2)) == [0, 3]


async def waiting_for_a_lock(store: Store) -> None:
    """Return once some connection waits for another."""
    waits = text("select exists (select from pg_locks where not granted)")
    async with asyncio.timeout(10):
        while True:
            async with store.reading() as crm:
                if await crm.session.scalar(waits):
                    return
            await asyncio.sleep(0.01)
