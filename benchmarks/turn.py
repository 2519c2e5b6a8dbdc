"""A whole turn, web-chat POST to reply readable, beside a bare REST turn of stock Rasa with the same model.

./careloop bench turn [--turns 200]
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path

import aiohttp
import psutil

from benchmarks._house import RunningHouse, running_house
from benchmarks._shopper import Shopper
from bot.stack.addresses import answers, free_port
from bot.stack.children import Recipe, start
from bot.stack.folders import Folders
from bot.stack.rasa import rasa, rasa_environment

LINES = [
    "hello",
    "do you have an air fryer",
    "how do returns work",
    "where are your stores",
    "thanks",
    "怎么退货",
    "你们几点开门",
]
SESSION = 20
"""Turns after which a shopper leaves and another comes: stock Rasa slows down with every turn of a session."""

Say = Callable[[str], Awaitable[None]]
Arrive = Callable[[int], Awaitable[Say]]


@contextmanager
def stock_rasa(house: RunningHouse, patched: bool) -> Iterator[str]:
    """Rasa as it comes: REST channel, in-memory tracker, no speed-ups; the same model and the same actions."""
    own = house.process("rasa run")
    assert own is not None
    told, line = own.environ(), own.cmdline()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "credentials.yml").write_text("rest:\n")
        (place / "endpoints.yml").write_text(
            "action_endpoint:\n  url: ${CARELOOP_ACTIONS_URL}\n  headers:\n"
            "    Authorization: Bearer ${CARELOOP_ACTIONS_TOKEN}\n"
        )
        port = free_port()
        where = ["-i", "127.0.0.1", "-p", str(port), "--model", line[line.index("--model") + 1]]
        what = ["--endpoints", str(place / "endpoints.yml"), "--credentials", str(place / "credentials.yml")]
        names = ("CARELOOP_ACTIONS_URL", "CARELOOP_ACTIONS_TOKEN")
        environment = {name: told[name] for name in names} | {"CARELOOP_RASA_PATCH": str(patched).lower()}
        folders = Folders(place / "var").made()
        child = start(
            Recipe("rasa", [*rasa("run"), *where, *what], place / "log", rasa_environment(folders, environment))
        )
        try:
            assert child.wait_until(lambda: answers("127.0.0.1", port, "/"), 180), "stock Rasa did not start"
            yield f"http://127.0.0.1:{port}"
        finally:
            child.stop()


@asynccontextmanager
async def arriving(house: RunningHouse, stock_url: str) -> AsyncIterator[dict[str, Arrive]]:
    """How a shopper arrives at either side; what they get is a way to say something and wait for the answer."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as http:
        guest = Shopper(http, house.url)
        await guest.arrive()

        async def at_ours(_: int) -> Say:
            shopper = Shopper(http, house.url)
            await shopper.arrive()

            async def say(line: str) -> None:
                await shopper.say(line)
                await shopper.hear()

            return say

        async def at_stock(number: int) -> Say:
            async def say(line: str) -> None:
                meta = {"conversation": guest.conversation_id, "interaction": 1, "language": "en", "channel": "webchat"}
                body = {"sender": f"s{number}", "message": line, "metadata": meta}
                async with http.post(f"{stock_url}/webhooks/rest/webhook", json=body) as response:
                    assert await response.json(), f"stock Rasa said nothing to {line!r}"

            return say

        yield {"stock": at_stock, "ours": at_ours}


async def measure(arrive: Arrive, side_by_side: int, turns: int) -> dict[str, float]:
    """p50 and p95 in milliseconds and turns per second, in a closed loop of `side_by_side` shoppers."""
    took: list[float] = []
    numbers = count(int(time.monotonic() * 1000))
    left = iter(range(turns))

    async def shop() -> None:
        say = await arrive(next(numbers))
        for turn, number in enumerate(left, start=1):
            if turn % SESSION == 0:
                say = await arrive(next(numbers))
            began = time.perf_counter()
            await say(LINES[number % len(LINES)])
            took.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*(shop() for _ in range(side_by_side)))
    seconds = time.perf_counter() - began
    return {"p50": statistics.median(took), "p95": statistics.quantiles(took, n=20)[18], "per second": turns / seconds}


async def run(house: RunningHouse, stock_url: str, turns: int) -> None:
    async with arriving(house, stock_url) as sides:
        for arrive in sides.values():
            await measure(arrive, 4, 28)
        print(f"{'':<14}{'stock Rasa, bare REST':>34}{'CareLoop, whole turn':>34}{'ratio':>10}")
        for side_by_side in (1, 8, 32):
            found = {name: await measure(arrive, side_by_side, turns) for name, arrive in sides.items()}
            cells = [f"p50 {f['p50']:6.1f}  p95 {f['p95']:6.1f}  {f['per second']:5.1f}/s" for f in found.values()]
            figure = "p50" if side_by_side == 1 else "per second"
            ratio = found["ours"][figure] / found["stock"][figure]
            print(f"{side_by_side:>3} at a time {cells[0]:>34}{cells[1]:>34}{ratio:>7.2f} {figure}")


def memory(house: RunningHouse) -> None:
    """Idle memory by part; shared pages are counted once (USS), and resident size beside it."""
    rows = {}
    for name, part in {"app": "bot.main", "Rasa": "rasa run", "launcher": "bot.launch"}.items():
        process = house.process(part)
        rows[name] = [process] if process else []
    rows["PostgreSQL"] = [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(str(house.var) in word for word in process.info["cmdline"] or [])
        and "postgres" in (process.info["cmdline"] or [""])[0]
    ]
    rows["PostgreSQL"] += [child for process in rows["PostgreSQL"] for child in process.children(recursive=True)]
    total = 0.0
    for name, processes in rows.items():
        uss = sum(process.memory_full_info().uss for process in processes) / 2**20
        total += uss
        print(f"  {name:<12}{uss:8.0f} MB")
    print(f"  {'together':<12}{total:8.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=200, help="turns at each concurrency")
    parser.add_argument("--patched", action="store_true", help="give stock Rasa our speed-ups, too")
    wanted = parser.parse_args()
    with running_house() as house:
        time.sleep(3)
        print("Idle memory")
        memory(house)
        with stock_rasa(house, wanted.patched) as stock_url:
            asyncio.run(run(house, stock_url, wanted.turns))


if __name__ == "__main__":
    main()
