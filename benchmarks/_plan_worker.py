"""One process that plans one occurrence, when told to. `python -m benchmarks._plan_worker URL OCCURRENCE PART`"""

import asyncio
import gc
import sys
from datetime import UTC, datetime

import uvloop

from crm_store.database import open_store
from scheduler.care.planner import Planner


def now() -> datetime:
    return datetime.now(UTC)


async def work(url: str, occurrence: int, part: int) -> None:
    store = open_store(url, pool=4)
    planner = Planner(store, now)
    async with store.transaction() as crm:
        await crm.touches.counts(occurrence)
    gc.freeze()
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(await planner.plan(occurrence, part), flush=True)
    await store.close()


if __name__ == "__main__":
    uvloop.run(work(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
