"""The console in a large shop: 200 of staff on two processes, a million messages, live updates, inbox, search, memory.

./careloop bench console [--small] [--keep FOLDER] [--rate 4] [--seconds 60] [--view all]

The load comes from two processes on the same machine. `--small` fills a tenth; `--keep` fills a folder once and uses it
again; `--view` is the tab of the inbox that the staff look at.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from benchmarks._console_table import floor_table, live_table, page_table, process_table
from benchmarks._crowd import Size, fill
from benchmarks._floor_visit import floor
from benchmarks._shoppers import gather_crowd, write
from benchmarks._twins import Twins, running_postgres, running_twins
from benchmarks._visits import visit

ROOT = Path(__file__).parent.parent
SETTLING = 3.0
WARM_UP = 8.0
MOST_TO_WARM_UP = 10_000
"""Messages: those that are measured have numbers beyond."""


@asynccontextmanager
async def crew(urls: list[str], view: str, talk: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """All of the staff with their pages open."""
    command = [sys.executable, "-m", "benchmarks._crew", *urls, view, str(talk)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=2**28, cwd=ROOT)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def seen_by(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    seen: dict[str, Any] = json.loads(await process.stdout.readline())
    return seen


async def measure(twins: Twins, database: str, wanted: argparse.Namespace) -> None:
    before = {name: twins.memory(name) for name in ("app A", "app B")}
    # A folder that is kept still holds the messages of the run before: each run has marks of its own.
    first = int(time.time()) % 10**7 * 10**5
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as http:
        print("Shoppers arrive", flush=True)
        crowd = await gather_crowd(http, twins.urls, database)
        print("Pages, nobody else there", flush=True)
        await visit(http, twins.urls[0], 2, lambda: True)
        quiet = await visit(http, twins.urls[0], wanted.rounds, lambda: True)
        print("Staff come in", flush=True)
        async with crew(twins.urls, wanted.view, crowd.talk) as staff:
            await asyncio.sleep(SETTLING)
            await write(crowd, wanted.rate, WARM_UP, begin=first)
            connected, cpu = {name: twins.memory(name) for name in before}, twins.cpu()
            print("Shoppers write", flush=True)
            writing = asyncio.create_task(write(crowd, wanted.rate, wanted.seconds, begin=first + MOST_TO_WARM_UP))
            busy = await visit(http, twins.urls[0], 1000, lambda: not writing.done())
            said = await writing
            spent = {name: after - cpu[name] for name, after in twins.cpu().items()}
            await asyncio.sleep(SETTLING)
            loaded = {name: twins.memory(name) for name in before}
            seen = await seen_by(staff)
    live_table(said, seen)
    page_table(quiet, busy)
    process_table({"alone": before, "200 connected": connected, "after the load": loaded}, spent, wanted.seconds)
    floor_table(await floor(database, seen["largest"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="a tenth of the rows")
    parser.add_argument("--keep", type=Path, help="a folder to fill once and use again")
    parser.add_argument("--rate", type=float, default=4.0, help="messages a second, half of them to a person")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rounds", type=int, default=15, help="of every page, before anybody else is there")
    parser.add_argument("--view", default="all", help="the tab of the inbox the staff look at")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="careloop-bench-", ignore_cleanup_errors=True) as folder:
        var = (wanted.keep or Path(folder)).resolve()
        with running_postgres(var) as server:
            print("Filling the shop", flush=True)
            fill(server.url, Size().tenth if wanted.small else Size())
            with running_twins(var, server) as twins:
                uvloop.run(measure(twins, server.url, wanted))


if __name__ == "__main__":
    main()
