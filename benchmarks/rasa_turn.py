"""What one turn costs Rasa: waiting time and CPU, with five turns of state, with and without the two speed-ups.

./careloop bench rasa_turn [--turns 300]

The actions answer at once with a line of text, so what is measured is Rasa and the way to it and back. Beside it stands
reading the health page, which parses one line: the bare floor of this server.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

import aiohttp
import psutil
from aiohttp import web

from bot.settings import read_settings
from bot.stack.model import ensure_model
from bot.stack.rasa import Rasa, Wiring, start_rasa

TOKEN = "for-the-benchmark"
BEFORE = ["hello", "thanks", "你好", "how many points do I have", "hello"]
ASKED = "how many points do I have"
SIDE_BY_SIDE = 8

Ask = Callable[[], Awaitable[Any]]


def main() -> int:
    options = argparse.ArgumentParser(prog="./careloop bench rasa_turn", description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--turns", type=int, default=300)
    turns = options.parse_args().turns
    model = ensure_model(read_settings(), print)
    print(f"{'':26}{'p50 ms':>8}{'p95 ms':>8}{'CPU ms':>8}{f'{SIDE_BY_SIDE} at once, per s':>20}")
    for patch in (True, False):
        asyncio.run(_measure(model, patch, turns))
    return 0


async def _measure(model: Path, patch: bool, turns: int) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as http, _actions() as actions:
        with _running(model, Wiring(actions, TOKEN, TOKEN, patch)) as rasa:
            door = f"{rasa.url}/webhooks/careloop"
            state: list[Any] = []
            for text in BEFORE:
                state = (await _turn(http, door, text, state))["state"]
            server = _server(rasa)
            name = "with the speed-ups" if patch else "as it comes"
            await _report(f"turn, {name}", server, turns, lambda: _turn(http, door, ASKED, state))
            await _report(f"health, {name}", server, turns, lambda: _health(http, door))


async def _report(name: str, server: psutil.Process, turns: int, ask: Ask) -> None:
    for _ in range(turns // 10):
        await ask()
    cpu, waited = _cpu(server), []
    for _ in range(turns):
        started = time.perf_counter()
        await ask()
        waited.append((time.perf_counter() - started) * 1000)
    spent = (_cpu(server) - cpu) / turns * 1000
    cuts = quantiles(waited, n=20)
    rate = await _rate(ask, turns)
    print(f"{name:26}{cuts[9]:>8.1f}{cuts[18]:>8.1f}{spent:>8.1f}{rate:>20.0f}")


async def _rate(ask: Ask, turns: int) -> float:
    async def some() -> None:
        for _ in range(turns // SIDE_BY_SIDE):
            await ask()

    started = time.perf_counter()
    await asyncio.gather(*(some() for _ in range(SIDE_BY_SIDE)))
    return turns // SIDE_BY_SIDE * SIDE_BY_SIDE / (time.perf_counter() - started)


async def _turn(http: aiohttp.ClientSession, door: str, text: str, state: list[Any]) -> dict[str, Any]:
    body = {"sender": "1", "text": text, "language": "en", "state": state, "metadata": {"conversation": 1}}
    async with http.post(f"{door}/turn", json=body) as response:
        response.raise_for_status()
        answer: dict[str, Any] = await response.json()
        return answer


async def _health(http: aiohttp.ClientSession, door: str) -> None:
    async with http.get(f"{door}/health") as response:
        response.raise_for_status()


@contextmanager
def _running(model: Path, wiring: Wiring) -> Iterator[Rasa]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        rasa = start_rasa(Path(place), model, wiring)
        try:
            rasa.wait()
            yield rasa
        finally:
            rasa.stop()


@asynccontextmanager
async def _actions() -> AsyncIterator[str]:
    """The address of an action server that always says one line."""
    app = web.Application(client_max_size=10_000_000)
    app.router.add_post("/", _say_one_line)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def _say_one_line(request: web.Request) -> web.Response:
    json.loads(await request.read())
    return web.json_response({"events": [], "responses": [{"text": "120 points"}]})


def _server(rasa: Rasa) -> psutil.Process:
    """Rasa itself, below the leash it was started on."""
    started = psutil.Process(rasa.child.process.pid)
    return max([started, *started.children(recursive=True)], key=lambda process: process.memory_info().rss)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    sys.exit(main())
