"""Two hundred members of staff, each with a page open and its socket, in a process of their own.

`python -m benchmarks._crew A_URL B_URL view talk`: says "ready", and at the end of its input writes as JSON what it
saw: for each marker the moments (monotonic seconds) at which it arrived, by the number of the member of staff.
"""

import asyncio
import html
import json
import re
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field

import aiohttp
import uvloop

from benchmarks._crowd import STAFF, cookie_of

LIVE = re.compile(r'data-live="([^"]*)"')
STAMP = re.compile(r'data-stamp="([^"]*)"')
MARK = re.compile(r"zq\d{12}")
AT_THE_TALK = 10
THREAD = "data-live='talk.thread"


@dataclass
class Seen:
    """`inbox` and `thread`: of each marker when each member of staff had it first."""

    inbox: dict[str, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    thread: dict[str, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    frames: int = 0
    letters: int = 0
    largest: int = 0
    listening: list[asyncio.Task[None]] = field(default_factory=list)

    def hear(self, number: int, frame: str) -> None:
        now = time.monotonic()
        self.frames += 1
        self.letters += len(frame)
        self.largest = max(self.largest, len(frame))
        # Several parts may share a frame: the list comes with its own id, the thread with its own.
        for part in frame.split("<hx-partial ")[1:]:
            seen = self.thread if THREAD in part else self.inbox
            for marker in MARK.findall(part):
                seen[marker].setdefault(number, now)


async def watch(http: aiohttp.ClientSession, url: str, number: int, path: str, seen: Seen) -> None:
    """One page: loaded, then kept up to date."""
    headers = {"Cookie": f"careloop_staff={cookie_of(number)}", "Origin": url}
    async with http.get(url + path, headers=headers, allow_redirects=False) as answer:
        page = await answer.text()
        assert answer.status == 200, f"{path} answered {answer.status}"
    wanted = list(dict.fromkeys(html.unescape(each) for each in LIVE.findall(page)))
    stamp = STAMP.search(page)
    assert stamp is not None
    socket = await http.ws_connect(f"{url}/console/live", headers=headers, compress=15, max_msg_size=0)
    await socket.send_str(json.dumps({"watch": wanted, "stamp": stamp[1]}))
    seen.listening.append(asyncio.create_task(listen(socket, number, seen)))


async def listen(socket: aiohttp.ClientWebSocketResponse, number: int, seen: Seen) -> None:
    async for message in socket:
        if message.type is aiohttp.WSMsgType.TEXT:
            seen.hear(number, message.data)


def path_of(number: int, view: str, talk: str) -> str:
    return f"/console/talks/{talk}?view={view}" if number <= AT_THE_TALK else f"/console/inbox?view={view}"


async def main(urls: list[str], view: str, talk: str) -> None:
    seen = Seen()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        for number in range(1, STAFF + 1):
            await watch(http, urls[number % 2], number, path_of(number, view, talk), seen)
        print("ready", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        print(json.dumps({name: value for name, value in vars(seen).items() if name != "listening"}), flush=True)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1:3], sys.argv[3], sys.argv[4]))
