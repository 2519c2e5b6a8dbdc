"""A provider that takes every message, and can prove afterwards what came when and to whom.

`python -m benchmarks._provider PORT MILLISECONDS`: it answers after so many. It speaks enough of Telegram's Bot API for
a real channel to send through it.
"""

import asyncio
import sys
import time
from array import array
from collections import Counter
from urllib.parse import parse_qs

import uvloop
from aiohttp import web


class Ledger:
    """When each message came, on one monotonic clock, and how many each chat got."""

    def __init__(self) -> None:
        self.times = array("d")
        self.chats: Counter[str] = Counter()

    def note(self, chat: str) -> int:
        self.times.append(time.monotonic())
        self.chats[chat] += 1
        return len(self.times)

    def figures(self) -> dict[str, float]:
        """`most`: messages in the fullest second there is, wherever it begins. `seconds` from the first to the last."""
        times = sorted(self.times)
        most, first = 0, 0
        for place, at in enumerate(times):
            while times[first] <= at - 1.0:
                first += 1
            most = max(most, place - first + 1)
        return {
            "messages": len(times),
            "chats": len(self.chats),
            "twice": sum(many > 1 for many in self.chats.values()),
            "most": most,
            "seconds": times[-1] - times[0] if times else 0.0,
        }


def app(ledger: Ledger, latency: float) -> web.Application:
    """`latency` in seconds."""

    async def send(request: web.Request) -> web.Response:
        told = parse_qs(await request.text())
        chat = told["chat_id"][0]
        number = ledger.note(chat)
        if latency:
            await asyncio.sleep(latency)
        sent = {"message_id": number, "date": 1_790_000_000, "chat": {"id": int(chat), "type": "private"}}
        return web.json_response({"ok": True, "result": {**sent, "text": told["text"][0]}})

    async def figures(_: web.Request) -> web.Response:
        return web.json_response(ledger.figures())

    async def chats(_: web.Request) -> web.Response:
        return web.json_response(ledger.chats)

    async def times(_: web.Request) -> web.Response:
        return web.json_response(sorted(ledger.times))

    async def forget(_: web.Request) -> web.Response:
        ledger.times, ledger.chats = array("d"), Counter()
        return web.Response()

    made = web.Application()
    made.router.add_post("/bot{token}/sendMessage", send)
    made.router.add_get("/figures", figures)
    made.router.add_get("/chats", chats)
    made.router.add_get("/times", times)
    made.router.add_post("/forget", forget)
    return made


async def serve(port: int, latency: float) -> None:
    runner = web.AppRunner(app(Ledger(), latency), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), float(sys.argv[2]) / 1000))
