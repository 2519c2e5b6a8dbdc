"""A lock is held as long as its connection lives, and its holder learns of the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from sqlalchemy import text

from crm_store.database import Store, open_store
from crm_store.errors import StoreUnavailable
from crm_store.locks import LockKind


@pytest.fixture
async def stores(own_database: str) -> AsyncIterator[tuple[Store, Store]]:
    one, other = open_store(own_database, pool=2), open_store(own_database, pool=2)
    yield one, other
    await one.close()
    await other.close()


async def _cut(store: Store, by: Store) -> None:
    connection = store.locks._connection
    assert connection is not None
    async with by.transaction() as crm:
        await crm.session.execute(text("select pg_terminate_backend(:pid)"), {"pid": connection.info.backend_pid})


async def test_a_holder_whose_connection_was_cut_is_told_although_another_lock_was_taken_since(
    stores: tuple[Store, Store],
) -> None:
    one, other = stores
    async with one.locks.holding(LockKind.LANE, 1) as have:
        assert have
        lost = one.locks.lost
        await _cut(one, by=other)
        while not lost.is_set():
            with suppress(StoreUnavailable):
                async with one.locks.holding(LockKind.CONVERSATION, 2):
                    await asyncio.sleep(0.01)
        async with one.locks.holding(LockKind.CONVERSATION, 2) as again:
            assert again
        assert lost.is_set()
        async with other.locks.holding(LockKind.LANE, 1) as taken:
            assert taken


async def test_a_holder_who_asks_for_nothing_is_told_too(stores: tuple[Store, Store]) -> None:
    one, other = stores
    watching = asyncio.create_task(one.locks.watch())
    async with one.locks.holding(LockKind.LANE, 1) as have, asyncio.timeout(20):
        assert have
        lost = one.locks.lost
        await _cut(one, by=other)
        await lost.wait()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


async def test_of_two_only_one_has_a_lock_and_the_other_gets_it_afterwards(stores: tuple[Store, Store]) -> None:
    one, other = stores
    async with one.locks.holding(LockKind.POLLER, 7) as have, other.locks.holding(LockKind.POLLER, 7) as too:
        assert (have, too) == (True, False)
    async with other.locks.holding(LockKind.POLLER, 7) as now:
        assert now
