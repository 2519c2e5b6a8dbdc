"""A shop with staff, and a clock that a test sets."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from bot.channels.recording import RecordingChannel
from crm_store.database import Store, open_store
from crm_store.sentences import Sentences, read_sentences
from scheduler.dispatcher import LaneDispatcher
from scheduler.promises import Promises
from tests.conftest import ROOT
from tests.promising import OPENING, Shop

SHOP = {"en": "Willowmere", "zh": "柳岸百货"}


@dataclass
class Wall:
    """The clock on the wall: a test moves it."""

    shows: datetime = OPENING

    def now(self) -> datetime:
        return self.shows


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def sentences() -> Sentences:
    return read_sentences(ROOT / "scheduler" / "sentences.yml", SHOP)


@pytest.fixture
async def shop(store: Store) -> Shop:
    shop = Shop(store)
    await shop.open()
    await shop.hires("hana", "handler")
    await shop.hires("sara", "supervisor", notify_by="email", notify_address="sara@shop.example")
    await shop.hires("ada", "admin", language="zh", notify_by="telegram", notify_address="4711")
    return shop


@pytest.fixture
async def other(database_url: str) -> AsyncIterator[Store]:
    """The store as another process has it open."""
    opened = open_store(database_url, pool=5)
    yield opened
    await opened.close()


@pytest.fixture
def here(shop: Shop, wall: Wall) -> Promises:
    return Promises(shop.store, wall.now)


@pytest.fixture
def there(other: Store, wall: Wall) -> Promises:
    return Promises(other, wall.now)


@pytest.fixture
def channel() -> RecordingChannel:
    return RecordingChannel()


@pytest.fixture
async def lane(shop: Shop, wall: Wall, channel: RecordingChannel) -> LaneDispatcher:
    lane = LaneDispatcher(shop.store, "recording:local", channel, wall.now, lambda channel, result: None)
    async with shop.store.transaction() as crm:
        await crm.lanes.ensure(["recording:local"])
    return lane
