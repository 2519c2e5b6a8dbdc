"""The web chat's socket: a token first, then both ways."""

import asyncio
import json
from secrets import token_hex
from typing import Any

from fastapi import WebSocket
from pydantic import ValidationError

from bot.api.refusals import SessionUnknown
from bot.api.webchat_desk import NewMessage, WebChatDesk
from bot.conversation.thread import READ_AT_ONCE
from bot.conversation.visitors import Visitor
from crm_store.errors import CareLoopError

BAD_TOKEN = 4401


class Live:
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
            fields = {name: heard[name] for name in NewMessage.model_fields if name in heard}
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
