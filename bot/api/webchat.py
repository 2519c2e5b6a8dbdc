"""Web chat's public contract: sessions, messages, long polling and a live socket."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Header, Query, Request, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.api.allowance import Allowance
from bot.api.refusals import MessageNotTaken, SessionUnknown, TooManyMessages, documented
from bot.conversation.inbox import WayIn
from bot.conversation.language import MAX_TEXT, clean
from bot.conversation.thread import Threads
from bot.conversation.visitors import Visitor, new_token, visitor_of
from crm_store.errors import CareLoopError

BAD_TOKEN = 4401
FOREIGN_ORIGIN = 4403
LONGEST_WAIT = 25.0


class NewSession(BaseModel):
    """`language` is the page's; the conversation follows what the shopper writes."""

    language: Literal["en", "zh"] = "en"


class Session(BaseModel):
    """Keep the token: it is the only key to this thread. It lapses after 30 days."""

    token: str
    conversation_id: int


class NewMessage(BaseModel):
    """Words, or the id of a quick reply; the same `client_message_id` twice is one message."""

    model_config = ConfigDict(extra="forbid")

    client_message_id: str = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")
    text: str = Field("", max_length=MAX_TEXT)
    payload: str = Field("", max_length=64)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(clean(self.text)) == bool(self.payload):
            raise ValueError("text or payload must be given, one of them, and not blank")
        return self


class Taken(BaseModel):
    """The message is kept; the answer comes by `GET` or over the socket."""

    interaction_id: int


@dataclass(frozen=True)
class WebChatLimits:
    """What one person can want: messages of one visitor, new chats from one network address."""

    messages_per_minute: int = 40
    sessions_per_minute: int = 30


class WebChatDesk:
    """What the routes share: who may write how often, the way in, the thread."""

    def __init__(
        self, way_in: WayIn, threads: Threads, limits: WebChatLimits, secret: bytes, now: Callable[[], datetime]
    ) -> None:
        self.threads = threads
        self._way_in = way_in
        self._secret = secret
        self._now = now
        self._sessions = Allowance(limits.sessions_per_minute, seconds=60)
        self._messages = Allowance(limits.messages_per_minute, seconds=60)

    async def open(self, address: str, language: str) -> Session:
        if not self._sessions.take(address, self._now()):
            raise TooManyMessages("too many new chats from this address; try again in a minute")
        visitor, token = new_token(self._secret, self._now())
        return Session(token=token, conversation_id=await self.threads.open(visitor, language))

    def visitor(self, token: str) -> Visitor:
        visitor = visitor_of(self._secret, token, self._now())
        if visitor is None:
            raise SessionUnknown("this chat session is not known or has lapsed; open a new one")
        return visitor

    async def take(self, visitor: Visitor, message: NewMessage) -> int:
        if not self._messages.take(visitor.address, self._now()):
            raise TooManyMessages("too many messages in a minute; please wait a little")
        event = {"visitor": visitor.address, **message.model_dump(exclude_defaults=True)}
        kept = await self._way_in.keep(self.threads.channel, event)
        if kept is None or kept.interaction_id is None:
            raise MessageNotTaken("this message could not be read")
        return kept.interaction_id


def webchat_router(desk: WebChatDesk) -> APIRouter:
    """The routes under ``/channels/webchat``."""
    router = APIRouter(prefix="/channels/webchat", tags=["web chat"])

    def visitor_from(authorization: str) -> Visitor:
        scheme, _, token = authorization.partition(" ")
        return desk.visitor(token if scheme.lower() == "bearer" else "")

    @router.post("/sessions", status_code=201, responses=documented(429, 503))
    async def open_session(request: Request, wanted: NewSession | None = None) -> Session:
        address = request.client.host if request.client else ""
        return await desk.open(address, (wanted or NewSession()).language)

    @router.post("/messages", status_code=202, responses=documented(401, 413, 429, 503))
    async def send(message: NewMessage, authorization: Annotated[str, Header()] = "") -> Taken:
        return Taken(interaction_id=await desk.take(visitor_from(authorization), message))

    @router.get("/messages", responses=documented(401, 503))
    async def read(
        after: Annotated[int, Query(ge=0, le=2**31)] = 0,
        wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0,
        authorization: Annotated[str, Header()] = "",
    ) -> dict[str, list[dict[str, Any]]]:
        conversation_id = await desk.threads.of(visitor_from(authorization))
        return {"messages": await _read_or_wait(desk.threads, conversation_id, after, wait)}

    @router.websocket("/live")
    async def live(socket: WebSocket) -> None:
        await socket.accept()
        if not _of_this_house(socket):
            await socket.close(FOREIGN_ORIGIN)
            return
        try:
            await _Live(desk, socket).run()
        except WebSocketDisconnect:
            return

    return router


