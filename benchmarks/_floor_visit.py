"""Measures the bare floor the way the console is measured: the same clients, the same size, the same select."""

import asyncio
import sys
import time
from pathlib import Path

import aiohttp

from benchmarks._crowd import STAFF, plain
from bot.stack.addresses import answers, free_port

TIMES = 30
ROOT = Path(__file__).parent.parent


async def floor(database: str, size: int) -> dict[str, list[float]]:
    """Milliseconds until each of 200 sockets had a string of `size`, and of a page of one select."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks._floor", str(port), plain(database)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    try:
        while not await asyncio.to_thread(answers, "127.0.0.1", port, "/page"):
            await asyncio.sleep(0.1)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            return await _measured(http, f"http://127.0.0.1:{port}", size)
    finally:
        process.terminate()
        await process.wait()


async def _measured(http: aiohttp.ClientSession, url: str, size: int) -> dict[str, list[float]]:
    heard: list[float] = []
    began, pages = 0.0, []
    sockets = [await http.ws_connect(f"{url}/live", compress=15, max_msg_size=0) for _ in range(STAFF)]

    async def listen(socket: aiohttp.ClientWebSocketResponse) -> None:
        async for _ in socket:
            heard.append((time.monotonic() - began) * 1000)

    listening = [asyncio.create_task(listen(socket)) for socket in sockets]
    for _ in range(TIMES):
        await asyncio.sleep(0.5)
        began = time.monotonic()
        async with http.post(f"{url}/say", params={"mark": "zq", "size": str(size)}) as answer:
            await answer.read()
    for _ in range(TIMES * 3):
        asked = time.monotonic()
        async with http.get(f"{url}/page") as answer:
            await answer.read()
        pages.append((time.monotonic() - asked) * 1000)
    for task in listening:
        task.cancel()
    return {"a ready string to 200 sockets": heard, "a page of one select": pages}
