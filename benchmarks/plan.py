"""Planning a campaign for a million members: decided and stored a second, beside a bare copy of as many rows.

./careloop bench plan [--members 1000000] [--keep FOLDER] [--profile]

The floor is a bare insert of the very rows we stored into a table with the indexes of ours, which the database does by
itself; beside it, its binary COPY of the same rows, encoded beforehand, in pages as large as ours. `--keep` fills a
folder once and uses it again.
"""

import argparse
import asyncio
import cProfile
import gc
import pstats
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
import psycopg
import uvloop

from benchmarks._members import campaign, clear, fill, plain
from benchmarks._twins import running_postgres
from crm_store.database import Store, open_store
from crm_store.planning.touch_rows import COPY
from crm_store.segments.text import from_text
from crm_store.standings.pages import PAGE, bounds
from scheduler.care.planner import Planner
from scheduler.care.rehearsing import Rehearsals, Wanted

ROOT = Path(__file__).parent.parent
ZONE = "Asia/Singapore"
Bare = psycopg.Connection[tuple[object, ...]]
TYPICAL = "tier in (gold, silver) and language = zh and last_order > 60 days ago and not open_complaint"


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def timed(what: str, many: int) -> Iterator[list[float]]:
    """Prints how long the block took, and how many a second."""
    took: list[float] = []
    began = time.perf_counter()
    yield took
    took.append(time.perf_counter() - began)
    print(f"  {what:<44}{took[0]:8.2f} s{many / took[0]:12,.0f} a second", flush=True)


async def refresh(store: Store, members: int) -> None:
    """Everybody's standing, as after an import."""
    with timed("standings read from the records", members):
        for page in range(members // PAGE + 1):
            async with store.transaction() as crm:
                await crm.standings.refresh(*bounds(page), now())


def floor(url: str, occurrence: int, members: int) -> dict[str, float]:
    """Seconds of the bare inserts, by what they are."""
    found = {}
    with psycopg.connect(plain(url), autocommit=True) as connection:
        pages = [_page(connection, occurrence, page) for page in range(members // PAGE + 1)]
        for what, like in (
            ("inserted, every index", "including indexes"),
            ("copied, every index", "including indexes"),
            ("copied, no index but the key", ""),
        ):
            connection.execute(b"drop table if exists bare_touches")
            connection.execute(f"create table bare_touches (like touches including defaults {like})".encode())
            if not like:
                connection.execute(b"alter table bare_touches add primary key (occurrence_id, customer_id)")
            connection.execute(b"checkpoint")
            with timed(what, members) as took:
                if what.startswith("inserted"):
                    _insert(connection, occurrence)
                else:
                    _copy(connection, pages)
            found[what] = took[0]
        connection.execute(b"drop table bare_touches")
    return found


def _insert(connection: Bare, occurrence: int) -> None:
    """One statement, and the database alone."""
    rows = f"select * from touches where occurrence_id = {occurrence}"
    connection.execute(f"insert into bare_touches {rows}".encode())


def _copy(connection: Bare, pages: list[bytes]) -> None:
    """A commit for every page."""
    for data in pages:
        with connection.cursor().copy(COPY.replace("touches", "bare_touches").encode()) as copy:
            copy.write(data)


def _page(connection: Bare, occurrence: int, page: int) -> bytes:
    first, last = bounds(page)
    columns = COPY[COPY.index("(") + 1 : COPY.index(")")]
    asked = (
        f"copy (select {columns} from touches where occurrence_id = {occurrence} and customer_id between {first} and"
        f" {last} order by customer_id) to stdout (format binary)"
    )
    with connection.cursor().copy(asked.encode()) as copy:
        return b"".join(bytes(part) for part in copy)


async def plan_here(store: Store, members: int, profile: bool) -> tuple[int, float]:
    """In this process; gives the occurrence and the seconds."""
    occurrence = await campaign(store, now(), int(time.time() * 1000))
    process, before = psutil.Process(), psutil.Process().memory_full_info().uss
    planner, profiler = Planner(store, now), cProfile.Profile()
    with timed("decided and stored, one process", members) as took:
        if profile:
            profiler.enable()
        await planner.plan(occurrence)
        profiler.disable()
    gc.collect()
    print(f"  {'memory before and after':<44}{before / 2**20:8.0f} MB{process.memory_full_info().uss / 2**20:8.0f} MB")
    if profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)
    return occurrence, took[0]


async def rehearse(store: Store, occurrence: int, members: int) -> None:
    """The same for the same people, and by one more set of rules."""
    async with store.reading() as crm:
        briefing = (await crm.candidates.briefings([occurrence]))[occurrence]
    for what, other in (("rehearsed", None), ("rehearsed by two sets of rules", replace(briefing.policy, overall=()))):
        with timed(what, members):
            wanted = Wanted(briefing.plan, briefing.message.purpose, now(), None, other)
            await Rehearsals(store, ZONE, now).of(wanted)


async def plan_by(store: Store, url: str, members: int, many: int) -> float:
    """In so many processes."""
    occurrence = await campaign(store, now(), int(time.time() * 1000))
    command = [sys.executable, "-m", "benchmarks._plan_worker", url, str(occurrence)]
    pipe = subprocess.PIPE
    workers = [
        subprocess.Popen([*command, str(part)], stdin=pipe, stdout=pipe, text=True, cwd=ROOT) for part in range(many)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    with timed(f"decided and stored, {many} processes", members) as took:
        for worker in workers:  # all of them begin before the first one is waited for
            assert worker.stdin is not None
            worker.stdin.write("\n")
            worker.stdin.flush()
        for worker in workers:
            worker.communicate()
    return took[0]


async def count(store: Store) -> None:
    for expression in (TYPICAL, "everybody"):
        async with store.transaction() as crm:
            began = time.perf_counter()
            counted = await crm.segments.count(from_text(expression), now(), 10_000)
            took = time.perf_counter() - began
        print(f"  {'members of a segment':<44}{took:8.3f} s{counted.members or 0:12,} · {expression}", flush=True)


async def outcomes(store: Store, occurrence: int) -> None:
    async with store.transaction() as crm:
        counts = await crm.occurrences.counts(occurrence)
    for name, many in sorted(counts.items(), key=lambda pair: -pair[1]):
        print(f"    {name:<42}{many:10,}")


async def measure(url: str, members: int, profile: bool) -> None:
    store = open_store(url, pool=6)
    gc.freeze()  # as the house does when it is built
    await refresh(store, members)
    occurrence, ours = await plan_here(store, members, profile)
    await outcomes(store, occurrence)
    for what, bare in (await asyncio.to_thread(floor, url, occurrence, members)).items():
        print(f"  {f'ours to {what}':<44}{ours / bare:8.2f} times")
    await rehearse(store, occurrence, members)
    await asyncio.to_thread(clear, url)  # else the second would have the first one's touches to heed
    two = await plan_by(store, url, members, 2)
    print(f"  {'two processes to one':<44}{ours / two:8.2f} times as fast")
    await asyncio.to_thread(clear, url)  # else it would be timed beside the writing down of two plans
    await count(store)
    await store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="a folder to fill once and use again")
    parser.add_argument("--profile", action="store_true", help="say where the time goes")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="careloop-bench-", ignore_cleanup_errors=True) as folder:
        var = (wanted.keep or Path(folder)).resolve()
        with running_postgres(var) as server:
            print(f"{wanted.members:,} members", flush=True)
            fill(server.url, wanted.members)
            clear(server.url)
            uvloop.run(measure(server.url, wanted.members, wanted.profile))


if __name__ == "__main__":
    main()