async def _read_or_wait(threads: Threads, conversation_id: int, after: int, wait: float) -> list[dict[str, Any]]:
    async with threads.news(conversation_id, ("thread",)) as nudges:
        deadline = asyncio.get_running_loop().time() + wait
        while True:
            found = await threads.read(conversation_id, after)
            left = deadline - asyncio.get_running_loop().time()
            if found or left <= 0:
                return found
            try:
                async with asyncio.timeout(left):
                    await nudges.get()
            except TimeoutError:
                continue


def _of_this_house(socket: WebSocket) -> bool:
    """Browsers do not hold sockets to the same origin: a page elsewhere has no business here."""
    origin = socket.headers.get("origin")
    return origin is None or origin.partition("://")[2] == socket.headers.get("host")


class _Live:
    """One socket: a token first, then both ways until either side hangs up."""

    def __init__(self, desk: WebChatDesk, socket: WebSocket) -> None:
        self._desk = desk
        self._socket = socket
        self._after = 0

    async def run(self) -> None:
        visitor = await self._greeted()
        if visitor is None:
            await self._socket.close(BAD_TOKEN)
            return
        conversation_id = await self._desk.threads.of(visitor)
        async with self._desk.threads.news(conversation_id, ("thread", "typing", "quiet")) as nudges:
            await self._show(conversation_id)
            await self._socket.send_json({"type": "ready"})
            async with asyncio.TaskGroup() as tasks:
                showing = tasks.create_task(self._show_news(conversation_id, nudges))
                try:
                    await self._listen(visitor, conversation_id)
                finally:
                    showing.cancel()

    async def _greeted(self) -> Visitor | None:
        try:
            async with asyncio.timeout(10):
                hello = await self._heard()
            self._after = int(hello.get("after", 0))
            return self._desk.visitor(str(hello.get("token", "")))
        except (TimeoutError, ValueError, TypeError, SessionUnknown):
            return None

    async def _heard(self) -> dict[str, Any]:
        heard = json.loads(await self._socket.receive_text())
        if not isinstance(heard, dict):
            raise ValueError("not an object")
        return heard

    async def _show_news(self, conversation_id: int, nudges: "asyncio.Queue[str]") -> None:
        while True:
            topic = await nudges.get()
            if topic == "thread":
                await self._show(conversation_id)
            else:
                await self._socket.send_json({"type": "typing", "on": topic == "typing"})

    async def _show(self, conversation_id: int) -> None:
        for message in await self._desk.threads.read(conversation_id, self._after):
            self._after = message["seq"]
            await self._socket.send_json({"type": "message", **message})

    async def _listen(self, visitor: Visitor, conversation_id: int) -> None:
        while True:
            try:
                heard = await self._heard()
            except (ValueError, KeyError):
                await self._refuse("", "invalid_message", "each message must be a JSON object")
                continue
            if heard.get("type") == "seen" and isinstance(heard.get("seq"), int):
                await self._desk.threads.seen(conversation_id, min(heard["seq"], self._after))
            elif heard.get("type") == "send":
                await self._take(visitor, heard)

    async def _take(self, visitor: Visitor, heard: dict[str, Any]) -> None:
        told_id = heard.get("client_message_id")
        message_id = told_id[:64] if isinstance(told_id, str) else token_hex(4)
        try:
            fields = {name: heard[name] for name in ("client_message_id", "text", "payload") if name in heard}
            interaction_id = await self._desk.take(visitor, NewMessage.model_validate(fields))
        except ValidationError as error:
            await self._refuse(message_id, "invalid_request", str(error.errors()[0]["msg"]))
        except CareLoopError as error:
            await self._refuse(message_id, error.code, str(error))
        else:
            await self._socket.send_json(
                {"type": "accepted", "client_message_id": message_id, "interaction_id": interaction_id}
            )

    async def _refuse(self, message_id: str, code: str, message: str) -> None:
        await self._socket.send_json(
            {"type": "refused", "client_message_id": message_id, "code": code, "message": message}
        )
