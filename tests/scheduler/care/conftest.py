from collections.abc import AsyncIterator

import pytest

from crm_store.database import Store
from scheduler.care.planner import Planner
from tests.scheduler.care.house import House
from tests.scheduler.care.works import CareHouse, open_house
from tests.store.planning.shop import NOON, Shop


@pytest.fixture
def members(store: Store) -> Shop:
    """A shop with nobody in it yet."""
    return Shop(store)


@pytest.fixture
def planner(store: Store) -> Planner:
    return Planner(store, lambda: NOON)


@pytest.fixture
async def house(store: Store) -> House:
    """The same shop with its lanes; made where the loop runs."""
    return House(store)


@pytest.fixture
async def care(store: Store, database_url: str) -> AsyncIterator[CareHouse]:
    async with open_house(store, database_url) as house:
        yield house


@pytest.fixture
async def elsewhere(other: Store, database_url: str) -> AsyncIterator[CareHouse]:
    """Another process."""
    async with open_house(other, database_url) as house:
        yield house
