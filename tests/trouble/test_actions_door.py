"""The door of the actions is Rasa's alone, and a call that is none gets a plain answer."""

import json
import zlib
from typing import Any

import aiohttp
import pytest

from tests.trouble.house import ACTIONS_TOKEN, WORDS, Open

GOOD = {"Authorization": f"Bearer {ACTIONS_TOKEN}"}


def call(**more: Any) -> dict[str, Any]:
    metadata = {"conversation": 1, "interaction": 1}
    message = {"text": WORDS, "intent": {"name": "greet"}, "entities": [], "metadata": metadata}
    tracker = {"sender_id": "1", "slots": {"lang": "en"}, "latest_message": message, "events": []}
    return {"next_action": "action_greet", "sender_id": "1", "tracker": tracker, "version": "3.6.21", **more}


async def knocks(house: Open, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{house.url}/internal/actions", data=body, headers=headers) as answer,
    ):
        return answer.status, await answer.json()


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer x", f"Bearer {ACTIONS_TOKEN}x", f"bearer {ACTIONS_TOKEN}", ACTIONS_TOKEN, "Bearer géhéim"],
)
async def test_without_the_token_nobody_gets_in(house: Open, authorization: str) -> None:
    status, _ = await knocks(house, json.dumps(call()).encode(), {"Authorization": authorization})
    assert status == 401


@pytest.mark.parametrize("address", ["203.0.113.9", "10.0.0.1", "::ffff:203.0.113.9", "garbage"])
async def test_who_comes_from_elsewhere_is_sent_away_even_with_the_token(house: Open, address: str) -> None:
    status, _ = await knocks(house, json.dumps(call()).encode(), {**GOOD, "X-Forwarded-For": address})
    assert status == 403


GARBAGE: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"hello",
    "not UTF-8": b'{"next_action": "\xff"}',
    "an array": b"[]",
    "deep": b"[" * 100_000,
    "a huge number": b'{"next_action": ' + b"9" * 10_000 + b"}",
    "no action": json.dumps(call(next_action=None)).encode(),
    "an action of another kind": json.dumps(call(next_action=["action_greet"])).encode(),
    "no tracker": json.dumps(call(tracker={})).encode(),
    "a tracker that is words": json.dumps(call(tracker="hello")).encode(),
    "a tracker that is a list": json.dumps(call(tracker=[1])).encode(),
    "a tracker of nonsense": json.dumps(call(tracker={"slots": 5, "latest_message": [], "events": "x"})).encode(),
    "a conversation of another kind": json.dumps(call()).replace('"conversation": 1', '"conversation": "x"').encode(),
    "no metadata": json.dumps(call(tracker={"slots": {}, "latest_message": {"text": "x"}, "events": []})).encode(),
}


@pytest.mark.parametrize("name", GARBAGE)
async def test_a_call_that_is_none_is_refused(house: Open, name: str) -> None:
    status, told = await knocks(house, GARBAGE[name], GOOD)
    assert 400 <= status < 500, told


async def test_a_small_body_that_grows_without_end_is_refused(house: Open) -> None:
    bomb = zlib.compress(b" " * 50_000_000)
    status, _ = await knocks(house, bomb, {**GOOD, "Content-Encoding": "deflate"})
    assert status == 413


async def test_an_oversize_body_is_refused(house: Open) -> None:
    status, told = await knocks(house, b" " * 500_000, GOOD)
    assert (status, told["error"]["code"]) == (413, "body_too_large")


async def test_an_action_we_do_not_have_is_not_found(house: Open) -> None:
    status, told = await knocks(house, json.dumps(call(next_action="action_give_me_everything")).encode(), GOOD)
    assert (status, told["action_name"]) == (404, "action_give_me_everything")
