"""The console's socket: GET /console/live. The page says what it shows; we send parts when they change.

Closes with 4401 when the session has ended and with 4403 when rights have changed: the page then loads itself again.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from starlette.websockets import WebSocket, WebSocketDisconnect

from console.live.company import Company
from console.live.hub import Hub
from console.live.line import Line, Viewer
from crm_store.database import Store
from crm_store.errors import StoreUnavailable
from crm_store.staff.sessions import SignedIn

COOKIE = "careloop_staff"
SIGNED_OUT = 4401
CHANGED = 4403
COME_BACK = 1013
CHECKED_EVERY = 30.0
LONGEST = 16_384


@dataclass
class Lines:
    """All sockets of this process, and the timer that asks whether they may go on."""

    store: Store
    hub: Hub
    now: Callable[[], datetime]
    is_own: Callable[[WebSocket], bool]
    company: Company
    _open: set[Line] = field(default_factory=set)

    async def serve(self, socket: WebSocket) -> None:
        """One socket, until either side hangs up."""
        if not self.is_own(socket):
            await socket.close(1008)
            return
        await socket.accept()
        try:
            found = await self._signed_in(socket)
        except StoreUnavailable:
            await socket.close(COME_BACK)
            return
        if found is None:
            await socket.close(SIGNED_OUT)
            return
        line = Line(Viewer(found.scope, found.member.language), found.digest)
        self._open.add(line)
        try:
            await self._talk(socket, line)
        except WebSocketDisconnect:
            pass
        finally:
            self._open.discard(line)
            self.hub.leave(line)

    async def watch_over(self) -> None:
        """Close the sockets of sessions that ended and of staff whose rights changed; every 30 s and when told."""
        told = asyncio.Event()
        with self.store.signals.listening_to({"staff": lambda _: told.set()}):
            while True:
                try:
                    async with asyncio.timeout(CHECKED_EVERY):
                        await told.wait()
                except TimeoutError:
                    pass
                told.clear()
                await self.check()

    async def check(self) -> None:
        """One question for all of them."""
        lines = [line for line in self._open if not line.closing]
        if not lines:
            return
        now = self.now()
        async with self.store.transaction() as crm:
            standing = await crm.sessions.standing({line.session for line in lines}, now)
            await crm.staff.note_here({found.member.id for found in standing.values()}, now)
        for line in lines:
            found = standing.get(line.session)
            if found is None:
                line.close(SIGNED_OUT)
            elif Viewer(found.scope, found.member.language) != line.viewer:
                line.close(CHANGED)

    async def _signed_in(self, socket: WebSocket) -> SignedIn | None:
        async with self.store.reading() as crm:
            found = await crm.sessions.signed_in(socket.cookies.get(COOKIE, ""), self.now())
        return None if found is None or found.member.must_change_password else found

    async def _talk(self, socket: WebSocket, line: Line) -> None:
        """Waits for both at once: whoever hangs up is noticed though nothing is to be sent."""
        telling = asyncio.create_task(_tell(socket, line))
        hearing = asyncio.create_task(self._hear(socket, line))
        try:
            ended, _ = await asyncio.wait({telling, hearing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            telling.cancel()
            hearing.cancel()
            await asyncio.gather(telling, hearing, return_exceptions=True)
        (hearing if hearing in ended else telling).result()

    async def _hear(self, socket: WebSocket, line: Line) -> None:
        while True:
            heard = _heard(await socket.receive_text())
            wanted, stamp = heard.get("watch"), heard.get("stamp")
            if isinstance(wanted, list) and isinstance(stamp, str):
                self.hub.watch(line, [each for each in wanted if isinstance(each, str)], stamp)
            else:
                await self.company.heard(line.viewer.scope, heard)


async def _tell(socket: WebSocket, line: Line) -> None:
    while True:
        await line.news.wait()
        line.news.clear()
        if line.closing:
            await socket.close(line.closing)
            return
        if frame := line.take():
            await socket.send_text(frame)


def _heard(text: str) -> dict[str, object]:
    """What is not a JSON object says nothing."""
    try:
        heard = json.loads(text[:LONGEST])
    except (ValueError, RecursionError):
        return {}
    return heard if isinstance(heard, dict) else {}
