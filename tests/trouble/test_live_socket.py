"""What a hostile page says over the socket: a close code that tells why, or a refusal; and the talk goes on."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from tests.trouble.house import WORDS, Open, Shopper, texts
from tests.trouble.journal import Journal


class Socket:
    """One end of the live socket."""

    def __init__(self, wire: aiohttp.ClientWebSocketResponse) -> None:
        self.wire = wire

    async def greets(self, token: str, after: int = 0) -> None:
        await self.wire.send_json({"token": token, "after": after})
        await self.hears("ready")

    async def hears(self, kind: str) -> dict[str, Any]:
        """The next frame of a kind, whatever comes before it."""
        async with asyncio.timeout(20):
            while True:
                frame = await self.wire.receive()
                assert frame.type is aiohttp.WSMsgType.TEXT, frame
                told: dict[str, Any] = json.loads(frame.data)
                if told["type"] == kind:
                    return told

    async def end(self) -> tuple[int, str]:
        """The close code and the reason, once we are hung up on."""
        async with asyncio.timeout(20):
            while True:
                frame = await self.wire.receive()
                if frame.type is aiohttp.WSMsgType.CLOSE:
                    return int(frame.data), str(frame.extra)
                if frame.type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}:
                    return int(self.wire.close_code or 0), ""

    async def says(self, text: str) -> None:
        await self.wire.send_json({"type": "send", "client_message_id": uuid4().hex, "text": text})
        await self.hears("accepted")

    async def is_answered(self, text: str) -> None:
        while (await self.hears("message"))["text"] != f"bot: {text}":
            pass


@asynccontextmanager
async def socket_to(house: Open, **headers: str) -> AsyncIterator[Socket]:
    address = f"{house.url}/channels/webchat/live"
    async with aiohttp.ClientSession() as http, http.ws_connect(address, headers=headers, autoclose=True) as wire:
        yield Socket(wire)


GREETINGS: dict[str, tuple[str | bytes, int, str]] = {
    "no JSON": ("hello", 4400, "JSON object"),
    "a list": ("[]", 4400, "JSON object"),
    "nothing": ("", 4400, "JSON object"),
    "binary": (b'{"token": "x"}', 4400, "JSON object"),
    "deep": ("[" * 30_000, 4400, "JSON object"),
    "deep and complete": ('{"a":' + "[" * 15_000 + "]" * 15_000 + "}", 4400, "JSON object"),
    "a huge number": ('{"after": ' + "9" * 5000 + "}", 4400, "JSON object"),
    "after of another kind": ('{"token": "x", "after": []}', 4400, "after"),
    "after that is no number": ('{"token": "x", "after": "ten"}', 4400, "after"),
    "after below zero": ('{"token": "x", "after": -1}', 4400, "after"),
    "after beyond all": ('{"token": "x", "after": 99999999999999999999}', 4400, "after"),
    "after without end": ('{"token": "x", "after": Infinity}', 4400, "after"),
    "after that is nothing": ('{"token": "x", "after": NaN}', 4400, "after"),
    "a token of another kind": ('{"token": 5}', 4400, "token"),
    "half a character": ('{"token": "\\ud800"}', 4401, "not known"),
    "no token": ("{}", 4401, "not known"),
    "a foreign token": ('{"token": "' + "A" * 71 + '"}', 4401, "not known"),
    "a token beyond ASCII": ('{"token": "你好"}', 4401, "not known"),
}


@pytest.mark.parametrize("name", GREETINGS)
async def test_a_wrong_greeting_is_told_what_was_wrong(house: Open, name: str) -> None:
    frame, code, reason = GREETINGS[name]
    async with socket_to(house) as socket:
        await (socket.wire.send_bytes(frame) if isinstance(frame, bytes) else socket.wire.send_str(frame))
        ended = await socket.end()
    assert ended[0] == code
    assert reason in ended[1]


async def test_somebody_who_never_greets_is_hung_up_on_and_may_keep_the_token(house: Open) -> None:
    async with socket_to(house) as socket:
        code, reason = await socket.end()
    assert (code, reason) == (4408, "no token within 10 seconds")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "garbage"])
async def test_a_page_elsewhere_has_no_business_here(house: Open, shopper: Shopper, origin: str) -> None:
    async with socket_to(house, Origin=origin) as socket:
        assert (await socket.end())[0] == 4403
    async with socket_to(house, Origin=house.url) as socket:
        await socket.greets(shopper.token)


FRAMES: dict[str, tuple[str | bytes, str, str]] = {
    "no JSON": ("hello", "invalid_message", "JSON object"),
    "binary": (b"\x00\x01", "invalid_message", "text frame"),
    "a list": ("[1]", "invalid_message", "JSON object"),
    "deep": ("[" * 30_000, "invalid_message", "JSON object"),
    "a huge number": ("9" * 9000, "invalid_message", "JSON object"),
    "no id": ('{"type": "send", "text": "a"}', "invalid_request", "client_message_id is required"),
    "id of another kind": ('{"type": "send", "client_message_id": [], "text": "a"}', "invalid_request", "client_mess"),
    "half a character": (
        '{"type": "send", "client_message_id": "1234567\\ud800", "text": "a"}',
        "invalid_request",
        "c",
    ),
    "no words": ('{"type": "send", "client_message_id": "12345678"}', "invalid_request", "must be given"),
    "words of another kind": (
        '{"type": "send", "client_message_id": "12345678", "text": {}}',
        "invalid_request",
        "text should be a valid string",
    ),
    "too many words": (
        json.dumps({"type": "send", "client_message_id": "12345678", "text": "x" * 10_000}),
        "invalid_request",
        "text should have at most 4000 characters",
    ),
}


@pytest.mark.parametrize("name", FRAMES)
async def test_a_wrong_message_is_refused_and_the_talk_goes_on(house: Open, shopper: Shopper, name: str) -> None:
    frame, code, told = FRAMES[name]
    async with socket_to(house) as socket:
        await socket.greets(shopper.token)
        await (socket.wire.send_bytes(frame) if isinstance(frame, bytes) else socket.wire.send_str(frame))
        refused = await socket.hears("refused")
        assert refused["code"] == code
        assert told in refused["message"]
        await socket.says(WORDS)
        await socket.is_answered(WORDS)


@pytest.mark.parametrize("seq", ["1", "-1", "true", "99999999999999999999", '"5"', "null", "[]", "1e400"])
async def test_seeing_anything_at_all_breaks_nothing(house: Open, shopper: Shopper, seq: str) -> None:
    async with socket_to(house) as socket:
        await socket.greets(shopper.token)
        await socket.wire.send_str(f'{{"type": "seen", "seq": {seq}}}')
        await socket.wire.send_str('{"type": ["unknown"], "x": 1}')
        await socket.says(WORDS)
        await socket.is_answered(WORDS)


async def test_a_frame_of_a_megabyte_ends_the_socket_and_the_thread_is_still_there(
    house: Open, shopper: Shopper
) -> None:
    async with socket_to(house) as socket:
        await socket.greets(shopper.token)
        await socket.says(WORDS)
        await socket.wire.send_str(
            json.dumps({"type": "send", "client_message_id": "12345678", "text": "x" * 1_000_000})
        )
        assert (await socket.end())[0] == 1009
    async with socket_to(house) as socket:
        await socket.wire.send_json({"token": shopper.token})
        await socket.is_answered(WORDS)


async def test_the_longest_text_in_its_longest_spelling_fits(house: Open, shopper: Shopper) -> None:
    async with socket_to(house) as socket:
        await socket.greets(shopper.token)
        await socket.says("😀" * 4000)
    assert texts(await shopper.thread(), "in") == ["😀" * 4000]


async def test_one_who_hangs_up_in_any_way_leaves_no_mark_in_the_log(
    house: Open, shopper: Shopper, journal: Journal
) -> None:
    before = len(journal.text)
    for abrupt in (True, False):
        async with socket_to(house) as socket:
            await socket.greets(shopper.token)
            await socket.says(WORDS)
            if abrupt and socket.wire._response.connection is not None:
                transport = socket.wire._response.connection.transport
                assert transport is not None
                transport.abort()
    await shopper.says(WORDS)
    await shopper.replies(3)
    assert journal.text[before:] == ""


async def test_twenty_pages_of_one_visitor_all_hear_everything_once(house: Open, shopper: Shopper) -> None:
    async def page() -> list[int]:
        async with socket_to(house) as socket:
            await socket.greets(shopper.token)
            return [(await socket.hears("message"))["seq"] for _ in range(4)]

    pages = [asyncio.create_task(page()) for _ in range(20)]
    await asyncio.sleep(0.5)
    await shopper.says(f"{WORDS} 1")
    await shopper.replies(1)
    await shopper.says(f"{WORDS} 2")
    assert await asyncio.gather(*pages) == [[1, 2, 3, 4]] * 20
