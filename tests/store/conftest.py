"""The demo shop, filled once for every test that only reads it."""

from collections.abc import AsyncIterator
from datetime import date

import psycopg
import pytest

from crm_store.crm import Crm
from crm_store.database import Store, open_store
from crm_store.demo.seed import fill_demo_shop
from tests.conftest import migrate


@pytest.fixture(scope="session")
def today() -> date:
    """The day the demo shop was filled."""
    return date(2026, 11, 21)


@pytest.fixture(scope="session")
async def demo_shop(postgres: str, worker_id: str, today: date) -> AsyncIterator[Store]:
    """The demo shop in a database of its own; only to be read."""
    name = f"careloop_test_demo_{worker_id}"
    with psycopg.connect(postgres.format("postgres"), autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(f'create database "{name}"')
    url = postgres.format(name).replace("postgresql://", "postgresql+psycopg://")
    migrate(url)
    opened = open_store(url, pool=2)
    await fill_demo_shop(opened, today, lambda _: None)
    yield opened
    await opened.close()


@pytest.fixture
async def demo(demo_shop: Store) -> AsyncIterator[Crm]:
    """What is known in the demo shop."""
    async with demo_shop.transaction() as crm:
        yield crm
