"""Ticks, queue and works of one process, with a clock a test moves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from crm_store.database import Store
from scheduler.care.jobs import CareJobs, Queue
from scheduler.care.tending import Tending
from scheduler.care.ticks import Ticks
from tests.store.planning.shop import NOON

ZONE = ZoneInfo("Asia/Singapore")


class CareHouse:
    """One process."""

    def __init__(self, store: Store, url: str) -> None:
        self.url = url
        self.wall: datetime = NOON
        self.jobs = CareJobs(url, self.now)
        self.ticks = Ticks(store, self.jobs, ZONE.key, self.now)
        self.tending = Tending(store, self.jobs, ZONE, self.now)

    def now(self) -> datetime:
        return self.wall

    async def work(self) -> None:
        """Do what is in the queue."""
        for queue in Queue:
            await self.jobs.work(queue, wait=False)


@asynccontextmanager
async def open_house(store: Store, url: str) -> AsyncIterator[CareHouse]:
    house = CareHouse(store, url)
    async with house.jobs.opened():
        yield house
