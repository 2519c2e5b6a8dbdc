"""The web chat's socket: a token first, then both ways.

Closes with 4400 for a greeting that is none, 4401 for a token that is not ours or has lapsed, 4408 when nobody greets;
with 1013 while the store is away: come back with the same token.
"""

import asyncio
import json
from secrets import token_hex
from typing import Any

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field, ValidationError

from bot.api.errors import sentence
from bot.api.refusals import SessionUnknown
from bot.conversation.thread import READ_AT_ONCE
from bot.conversation.visitors import Visitor
from bot.web.desk import NewMessage, WebChatDesk
from crm_store.errors import CareLoopError, StoreUnavailable

NO_GREETING = 4400
BAD_TOKEN = 4401
TOO_LATE = 4408
COME_BACK = 1013
PATIENCE = 10
"""Seconds until somebody who says nothing is hung up on."""


class Greeting(BaseModel):
    """The first frame; `after` is the last number the page has shown."""

    token: str = ""
    after: int = Field(0, ge=0, lt=2**31)


class HungUp(Exception):
    """We end the conversation: a close code and, in a few plain words, the reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Live:
    """One socket: a token first, then both ways until either side hangs up. Raises `WebSocketDisconnect`."""

    def __init__(self, desk: WebChatDesk, socket: WebSocket) -> None:
        self._desk = desk
        self._socket = socket
        self._after = 0
        self._seen = 0

    async def run(self) -> None:
        try:
            await self._talk(await self._greeted())
        except HungUp as end:
            await self._socket.close(end.code, end.reason)
        except StoreUnavailable:
            await self._socket.close(COME_BACK, "the store is away; come back in a moment")

    async def _talk(self, visitor: Visitor) -> None:
        conversation_id = await self._desk.threads.of(visitor)
        async with self._desk.threads.news(conversation_id, ("thread", "typing", "quiet")) as nudges:
            await self._show(conversation_id)
            await self._socket.send_json({"type": "ready"})
            showing = asyncio.create_task(self._show_news(conversation_id, nudges))
            listening = asyncio.create_task(self._listen(visitor, conversation_id))
            try:
                ended, _ = await asyncio.wait({showing, listening}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                showing.cancel()
                listening.cancel()
                await asyncio.gather(showing, listening, return_exceptions=True)
            (listening if listening in ended else showing).result()

    async def _greeted(self) -> Visitor:
        try:
            async with asyncio.timeout(PATIENCE):
                greeting = Greeting.model_validate(await self._heard())
            self._after = greeting.after
            return self._desk.visitor(greeting.token)
        except TimeoutError:
            raise HungUp(TOO_LATE, f"no token within {PATIENCE} seconds") from None
        except ValidationError as error:
            raise HungUp(NO_GREETING, sentence(error.errors())[:120]) from None
        except ValueError as error:
            raise HungUp(NO_GREETING, str(error)) from None
        except SessionUnknown:
            raise HungUp(BAD_TOKEN, "this chat session is not known or has lapsed") from None

    async def _heard(self) -> dict[str, Any]:
        """Raises `ValueError`, whose text may be told, for anything but a JSON object."""
        frame = await self._socket.receive()
        if frame["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(frame["code"])
        try:
            heard = json.loads(frame.get("text") or "")
        except (ValueError, RecursionError):
            heard = None
        if not isinstance(heard, dict):
            raise ValueError("each message must be a JSON object in a text frame")
        return heard

    async def _show_news(self, conversation_id: int, nudges: "asyncio.Queue[str]") -> None:
        while True:
            topic = await nudges.get()
            if topic == "thread":
                await self._show(conversation_id)
            else:
                await self._socket.send_json({"type": "typing", "on": topic == "typing"})

    async def _show(self, conversation_id: int) -> None:
        more = True
        while more:
            messages = await self._desk.threads.read(conversation_id, self._after)
            more = len(messages) == READ_AT_ONCE
            for message in messages:
                self._after = message["seq"]
                await self._socket.send_json({"type": "message", **message})

    async def _listen(self, visitor: Visitor, conversation_id: int) -> None:
        while True:
            try:
                heard = await self._heard()
            except ValueError as error:
                await self._refuse("", "invalid_message", str(error))
                continue
            if heard.get("type") == "seen":
                await self._note_seen(conversation_id, heard.get("seq"))
            elif heard.get("type") == "send":
                await self._take(visitor, heard)

    async def _note_seen(self, conversation_id: int, seq: object) -> None:
        """Only what was shown, and each number once: a page that repeats itself costs the store nothing."""
        seen = min(seq, self._after) if isinstance(seq, int) else 0
        if seen > self._seen:
            await self._desk.threads.seen(conversation_id, seen)
            self._seen = seen

    async def _take(self, visitor: Visitor, heard: dict[str, Any]) -> None:
        told_id = heard.get("client_message_id")
        message_id = _sendable(told_id[:64]) if isinstance(told_id, str) else token_hex(4)
        try:
            fields = {name: heard[name] for name in NewMessage.model_fields if name in heard}
            interaction_id = await self._desk.take(visitor, NewMessage.model_validate(fields))
        except ValidationError as error:
            await self._refuse(message_id, "invalid_request", sentence(error.errors()))
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


def _sendable(text: str) -> str:
    """Half a character (a lone surrogate) cannot be sent back."""
    return text.encode(errors="replace").decode()
