import pytest

from crm_store.database import Store
from tests.store.planning.shop import Shop


@pytest.fixture
def shop(store: Store) -> Shop:
    return Shop(store)
