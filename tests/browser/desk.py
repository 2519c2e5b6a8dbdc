"""A care desk to drive the pages against: the real pages, and the web chat contract answered from memory.

The contract side stands in for `bot.web.webchat`; it keeps what it was told when its server is stopped and started
again, and can be made to fall over before or after it has stored a message.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse, Response

from bot.web.assets import load_web_assets
from bot.web.pages import pages_router, sample_router

SHOP = {"en": "Willowmere", "zh": "薇洛百货"}
TOKEN = "token-of-the-one-visitor"


@dataclass
class Desk:
    """What one visitor's thread holds, and what goes wrong on purpose.

    `falls` counts down how many messages are not answered: with `stores_first` they are kept all the same.
    """

    messages: list[dict[str, Any]] = field(default_factory=list)
    starts: list[str] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)
    sockets: set[WebSocket] = field(default_factory=set)
    seen: int = 0
    falls: int = 0
    stores_first: bool = False
    refuses: str = ""
    sockets_work: bool = True
    knows_token: bool = True
    delays: float = 0.0

    @property
    def heard(self) -> list[str]:
        """The shopper's own messages, in the order they were stored."""
        return [message["text"] for message in self.messages if message["direction"] == "in"]

    async def says(self, text: str, *replies: str, at: datetime | None = None, **speaker: str) -> None:
        """The care desk writes; `speaker` is `author` and perhaps `name`."""
        choices = [{"id": f"choice-{number}", "label": label} for number, label in enumerate(replies)]
        await self._add("out", text, choices, at=at, **speaker)

    async def types(self, is_on: bool) -> None:
        await self._tell({"type": "typing", "on": is_on})

    async def take(self, message: dict[str, Any]) -> int:
        """Store a message once; the number it has."""
        known = [kept["seq"] for kept in self.messages if kept.get("client_message_id") == message["client_message_id"]]
        if known:
            return int(known[0])
        if "start" in message:
            self.starts.append(message["start"])
        text = message.get("text", "") or (f"[{message['payload']}]" if "payload" in message else "")
        return await self._add("in", text, [], client_message_id=message["client_message_id"])

    def after(self, seq: int) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["seq"] > seq][:50]

    async def _add(self, direction: str, text: str, choices: list[dict[str, str]], **more: Any) -> int:
        seq = len(self.messages) + 1
        at = more.pop("at", None) or datetime.now(UTC)
        message = {
            "seq": seq,
            "direction": direction,
            "text": text,
            "quick_replies": choices,
            "at": at.isoformat(),
            **more,
        }
        self.messages.append(message)
        await self._tell({"type": "message", **message})
        return seq

    async def _tell(self, news: dict[str, Any]) -> None:
        for socket in list(self.sockets):
            await socket.send_json(news)


def desk_app(desk: Desk, embed_origins: list[str], care_url: str) -> FastAPI:
    """The pages and the contract around a desk."""
    app = FastAPI()
    assets = load_web_assets(SHOP)
    app.include_router(pages_router(assets, embed_origins))
    app.include_router(sample_router(assets, care_url))
    _add_sending(app, desk)
    _add_reading(app, desk)
    app.add_api_websocket_route("/channels/webchat/live", _live_route(desk))
    return app


def _add_sending(app: FastAPI, desk: Desk) -> None:
    @app.post("/channels/webchat/sessions", status_code=201)
    async def open_session(request: Request) -> dict[str, Any]:
        desk.sessions.append((await request.json())["language"])
        desk.knows_token = True
        return {"token": TOKEN, "conversation_id": 1}

    @app.post("/channels/webchat/messages")
    async def send(request: Request) -> Response:
        if not _knows(desk, request.headers.get("authorization", "")):
            return _told(401, "session_unknown")
        if desk.refuses:
            return _told(422, desk.refuses)
        message = await request.json()
        await asyncio.sleep(desk.delays)
        if desk.falls:
            await _fall(desk, message)
            return _told(503, "store_unavailable")
        return JSONResponse({"interaction_id": await desk.take(message)}, 202)


def _add_reading(app: FastAPI, desk: Desk) -> None:
    @app.get("/channels/webchat/messages")
    async def read(request: Request, after: int = 0, wait: float = 0) -> Response:
        if not _knows(desk, request.headers.get("authorization", "")):
            return _told(401, "session_unknown")
        for _ in range(int(wait * 20)):
            if desk.after(after):
                break
            await asyncio.sleep(0.05)
        return JSONResponse({"messages": desk.after(after)})


def _live_route(desk: Desk) -> Callable[[WebSocket], Any]:
    async def live(socket: WebSocket) -> None:
        if not desk.sockets_work:
            await socket.close()
            return
        await socket.accept()
        try:
            await _talk(desk, socket)
        except (WebSocketDisconnect, RuntimeError):
            return
        finally:
            desk.sockets.discard(socket)

    return live


async def _talk(desk: Desk, socket: WebSocket) -> None:
    hello = await socket.receive_json()
    if not _knows(desk, f"Bearer {hello['token']}"):
        await socket.close(4401)
        return
    for message in desk.after(hello["after"]):
        await socket.send_json({"type": "message", **message})
    desk.sockets.add(socket)
    await socket.send_json({"type": "ready"})
    while True:
        heard = await socket.receive_json()
        if heard["type"] == "seen":
            desk.seen = heard["seq"]
        elif desk.falls:
            await _fall(desk, heard)
            await socket.close(1012)
            return
        else:
            await socket.send_json(await _answer(desk, heard))


async def _answer(desk: Desk, heard: dict[str, Any]) -> dict[str, Any]:
    told = {"client_message_id": heard["client_message_id"]}
    if desk.refuses:
        return {"type": "refused", **told, "code": desk.refuses, "message": "no"}
    await asyncio.sleep(desk.delays)
    return {"type": "accepted", **told, "interaction_id": await desk.take(heard)}


async def _fall(desk: Desk, message: dict[str, Any]) -> None:
    desk.falls -= 1
    if desk.stores_first:
        sockets, desk.sockets = desk.sockets, set()
        await desk.take(message)
        desk.sockets = sockets


def _knows(desk: Desk, authorization: str) -> bool:
    return desk.knows_token and authorization == f"Bearer {TOKEN}"


def _told(status: int, code: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": "told"}}, status)
