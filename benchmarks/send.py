"""Sending a campaign of 100,000 over one lane: messages a second, beside a bare aiohttp loop; and what the rate allows.

./careloop bench send [--touches 100000] [--latency 30] [--rate 200] [--profile]

The provider is another process, and answers after `--latency` milliseconds, as one on the internet does; with 0 the
figure is what this machine can compute, on both sides. The floor is one aiohttp session that posts the same payloads
with as many requests at once; it stores nothing and decides nothing. `--rate` is then kept by the same lane, and proved
by the provider's own record of what came when.
"""

import argparse
import asyncio
import cProfile
import pstats
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import psutil
import uvloop
from sqlalchemy import func, select

from benchmarks._audience import LANE, TERMS, TOKEN, fill, now, planned
from benchmarks._twins import running_postgres
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_bot import close_bot, open_bot
from bot.stack.addresses import free_port
from crm_store.database import Store, open_store
from crm_store.planning.touches import Touch
from scheduler.care.lane import AT_ONCE
from scheduler.dispatcher import Dispatcher

ROOT = Path(__file__).parent.parent
TEXT = "Hello Member 12345, this week everything for your kitchen is a fifth off."
UNLIMITED = 1_000_000.0


@contextmanager
def provider(latency: float) -> Iterator[str]:
    """Its address; `latency` in milliseconds."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks._provider", str(port), str(latency)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait()


async def figures(http: aiohttp.ClientSession, address: str) -> dict[str, float]:
    """What the provider saw since it was asked last."""
    async with http.get(f"{address}/figures") as answer:
        seen: dict[str, float] = await answer.json()
    await http.post(f"{address}/forget")
    return seen


async def floor(http: aiohttp.ClientSession, address: str, many: int) -> float:
    """Messages a second of the bare loop."""
    numbers = iter(range(many))

    async def one_after_the_other() -> None:
        for number in numbers:
            body = urlencode({"chat_id": 1_000_000 + number, "text": TEXT})
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            async with http.post(f"{address}/bot{TOKEN}/sendMessage", data=body, headers=headers) as answer:
                await answer.json()

    began = time.perf_counter()
    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
    return many / (time.perf_counter() - began)


async def sent(store: Store, address: str, rate: float, most: int | None = None) -> float:
    """Send what is planned (or `most` of it); gives the seconds until it is sent and settled."""
    bot = open_bot(TOKEN, address)
    channel = TelegramChannel(bot)
    channel.capabilities = replace(channel.capabilities, rate=rate)
    dispatcher = Dispatcher(store, {LANE: channel}, now, lambda channel, result: None, TERMS)
    before = await settled(store)
    began = time.perf_counter()
    running = [asyncio.create_task(work()) for work in (dispatcher.run, store.signals.relay)]
    while await waiting(store) if most is None else await settled(store) - before < most:
        await asyncio.sleep(0.25)
    took = time.perf_counter() - began
    for work in running:
        work.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await close_bot(bot)
    return took


def database_cpu(url: str) -> float:
    """Seconds of processor so far, of every connection of the database."""
    name = url.partition("?")[0].rpartition("/")[2]
    seconds = 0.0
    for process in psutil.process_iter(["cmdline", "cpu_times"]):
        line = " ".join(process.info["cmdline"] or [])
        if line.startswith("postgres:") and f" {name} " in line:
            seconds += process.info["cpu_times"].user + process.info["cpu_times"].system
    return seconds


async def settled(store: Store) -> int:
    async with store.reading() as crm:
        return await crm.session.scalar(select(func.count()).select_from(Touch).filter_by(state="sent")) or 0


async def waiting(store: Store) -> bool:
    async with store.reading() as crm:
        states = ("waiting", "sending")
        return await crm.session.scalar(select(Touch.customer_id).where(Touch.state.in_(states)).limit(1)) is not None


@dataclass
class Measured:
    """Messages a second and microseconds of processor a message, of the bare loop and of ours; `kept`: at the rate."""

    bare: float
    bare_cpu: float
    ours: float
    ours_cpu: float
    database_cpu: float
    twice: float
    kept: dict[str, float]


async def measure(url: str, address: str, wanted: argparse.Namespace) -> Measured:
    store = open_store(url, pool=10)
    many = min(wanted.touches, 20_000)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as http:
        await planned(store)
        before = await floor(http, address, many)
        await figures(http, address)
        kept: dict[str, float] = {}
        if wanted.rate:
            await sent(store, address, wanted.rate, int(wanted.rate * 5))
            kept = await figures(http, address)
        cpu, database = time.process_time(), database_cpu(url)
        with profiled(wanted.profile):
            await sent(store, address, UNLIMITED)
        cpu, database = time.process_time() - cpu, database_cpu(url) - database
        seen = await figures(http, address)
        bare_cpu = time.process_time()
        after = await floor(http, address, many)
        bare_cpu = time.process_time() - bare_cpu
    await store.close()
    each, ours = 1e6 / seen["messages"], seen["messages"] / seen["seconds"]
    bare = (before + after) / 2
    return Measured(bare, bare_cpu / many * 1e6, ours, cpu * each, database * each, seen["twice"], kept)


@contextmanager
def profiled(wanted: bool) -> Iterator[None]:
    profiler = cProfile.Profile(time.thread_time)
    if wanted:
        profiler.enable()
    yield
    if wanted:
        profiler.disable()
        pstats.Stats(profiler).sort_stats("tottime").print_stats(45)


def told(found: Measured, rate: float) -> bool:
    """Prints it; True when everything is as it has to be but for the speed, which is the machine's."""
    print(f"  bare aiohttp loop, {AT_ONCE} at once   {found.bare:10,.0f} a second")
    print(f"  sent, with everything         {found.ours:10,.0f} a second")
    print(f"  ratio                         {found.ours / found.bare:10.2f}   target 0.70")
    print(f"  processor a message           {found.bare_cpu:10,.0f} µs bare, {found.ours_cpu:,.0f} µs ours,"
          f" {found.database_cpu:,.0f} µs database")  # fmt: skip
    print(f"  sent twice                    {found.twice:10,.0f}")
    if not found.kept:
        return not found.twice
    print(f"  fullest second at {rate:4g} a second {found.kept['most']:9,.0f}   of {found.kept['messages']:,.0f}")
    return not found.twice and found.kept["most"] <= rate


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--touches", type=int, default=100_000)
    parser.add_argument("--latency", type=float, default=30.0, help="milliseconds the provider takes to answer")
    parser.add_argument("--rate", type=float, default=200.0, help="0: do not measure the limiter")
    parser.add_argument("--profile", action="store_true")
    wanted = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="careloop-bench-") as folder,
        running_postgres(Path(folder)) as server,
        provider(wanted.latency) as address,
    ):
        fill(server.url, wanted.touches)
        found = uvloop.run(measure(server.url, address, wanted))
    return 0 if told(found, wanted.rate) else 1


if __name__ == "__main__":
    sys.exit(main())
