"""Houses in trouble: attackers at the door, and parts that go away while it is open."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.conftest import migrate
from tests.fakes.rasa import ScriptedBot
from tests.fakes.telegram import TOKEN
from tests.trouble.house import (
    ACTIONS_TOKEN,
    METRICS_TOKEN,
    RASA_TOKEN,
    SECRET,
    WORDS,
    Open,
    Shopper,
    open_house,
    settings_for,
    shopper_at,
)
from tests.trouble.journal import Journal

WEBHOOK_SECRET = "webhook-secret-of-trouble"


@pytest.fixture(scope="session")
def journal() -> Iterator[Journal]:
    kept = Journal()
    kept.secrets |= {SECRET, RASA_TOKEN, ACTIONS_TOKEN, METRICS_TOKEN, WEBHOOK_SECRET, TOKEN, WORDS, WORDS.upper()}
    kept.open()
    yield kept
    kept.close()


@pytest.fixture(autouse=True)
def nothing_told(journal: Journal) -> Iterator[None]:
    """No test of this folder may bring a secret or a shopper's words into the log, or break anything unforeseen."""
    before = len(journal.text)
    yield
    assert not journal.told()
    written = journal.text[before:]
    assert "Traceback" not in written, written
    assert "request failed" not in written, written


@pytest.fixture(scope="session")
def trouble_database(postgres: str, worker_id: str) -> str:
    """The database of `house`, and of others like it: any of them may answer what any of them was told."""
    return fresh_database(postgres, f"careloop_trouble_{worker_id}")


@pytest.fixture(scope="module")
def own_database(postgres: str, worker_id: str) -> str:
    """One for the houses of one module, where nobody else answers."""
    return fresh_database(postgres, f"careloop_trouble_own_{worker_id}")


def fresh_database(postgres: str, name: str) -> str:
    """The address of a migrated, empty database."""
    with psycopg.connect(postgres.format("postgres"), autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(f'create database "{name}"')
    url = postgres.format(name).replace("postgresql://", "postgresql+psycopg://")
    migrate(url)
    return url


@pytest.fixture(scope="session")
async def answering() -> AsyncIterator[ScriptedBot]:
    """A bot that answers everything, shared by all who do not trouble it."""
    bot = ScriptedBot(RASA_TOKEN)
    await bot.start()
    yield bot
    await bot.stop()


@pytest.fixture(scope="session")
async def house(
    trouble_database: str, answering: ScriptedBot, journal: Journal, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Open]:
    """A sound house for attackers."""
    settings = settings_for(tmp_path_factory.mktemp("trouble"), trouble_database, answering.url)
    async with open_house(settings, journal) as opened:
        yield opened


@pytest.fixture
async def shopper(house: Open, journal: Journal) -> AsyncIterator[Shopper]:
    async with shopper_at(house.url) as visitor:
        journal.secrets.add(visitor.token)
        yield visitor


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path
