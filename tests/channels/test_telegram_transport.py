"""What the transport says about a call that failed, and what it never says."""

import asyncio
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from telegram import InputFile
from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError, TimedOut

from bot.channels.telegram_bot import close_bot, open_bot
from bot.channels.telegram_transport import AiohttpRequest, FloodLimit, NotSent, Refused, refusal, without_tokens
from tests.channels.conftest import ANNA, Line
from tests.fakes.telegram import TOKEN
from tests.fakes.telegram_faults import accepted_but_dropped, broken_json, dropped, html_page, slow

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Server:
    """A server that answers as told; `seen` is what came in."""

    answer: Answer
    url: str = ""
    seen: list[web.Request] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request)
        return await self.answer(request)


async def accept(request: web.Request) -> web.StreamResponse:
    return web.json_response({"ok": True, "result": True})


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    told = Server(accept)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", told.handle)
    runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    told.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield told
    await runner.cleanup()


@pytest.fixture
async def request_() -> AsyncIterator[AiohttpRequest]:
    request = AiohttpRequest(read_seconds=0.3)
    yield request
    await request.shutdown()


async def failure_of(call: Awaitable[Any]) -> TelegramError:
    with pytest.raises(TelegramError) as caught:
        await call
    return caught.value


async def test_nobody_listening_is_not_sent(request_: AiohttpRequest) -> None:
    assert isinstance(await failure_of(request_.post("http://127.0.0.1:1/")), NotSent)


async def test_a_name_that_does_not_resolve_is_not_sent(request_: AiohttpRequest) -> None:
    assert isinstance(await failure_of(request_.post("http://nowhere.invalid/")), NotSent)


async def test_no_tls_on_the_other_side_is_not_sent(server: Server, request_: AiohttpRequest) -> None:
    url = server.url.replace("http:", "https:")
    assert isinstance(await failure_of(request_.post(url)), NotSent)
    assert server.seen == []


async def test_waiting_in_vain_for_a_free_connection_is_not_sent(server: Server) -> None:
    async def never(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    server.answer = never
    request = AiohttpRequest(read_seconds=5, connections=1)
    busy = asyncio.create_task(request.post(server.url))
    while not server.seen:
        await asyncio.sleep(0)
    assert isinstance(await failure_of(request.post(server.url, connect_timeout=0.1)), NotSent)
    assert len(server.seen) == 1
    busy.cancel()
    await request.shutdown()


async def test_a_server_that_accepts_but_says_nothing_may_have_got_it(line: Line) -> None:
    line.fake.fails_next("sendMessage", slow(5))
    assert isinstance(await failure_of(line.bot.send_message(ANNA, "x")), TimedOut)


@pytest.mark.parametrize("fault", [accepted_but_dropped(), dropped()], ids=["after", "before"])
async def test_a_broken_connection_may_have_carried_it(line: Line, fault: Any) -> None:
    line.fake.fails_next("sendMessage", fault)
    failure = await failure_of(line.bot.send_message(ANNA, "x"))
    assert isinstance(failure, NetworkError)
    assert not isinstance(failure, NotSent | BadRequest)


async def test_an_answer_that_drips_is_given_up(server: Server) -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.05)

    server.answer = drip
    request = AiohttpRequest(read_seconds=0.2)
    assert isinstance(await failure_of(request.post(server.url, connect_timeout=0.2)), TimedOut)
    await request.shutdown()


async def test_no_call_is_made_twice_and_no_redirect_is_followed(server: Server, request_: AiohttpRequest) -> None:
    async def elsewhere(_: web.Request) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    server.answer = elsewhere
    failure = await failure_of(request_.post(server.url))
    assert isinstance(failure, Refused)
    assert failure.status == 307
    assert len(server.seen) == 1


@pytest.mark.parametrize("fault", [broken_json(), html_page(200)], ids=["cut off", "html"])
async def test_an_answer_of_another_kind_is_an_error_without_its_content(
    line: Line, fault: Any, caplog: pytest.LogCaptureFixture
) -> None:
    line.fake.fails_next("sendMessage", fault)
    failure = await failure_of(line.bot.send_message(ANNA, "x"))
    assert failure.message == "the answer is not one of the Bot API"
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("body", "headers", "seconds"),
    [
        (b'{"ok":false,"parameters":{"retry_after":12}}', {"Retry-After": "3"}, 12),
        (b'{"ok":false}', {"Retry-After": "3"}, 3),
        (b"<html>", {"Retry-After": "3"}, 3),
        (b"<html>", {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 5),
        (b"[]", {}, 5),
        (b'{"ok":false,"parameters":{"retry_after":0}}', {}, 1),
    ],
)
def test_a_flood_limit_is_read_from_the_body_or_the_header(
    body: bytes, headers: dict[str, str], seconds: float
) -> None:
    failure = refusal(429, headers, body)
    assert isinstance(failure, FloodLimit)
    assert failure.seconds == seconds


def test_a_refusal_speaks_with_telegrams_words_cut_short() -> None:
    body = b'{"ok":false,"description":"Bad Request: ' + b"x" * 500 + b'"}'
    assert len(refusal(400, {}, body).message) <= 200
    assert isinstance(refusal(401, {}, b""), InvalidToken)
    assert refusal(400, {}, b"<html>secret</html>").message == "HTTP 400"


def test_tokens_are_taken_out_of_texts() -> None:
    assert without_tokens(f"https://api.telegram.org/bot{TOKEN}/getMe") == "https://api.telegram.org/bot<token>/getMe"


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:1", "http://nowhere.invalid", "http://[broken", "ftp://127.0.0.1"], ids=str
)
async def test_the_token_is_in_no_error_and_in_none_that_caused_it(base: str) -> None:
    bot = open_bot(TOKEN, base)
    failure = await failure_of(bot.send_message(ANNA, "a private matter"))
    told = (
        "".join(traceback.format_exception(failure, chain=True)) + repr(failure.__context__) + repr(failure.__cause__)
    )
    assert TOKEN.partition(":")[2] not in told
    assert "a private matter" not in str(failure)
    await close_bot(bot)


async def test_files_go_as_multipart_with_the_parameters_beside_them(server: Server) -> None:
    received: dict[str, Any] = {}

    async def keep(request: web.Request) -> web.StreamResponse:
        form = await request.post()
        document = form["document"]
        assert isinstance(document, web.FileField)
        received.update(caption=form["caption"], name=document.filename, content=document.file.read())
        return await accept(request)

    server.answer = keep
    bot = open_bot(TOKEN, server.url)
    await failure_or_result(bot.send_document(ANNA, InputFile(b"%PDF-", filename="Quittung 茶.pdf"), caption="Für Sie"))
    assert received == {"caption": "Für Sie", "name": "Quittung 茶.pdf", "content": b"%PDF-"}
    await close_bot(bot)


async def failure_or_result(call: Awaitable[Any]) -> None:
    # The server answers `true` where PTB wants a message; only what was sent matters here.
    await asyncio.gather(call, return_exceptions=True)


async def test_all_calls_share_one_session_that_is_opened_late_and_closed_once(line: Line) -> None:
    await asyncio.gather(*(line.bot.send_message(ANNA, str(number)) for number in range(20)))
    assert line.bot.request is line.channel._bot.request
    await close_bot(line.bot)
    await close_bot(line.bot)
    await line.bot.send_message(ANNA, "opened again")
    assert len(line.fake.sent(ANNA)) == 21
