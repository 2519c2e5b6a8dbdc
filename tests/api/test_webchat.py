"""Web chat's contract over HTTP and over the socket: starts by a deep link, and threads longer than one reading."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from websockets.asyncio.client import ClientConnection, connect

from bot.api.errors import install_errors
from bot.channels.webchat import WebChat
from bot.conversation.deep_links import sealed
from bot.conversation.inbox import WayIn
from bot.conversation.thread import READ_AT_ONCE, Threads
from bot.web.desk import WebChatDesk, WebChatLimits
from bot.web.webchat import webchat_router
from crm_store.database import Store
from crm_store.talks.inbox import InboxEvent
from tests.api.conftest import Clock, code_of
from tests.browser.serving import Serving

SECRET = b"a secret of the tests, long enough"
TOKEN = "kYq0-" + "x" * 36 + "_z"


@dataclass
class Chat:
    """One visitor's session at a served web chat."""

    http: httpx2.AsyncClient
    socket_url: str
    token: str
    store: Store

    async def send(self, **said: str) -> httpx2.Response:
        return await self.http.post("/messages", json={"client_message_id": "message-1", **said})

    async def say_often(self, times: int) -> None:
        for number in range(times):
            answer = await self.send(client_message_id=f"message-{number}", text=f"line {number}")
            assert answer.status_code == 202

    async def kept(self) -> InboxEvent:
        async with self.store.transaction() as crm:
            return (await crm.session.scalars(select(InboxEvent))).one()


@pytest.fixture
async def chat(store: Store) -> AsyncIterator[Chat]:
    clock, channel = Clock(), WebChat()
    limits = WebChatLimits(messages_per_minute=10_000)
    way_in, threads = WayIn(store, clock, lambda _: None), Threads(store, channel, clock)
    app = FastAPI()
    app.include_router(webchat_router(WebChatDesk(way_in, threads, limits, SECRET, clock)))
    install_errors(app)
    serving = Serving()
    await serving.start(app)
    place = f"{serving.url}/channels/webchat"
    async with httpx2.AsyncClient(base_url=place) as http:
        token = (await http.post("/sessions", json={"language": "zh"})).json()["token"]
        http.headers["Authorization"] = f"Bearer {token}"
        yield Chat(http, place.replace("http", "ws", 1) + "/live", token, store)
    await serving.stop()


async def heard(socket: ClientConnection) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(await socket.recv())
    return told


async def test_a_start_is_kept_without_its_token(chat: Chat) -> None:
    assert (await chat.send(start=TOKEN)).status_code == 202
    event = await chat.kept()
    assert (event.kind, event.event["choice_id"]) == ("start", sealed(TOKEN, "webchat"))
    assert TOKEN not in json.dumps([event.raw, event.event])
    shown = (await chat.http.get("/messages")).json()["messages"]
    assert [(each["text"], each["client_message_id"]) for each in shown] == [("", "message-1")]


async def test_a_start_can_be_sent_over_the_socket(chat: Chat) -> None:
    async with connect(chat.socket_url) as socket:
        await socket.send(json.dumps({"token": chat.token, "after": 0}))
        assert await heard(socket) == {"type": "ready"}
        await socket.send(json.dumps({"type": "send", "client_message_id": "message-1", "start": TOKEN}))
        answers = [await heard(socket), await heard(socket)]
    assert {answer["type"] for answer in answers} == {"message", "accepted"}
    assert TOKEN not in json.dumps(answers)
    assert (await chat.kept()).kind == "start"


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"start": ""},
        {"start": "a b"},
        {"start": "a\n"},
        {"start": "x" * 65},
        {"start": TOKEN, "text": "hello"},
        {"start": TOKEN, "payload": "c1"},
    ],
)
async def test_a_start_is_one_token_and_nothing_else(chat: Chat, said: dict[str, str]) -> None:
    answer = await chat.send(**said)
    assert (answer.status_code, code_of(answer)) == (422, "invalid_request")
    assert TOKEN not in answer.text


async def test_the_socket_is_ready_only_when_the_whole_thread_has_been_shown(chat: Chat) -> None:
    length = 2 * READ_AT_ONCE + 50
    await chat.say_often(length)
    async with connect(chat.socket_url) as socket:
        await socket.send(json.dumps({"token": chat.token, "after": 0}))
        shown = [await heard(socket) for _ in range(length)]
        assert await heard(socket) == {"type": "ready"}
    assert [each["seq"] for each in shown] == list(range(1, length + 1))
