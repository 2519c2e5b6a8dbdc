"""A Bot API server that enforces Telegram's rules, for tests on loopback: ``https://core.telegram.org/bots/api``.

What it cannot show: the real flood limits, which are unpublished, and anything about a phone's screen.
"""

import asyncio
import json
import re
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from tests.fakes.telegram_delivery import Webhook
from tests.fakes.telegram_faults import Fault
from tests.fakes.telegram_people import People, Sent
from tests.fakes.telegram_rules import ACTIONS, Refusal, bad, check_webhook, markup_of, text_of

TOKEN = "110201543:not-a-token-of-any-real-bot"
DEFAULT_UPDATES = ("message", "callback_query", "my_chat_member", "edited_message", "channel_post", "poll")
# An offset further ahead than this is taken for one of another queue and ignored (tdlib, TQueue::get).
_AHEAD = 10

Parameters = Mapping[str, str]


class FakeTelegram(People):
    """One bot's view of Telegram. `over_http` lets webhooks be plain http, as loopback needs and Telegram refuses."""

    def __init__(self, token: str = TOKEN, over_http: bool = False, pace: float = 0.01) -> None:
        super().__init__()
        self.token = token
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.webhook = Webhook(pace=pace)
        self.next_update_id = 50_000_001
        self._over_http = over_http
        self._queue: list[dict[str, Any]] = []
        self._allowed: tuple[str, ...] = DEFAULT_UPDATES
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._poller: asyncio.Future[None] | None = None
        self._news = asyncio.Event()
        self._message_arrived = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self._methods: dict[str, Callable[[Parameters], Awaitable[Any]]] = {
            "getme": self._get_me,
            "getupdates": self._get_updates,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._get_webhook_info,
            "sendmessage": self._send_message,
            "sendchataction": self._send_chat_action,
            "answercallbackquery": self._answer_callback_query,
            "getfile": self.files.get_file,
        }

    async def start(self, port: int = 0) -> str:
        """Listen on loopback; returns the API base, e.g. ``http://127.0.0.1:41234``."""
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        app.router.add_get("/file/bot{token}/{path:.+}", self._serve)
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        host, listening = self._runner.addresses[0][:2]
        return f"http://{host}:{listening}"

    async def stop(self) -> None:
        await self.webhook.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    def fails_next(self, method: str, *faults: Fault) -> None:
        """Script the next calls of a method, e.g. ``fake.fails_next("sendMessage", flooded(3))``."""
        self._faults[method.lower()].extend(faults)

    def called(self, method: str) -> int:
        """How often the bot has called a method."""
        return sum(name == method for name, _ in self.calls)

    @property
    def pending(self) -> list[int]:
        """The ids of the updates that are neither confirmed nor delivered."""
        return [update["update_id"] for update in self._queue]

    async def wait_for_sent(self, chat_id: int, count: int = 1, seconds: float = 10.0) -> list[Sent]:
        """What a person got, as soon as it is `count` messages. Raises `TimeoutError`."""
        async with asyncio.timeout(seconds), self._message_arrived:
            await self._message_arrived.wait_for(lambda: len(self.sent(chat_id)) >= count)
        return self.sent(chat_id)

    def bot_user(self) -> dict[str, Any]:
        bot_id = int(self.token.partition(":")[0])
        return {"id": bot_id, "is_bot": True, "first_name": "Willow", "username": "willowmere_bot"}

    def add_update(self, kind: str, body: dict[str, Any]) -> int:
        if kind not in self._allowed:
            return 0
        update_id, self.next_update_id = self.next_update_id, self.next_update_id + 1
        self._queue.append({"update_id": update_id, kind: body})
        self._news.set()
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)
        return update_id

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"].lower()
        try:
            self._check_token(request.match_info["token"])
            if method not in self._methods:
                raise Refusal(404, "Not Found: method not found")
            parameters = await _parameters(request)
            self.calls.append((request.match_info["method"], parameters))
            return await self._answer(request, method, parameters)
        except Refusal as refusal:
            headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
            return web.json_response(refusal.body(), status=refusal.code, headers=headers)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        """A file; its faults are scripted under the method ``file``."""
        fault = self._faults["file"].popleft() if self._faults["file"] else Fault(carried_out=True)
        try:
            self._check_token(request.match_info["token"])
            if fault.refusal is not None:
                raise fault.refusal
            if fault.drops and request.transport is not None:
                request.transport.abort()
            if fault.body:
                return web.Response(text=fault.body, status=fault.status, content_type=fault.content_type)
            return self.files.serve(request.match_info["path"])
        except Refusal as refusal:
            return web.json_response(refusal.body(), status=refusal.code)

    async def _answer(self, request: web.Request, method: str, parameters: Parameters) -> web.StreamResponse:
        fault = self._faults[method].popleft() if self._faults[method] else Fault(carried_out=True)
        if fault.refusal is not None:
            raise fault.refusal
        result = await self._methods[method](parameters) if fault.carried_out else None
        await asyncio.sleep(fault.slow)
        if fault.drops and request.transport is not None:
            request.transport.abort()
        if fault.body:
            return web.Response(text=fault.body, status=fault.status, content_type=fault.content_type)
        return web.json_response({"ok": True, "result": result})

    def _check_token(self, token: str) -> None:
        if not re.fullmatch(r"\d+:[A-Za-z0-9_-]{20,}", token):
            raise Refusal(404, "Not Found")
        if token != self.token:
            raise Refusal(401, "Unauthorized")

    async def _get_me(self, parameters: Parameters) -> dict[str, Any]:
        abilities = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")
        return {**self.bot_user(), **dict.fromkeys(abilities, False)}

    async def _get_updates(self, parameters: Parameters) -> list[dict[str, Any]]:
        if self.webhook.url:
            text = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            raise Refusal(409, f"Conflict: {text}")
        if self._poller is not None and not self._poller.done():
            text = "terminated by other getUpdates request; make sure that only one bot instance is running"
            self._poller.set_exception(Refusal(409, f"Conflict: {text}"))
        self._allow(parameters)
        self._confirm(int(parameters.get("offset") or 0))
        seconds = min(50, int(parameters.get("timeout") or 0))
        if not self._queue and seconds:
            await self._wait_for_update(seconds)
        return self._queue[: max(1, min(100, int(parameters.get("limit") or 100)))]

    async def _wait_for_update(self, seconds: int) -> None:
        poller = self._poller = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await poller
        except TimeoutError:
            return

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self._queue[:] = self._queue[offset:]
        elif offset <= self.next_update_id + _AHEAD:
            self._queue[:] = [update for update in self._queue if update["update_id"] >= offset]

    def _allow(self, parameters: Parameters) -> None:
        if "allowed_updates" in parameters:
            self._allowed = tuple(json.loads(parameters["allowed_updates"])) or DEFAULT_UPDATES

    async def _set_webhook(self, parameters: Parameters) -> bool:
        url, secret = parameters.get("url", ""), parameters.get("secret_token", "")
        check_webhook(url, secret, self._over_http)
        self._allow(parameters)
        await self.webhook.stop()
        self.webhook.url, self.webhook.secret = url, secret
        if url:
            self.webhook.start(self._queue, self._news)
        return True

    async def _delete_webhook(self, parameters: Parameters) -> bool:
        if parameters.get("drop_pending_updates") == "true":
            self._queue.clear()
        return await self._set_webhook({})

    async def _get_webhook_info(self, parameters: Parameters) -> dict[str, Any]:
        known = {"url": self.webhook.url, "has_custom_certificate": False, "pending_update_count": len(self._queue)}
        error = {"last_error_date": int(time.time()), "last_error_message": self.webhook.last_error}
        return {**known, **(error if self.webhook.last_error else {})}

    async def _send_message(self, parameters: Parameters) -> dict[str, Any]:
        person = self.reachable(parameters.get("chat_id", ""))
        text, markup = text_of(parameters), markup_of(parameters)
        message = Sent(self.next_message_id(), person.id, text, markup, dict(parameters))
        async with self._message_arrived:
            self.deliver(message)
            self._message_arrived.notify_all()
        return self.as_json(message)

    async def _send_chat_action(self, parameters: Parameters) -> bool:
        self.reachable(parameters.get("chat_id", ""))
        if parameters.get("action") not in ACTIONS:
            raise bad("wrong parameter action in request")
        return True

    async def _answer_callback_query(self, parameters: Parameters) -> bool:
        if parameters.get("callback_query_id") not in self.open_queries:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        return True


async def _parameters(request: web.Request) -> dict[str, str]:
    """From the query string, a form or JSON, all of which the Bot API takes; nested values stay JSON text."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        given |= await request.json()
    else:
        given |= await request.post()
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
