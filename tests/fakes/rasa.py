"""A bot that speaks the wire of `POST /webhooks/careloop/turn` and does as told: for when Rasa is slow or away."""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web

Reply = Callable[[dict[str, Any]], list[dict[str, Any]]]


class ScriptedBot:
    """`reply` makes the messages of a turn; `delay` and `status` make it slow or broken. `asked` is every question."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._runner: web.AppRunner | None = None
        self.port = 0
        self.asked: list[dict[str, Any]] = []
        self.delay = 0.0
        self.status = 200
        self.together: asyncio.Barrier | None = None
        self.reply: Reply = lambda question: [{"text": f"bot: {question['text']}", "buttons": [], "custom": None}]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/webhooks/careloop/turn", self._turn)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _turn(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self._token}":
            return web.json_response({"error": "token"}, status=401)
        question = await request.json()
        self.asked.append(question)
        await asyncio.sleep(self.delay)
        if self.together is not None:
            await self.together.wait()
        if self.status != 200:
            return web.Response(status=self.status, text="<html>broken</html>")
        state = [*question["state"], {"event": "user", "text": question["text"]}][-6:]
        return web.json_response(
            {"messages": self.reply(question), "state": state, "intent": "ask_points", "confidence": 0.9}
        )
