"""The action door as Rasa, and as somebody else, knocks on it. No Rasa is needed here."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from actions.server import actions_router
from crm_store.database import Store, open_store
from crm_store.people.identities import Address
from crm_store.talks.conversations import Conversation
from tests.actions.conftest import ACTIONS_TOKEN, served
from tests.actions.talker import Clock

AUTHORIZED = {"Authorization": f"Bearer {ACTIONS_TOKEN}"}


def call_of(action: str, conversation: int = 1) -> dict[str, Any]:
    metadata = {"conversation": conversation, "interaction": 1}
    message = {"text": "hi", "intent": {"name": "greet"}, "entities": [], "metadata": metadata}
    tracker = {"sender_id": str(conversation), "slots": {"lang": "en"}, "latest_message": message, "events": []}
    return {"next_action": action, "sender_id": str(conversation), "tracker": tracker, "version": "3.6.21"}


def app_with(store: Store, token: str = ACTIONS_TOKEN, timeout: float = 3.0) -> FastAPI:
    app = FastAPI()
    app.include_router(actions_router(store, Clock(), token, timeout))
    return app


@pytest.fixture
async def url(store: Store) -> AsyncIterator[str]:
    async with served(app_with(store)) as address:
        yield f"{address}/internal/actions"


async def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as http, http.post(url, data=body, headers=headers) as response:
        return response.status, await response.json()


async def conversation_in(store: Store) -> int:
    async with store.transaction() as crm:
        identity = await crm.identities.at(Address("webchat", "shop", "v1"), "", Clock()())
        fresh = Conversation(
            identity_id=identity.id, channel="webchat", account="shop", language="en", opened_at=Clock()()
        )
        return (await crm.conversations.open(fresh)).id


async def test_an_action_answers_with_the_name_of_a_response(url: str, store: Store) -> None:
    conversation = await conversation_in(store)
    status, answer = await post(url, json.dumps(call_of("action_greet", conversation)).encode(), AUTHORIZED)
    assert status == 200
    assert [response["response"] for response in answer["responses"]] == ["utter_greet"]
    assert answer["events"] == []


async def test_a_deflated_body_is_read_as_rasa_sends_it(url: str, store: Store) -> None:
    body = zlib.compress(json.dumps(call_of("action_greet", await conversation_in(store))).encode())
    assert (await post(url, body, AUTHORIZED | {"Content-Encoding": "deflate"}))[0] == 200


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {ACTIONS_TOKEN}"}])
async def test_nobody_enters_without_the_token(url: str, header: dict[str, str]) -> None:
    assert (await post(url, json.dumps(call_of("action_greet")).encode(), header))[0] == 401


async def test_an_empty_token_of_ours_lets_nobody_in(store: Store) -> None:
    async with served(app_with(store, token="")) as address:
        status, _ = await post(f"{address}/internal/actions", b"{}", {"Authorization": "Bearer "})
    assert status == 401


async def test_another_machine_is_refused_even_with_the_token(store: Store) -> None:
    transport = ASGITransport(app=app_with(store), client=("192.0.2.7", 4711))
    async with AsyncClient(transport=transport, base_url="http://shop") as client:
        response = await client.post("/internal/actions", json=call_of("action_greet"), headers=AUTHORIZED)
    assert response.status_code == 403


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"next_action": 5, "tracker": {}}', b"\xff\xfe"])
async def test_what_is_no_call_is_refused(url: str, body: bytes) -> None:
    assert (await post(url, body, AUTHORIZED))[0] == 422


async def test_broken_deflate_is_refused_and_a_bomb_is_too_large(url: str) -> None:
    deflate = AUTHORIZED | {"Content-Encoding": "deflate"}
    assert (await post(url, b"not deflate", deflate))[0] == 422
    assert (await post(url, zlib.compress(b" " * 20_000_000), deflate))[0] == 413


async def test_an_unknown_action_is_told_the_way_rasa_knows(url: str) -> None:
    status, answer = await post(url, json.dumps(call_of("action_unheard_of")).encode(), AUTHORIZED)
    assert (status, answer["action_name"]) == (404, "action_unheard_of")


@pytest.mark.parametrize(
    ("slots", "response"),
    [({}, "utter_complaint_dropped"), ({"complaint_story": "it broke"}, "utter_complaint_unfinished")],
)
async def test_a_form_that_broke_down_files_no_complaint(
    url: str, store: Store, slots: dict[str, str], response: str
) -> None:
    call = call_of("action_file_complaint", conversation := await conversation_in(store))
    call["tracker"]["slots"] |= slots
    status, answer = await post(url, json.dumps(call).encode(), AUTHORIZED)
    assert (status, [each["response"] for each in answer["responses"]]) == (200, [response])
    async with store.transaction() as crm:
        assert await crm.complaints.of(conversation, None) == []


async def test_an_action_that_waits_too_long_says_so(store: Store) -> None:
    conversation = await conversation_in(store)
    async with served(app_with(store, timeout=0.3)) as address, store.engine.connect() as holder:
        await holder.exec_driver_sql("lock table conversations in access exclusive mode")
        body = json.dumps(call_of("action_greet", conversation)).encode()
        status, answer = await asyncio.wait_for(post(f"{address}/internal/actions", body, AUTHORIZED), 10)
        await holder.rollback()
    assert status == 200
    assert [response["response"] for response in answer["responses"]] == ["utter_slow"]


async def test_without_the_database_the_shopper_is_told(url: str) -> None:
    away = open_store("postgresql+psycopg://nobody@127.0.0.1:9/nowhere")
    async with served(app_with(away)) as address:
        body = json.dumps(call_of("action_greet")).encode()
        status, answer = await post(f"{address}/internal/actions", body, AUTHORIZED)
    assert status == 200
    assert [response["response"] for response in answer["responses"]] == ["utter_trouble"]
