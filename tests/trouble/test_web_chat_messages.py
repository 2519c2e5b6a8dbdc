"""What a hostile page posts: refused by name, or kept and answered; and the next message is answered all the same."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.trouble.house import WORDS, Open, Shopper, shopper_at, texts

KEPT = {
    "longest": WORDS + "x" * (4000 - len(WORDS)),
    "longest in emoji": "👩‍👩‍👧‍👦" * 570,
    "zero width": "\u200b",
    "control characters": f"{WORDS}\x01\x02\x1b[31m\x7f",
    "NUL": f"{WORDS}\x00{WORDS}",
    "the escape of NUL, spelt out": f"\\u0000 {WORDS} \\\\u0000\\",
    "bidi": f"\u202e{WORDS}\u2066",
    "markup": f"<script>alert('{WORDS}')</script>&amp;<img src=x onerror=alert(1)>",
    "template": f"{WORDS} {{{{7*7}}}} {{shop}} {{0}} %s %(name)s ${{HOME}}",
    "query": f"{WORDS}'; drop table customers; -- \\ %' or 1=1",
    "commands of the bot": f'/ask_points{{"order": "{WORDS}"}}',
    "a button of ours": "careloop:link:1",
    "combining": "Z" + "\u0301\u0323" * 1900 + WORDS,
    "dots": "a" + "…" * 3900 + "a",
    "ligatures": "ﷺ" * 4000,
    "non-characters": f"{WORDS}\ufffe\uffff\U0010ffff",
}


@pytest.mark.parametrize("name", KEPT)
async def test_whatever_text_it_is_it_is_kept_and_answered(shopper: Shopper, name: str) -> None:
    body = json.dumps({"client_message_id": uuid4().hex, "text": KEPT[name]})
    answer = await shopper.http.post("/messages", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 202, answer.text
    await shopper.replies(1)
    await shopper.says(f"{WORDS} again")
    assert (await shopper.replies(2))[-1] == f"bot: {WORDS} again"


REFUSED: dict[str, tuple[Any, str]] = {
    "10,000 characters": ({"text": WORDS * 600}, "text should have at most 4000 characters"),
    "empty": ({"text": ""}, "must be given, one of them, and not blank"),
    "blank": ({"text": " \t\n\u3000 "}, "must be given, one of them, and not blank"),
    "bidi alone": ({"text": "\u202e\u202d\u2066"}, "must be given, one of them, and not blank"),
    "control characters alone": ({"text": "\x00\x01\x02"}, "must be given, one of them, and not blank"),
    "half a character": ({"text": f"{WORDS} \ud800"}, "text must be valid Unicode text"),
    "a payload of nothing": ({"payload": "\x00\u202e"}, "must be given, one of them, and not blank"),
    "both": ({"text": "a", "payload": "b"}, "must be given, one of them, and not blank"),
    "number": ({"text": 5}, "text should be a valid string"),
    "nothing": ({"text": None}, "text should be a valid string"),
    "list": ({"text": ["a"]}, "text should be a valid string"),
    "object": ({"text": {"a": 1}}, "text should be a valid string"),
    "yes": ({"text": True}, "text should be a valid string"),
    "long payload": ({"payload": "p" * 65}, "payload should have at most 64"),
    "payload that is a number": ({"payload": 1}, "payload should be a valid string"),
    "unknown field": ({"text": "a", "admin": True}, "admin (body) is not known"),
    "unknown field with a bad name": ({"text": "a", "<b>": True}, "a field (body) is not known"),
    "short id": ({"text": "a", "client_message_id": "1"}, "client_message_id (body) should have at least 8"),
    "id with blanks": ({"text": "a", "client_message_id": "12345678 \n"}, "client_message_id (body) should match"),
    "id that is a number": ({"text": "a", "client_message_id": 12345678}, "client_message_id (body) should be"),
    "id with half a character": ({"text": "a", "client_message_id": "1234567\ud800"}, "client_message_id (body)"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_wrong_message_is_refused_with_the_field_and_the_remedy(shopper: Shopper, name: str) -> None:
    fields, told = REFUSED[name]
    body = json.dumps({"client_message_id": uuid4().hex, **fields})
    answer = await shopper.http.post("/messages", content=body, headers={"Content-Type": "application/json"})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "invalid_request")
    assert told in error["message"].replace("text (body)", "text").replace("payload (body)", "payload")
    assert await shopper.thread() == []


BODIES = {
    "no JSON": b"hello",
    "nothing": b"",
    "half": b'{"client_message_id": "12345678", "te',
    "a list": b"[1, 2]",
    "a text": b'"hello"',
    "a number": b"1e999",
    "null": b"null",
    "not UTF-8": b'{"client_message_id": "12345678", "text": "\xff\xfe"}',
    "UTF-16": '{"client_message_id": "12345678", "text": "a", "x": 1}'.encode("utf-16"),
    "deep": b'{"client_message_id": "12345678", "text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"a":' * 30_000 + b"1" + b"}" * 30_000,
    "a huge number": b'{"client_message_id": "12345678", "text": ' + b"9" * 10_000 + b"}",
    "twice the same field": b'{"client_message_id": "12345678", "text": "", "text": " "}',
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_that_is_no_message_is_refused(shopper: Shopper, name: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await shopper.http.post("/messages", content=BODIES[name], headers=headers)
    assert answer.status_code in {400, 422}, answer.text
    assert answer.json()["error"]["message"] not in {"", "bad request"}
    assert await shopper.thread() == []


async def test_an_oversize_body_is_refused_whether_its_length_is_announced_or_not(shopper: Shopper) -> None:
    async def dripping() -> Any:
        for _ in range(40):
            yield b"x" * 10_000

    for content in (b"x" * 400_000, dripping()):
        try:
            answer = await shopper.http.post("/messages", content=content)
        except httpx2.HTTPError:  # the connection was cut while we were still sending
            continue
        assert answer.status_code == 413
        assert answer.json()["error"]["code"] == "body_too_large"
    await shopper.says(WORDS)
    await shopper.replies(1)


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer garbage", "Basic dTpw", "Bearer " + "A" * 71, "Bearer " + "A" * 8000, "Bearer ="],
)
async def test_without_a_token_of_ours_nothing_is_taken_or_told(house: Open, authorization: str) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    async with httpx2.AsyncClient(base_url=f"{house.url}/channels/webchat", headers=headers) as stranger:
        posted = await stranger.post("/messages", json={"client_message_id": uuid4().hex, "text": WORDS})
        read = await stranger.get("/messages")
    for answer in (posted, read):
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "session_unknown"


async def test_a_token_opens_one_thread_only(shopper: Shopper, house: Open) -> None:
    await shopper.says(f"{WORDS} mine")
    await shopper.replies(1)
    async with shopper_at(house.url) as other:
        assert await other.thread() == []


async def test_a_token_that_was_changed_in_any_place_is_refused(shopper: Shopper) -> None:
    token = shopper.token
    for place in range(0, len(token) - 1, 7):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        answer = await shopper.http.get("/messages", headers={"Authorization": f"Bearer {changed}"})
        assert answer.status_code == 401


async def test_the_same_id_with_other_words_is_the_first_message(shopper: Shopper) -> None:
    first = await shopper.says(f"{WORDS} first", key="same-id-0001")
    assert await shopper.says(f"{WORDS} second", key="same-id-0001") == first
    await shopper.replies(1)
    thread = await shopper.thread()
    assert texts(thread, "in") == [f"{WORDS} first"]
    assert texts(thread, "out") == [f"bot: {WORDS} first"]


async def test_fifty_copies_at_once_are_one_message_and_one_reply(shopper: Shopper) -> None:
    numbers = await asyncio.gather(*(shopper.says(f"{WORDS} {copy}", key="fifty-copies") for copy in range(50)))
    assert len(set(numbers)) == 1
    await shopper.says(f"{WORDS} last")
    await shopper.hears(f"bot: {WORDS} last")
    thread = await shopper.thread()
    assert len(texts(thread, "in")) == len(texts(thread, "out")) == 2


async def test_the_same_id_of_two_visitors_is_two_messages(house: Open) -> None:
    async with shopper_at(house.url) as one, shopper_at(house.url) as other:
        assert await one.says(WORDS, key="shared-id") != await other.says(WORDS, key="shared-id")
        await one.replies(1)
        await other.replies(1)


async def test_a_button_of_another_conversation_does_nothing_here(shopper: Shopper, house: Open) -> None:
    async with shopper_at(house.url) as other:
        await other.says("agent please")
        await other.replies(1)
        choice = (await other.thread())[-1]["quick_replies"][0]["id"]
        answer = await shopper.posts(payload=choice)
        assert answer.status_code == 202
        await shopper.replies(1)
        assert texts(await shopper.thread(), "in") == [""]
        await other.says("still there?")
        assert len(await other.thread()) >= 3


@pytest.mark.parametrize("payload", ["no-such-choice", "careloop:back", "careloop:link:1", "/restart", "🎁"])
async def test_a_payload_we_never_offered_does_nothing(shopper: Shopper, payload: str) -> None:
    assert (await shopper.posts(payload=payload)).status_code == 202
    said = await shopper.replies(1)
    assert "bot:" not in said[0]
    await shopper.says(f"{WORDS} after")
    await shopper.hears(f"bot: {WORDS} after")


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=1e3", "after=99999999999999", "wait=-1", "wait=26"])
@pytest.mark.parametrize("more", ["", "wait=nan", "wait=inf", "after="])
async def test_a_wrong_question_names_the_parameter(shopper: Shopper, query: str, more: str) -> None:
    answer = await shopper.http.get(f"/messages?{query}&{more}".rstrip("&"))
    assert answer.status_code == 422
    name = (more or query).partition("=")[0]
    assert name in answer.json()["error"]["message"]


async def test_beyond_the_end_there_is_nothing_and_no_error(shopper: Shopper) -> None:
    await shopper.says(WORDS)
    await shopper.replies(1)
    assert await shopper.thread(after=10_000) == []
    assert await shopper.thread(after=2**31 - 1) == []


async def test_a_session_is_opened_for_a_language_we_speak_and_for_nothing_else(house: Open) -> None:
    async with httpx2.AsyncClient(base_url=f"{house.url}/channels/webchat") as stranger:
        bodies: list[Any] = [{"language": "tlh"}, {"language": 1}, {"language": None}, [], "en", 5]
        for body in bodies:
            answer = await stranger.post("/sessions", json=body)
            assert answer.status_code == 422, body
            assert answer.json()["error"]["code"] == "invalid_request"
        assert (await stranger.post("/sessions")).status_code == 201
