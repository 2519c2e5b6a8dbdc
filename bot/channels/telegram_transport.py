"""python-telegram-bot's HTTP on one aiohttp session, with errors that say what is known about a failed call.

PTB's own transport costs several times the CPU under load, does not say whether a failed call had been sent, and
logs whatever it cannot parse. Every error raised here is free of the request address, which contains the token.
"""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import aiohttp
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
DOWNLOAD_SECONDS = 60.0
CONNECTIONS = 64
LONGEST_REFUSAL = 10_000
DEFAULT_FLOOD_SECONDS = 5.0
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{8,}")
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_Body = tuple[bytes | aiohttp.FormData | None, Mapping[str, str]]
_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)
_REFUSALS: dict[int, type[TelegramError]] = {
    400: BadRequest,
    401: InvalidToken,
    403: Forbidden,
    404: InvalidToken,
    409: Conflict,
}


class NotSent(NetworkError):
    """No connection was to be had: the provider has seen nothing of the call."""


class FloodLimit(TelegramError):
    """HTTP 429. PTB's own `RetryAfter` warns on every use and changes its type with an environment variable."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"asked to wait {seconds:g} s")
        self.seconds = seconds


class Refused(TelegramError):
    """A redirect, or a 4xx that has no class of its own."""

    def __init__(self, status: int, told: str) -> None:
        super().__init__(told)
        self.status = status


class AiohttpRequest(BaseRequest):
    """One session for all calls of a bot; opened by the first call, closed by `shutdown`."""

    def __init__(self, read_seconds: float = READ_SECONDS, connections: int = CONNECTIONS, proxy: str = "") -> None:
        self._read_seconds = read_seconds
        self._connections = connections
        self._proxy = proxy or None
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return self._read_seconds

    async def initialize(self) -> None:
        self._opened()

    async def shutdown(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(  # noqa: PLR0913 - the signature is PTB's
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one call and return its 2xx answer. Raises `NotSent`, `TimedOut`, `NetworkError` or a refusal."""
        timeout = self._timeout(_seconds(read_timeout, self._read_seconds), _seconds(connect_timeout, CONNECT_SECONDS))
        return await self._answered(url, method, _body(request_data), timeout)

    async def call(self, url: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """One method of the Bot API and its whole answer. Raises as `do_request` does.

        For sending to many: PTB makes a dozen objects of an answer of which one number is kept.
        """
        plain = {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}
        body = (urlencode(plain).encode(), _FORM)
        _, answer = await self._answered(url, "POST", body, self._timeout(self._read_seconds, CONNECT_SECONDS))
        return self.parse_json_payload(answer)

    async def _answered(self, url: str, method: str, body: _Body, timeout: aiohttp.ClientTimeout) -> tuple[int, bytes]:
        failure: TelegramError
        try:
            status, headers, answer = await self._exchange(url, method, body, timeout)
        except Exception as error:  # whatever is left to PTB, it puts into a text: address, parameters and all
            failure = _failure(error)
        else:
            if HTTPStatus.OK <= status <= 299:
                return status, answer
            failure = refusal(status, headers, answer)
        # Raised outside the except block: aiohttp's error holds the address and must not travel along as the context.
        raise failure

    async def download(self, url: str, most: int) -> bytes | None:
        """The body behind an address; None when it is longer than `most` bytes. Raises as `do_request` does."""
        timeout = aiohttp.ClientTimeout(total=DOWNLOAD_SECONDS, connect=CONNECT_SECONDS, sock_read=self._read_seconds)
        failure: TelegramError
        try:
            async with self._opened().get(url, timeout=timeout, proxy=self._proxy, allow_redirects=False) as response:
                if response.status == HTTPStatus.OK:
                    return await _at_most(most, response)
                failure = refusal(response.status, response.headers, await response.content.read(LONGEST_REFUSAL))
        except Exception as error:  # as in `do_request`: its text holds the address
            failure = _failure(error)
        raise failure

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer's envelope. Raises `TelegramError`; logs nothing, as an answer repeats the message sent."""
        answer = _envelope(payload)
        if "result" not in answer:
            raise TelegramError("the answer is not one of the Bot API")
        return answer

    async def _exchange(
        self, url: str, method: str, body: _Body, timeout: aiohttp.ClientTimeout
    ) -> tuple[int, Mapping[str, str], bytes]:
        data, headers = body
        async with self._opened().request(
            method, url, data=data, headers=headers, timeout=timeout, proxy=self._proxy, allow_redirects=False
        ) as response:
            return response.status, response.headers, await response.read()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections), cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    def _timeout(self, read: float, connect: float) -> aiohttp.ClientTimeout:
        # `connect` covers the wait for a free connection too; `total` ends an answer that drips one byte at a time.
        return aiohttp.ClientTimeout(total=connect + read, connect=connect, sock_connect=connect, sock_read=read)


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> TelegramError:
    """The error for an answer other than 2xx. Its text is Telegram's description, never a body we could not read."""
    answer = _envelope(body)
    told = without_tokens(str(answer.get("description") or f"HTTP {status}"))[:200]
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return FloodLimit(_flood_seconds(answer, headers))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return NetworkError(f"HTTP {status}")
    named = _REFUSALS.get(status)
    return named(told) if named else Refused(status, told)


def without_tokens(text: str) -> str:
    """The text with everything that looks like a bot token taken out."""
    return _TOKEN.sub("<token>", text)


async def _at_most(most: int, response: aiohttp.ClientResponse) -> bytes | None:
    if (response.content_length or 0) > most:
        return None
    body = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)


def _failure(error: Exception) -> TelegramError:
    name = type(error).__name__
    if isinstance(error, _NOT_SENT):
        return NotSent(f"no connection: {name}")
    if isinstance(error, TimeoutError):
        return TimedOut(f"no answer in time: {name}")
    return NetworkError(f"call broken off: {name}")


def _flood_seconds(answer: Mapping[str, Any], headers: Mapping[str, str]) -> float:
    parameters = answer.get("parameters")
    told = parameters.get("retry_after") if isinstance(parameters, dict) else None
    for value in (told, headers.get("Retry-After")):
        try:
            return max(1.0, float(value))  # type: ignore[arg-type]
        except (TypeError, ValueError):
            continue
    return DEFAULT_FLOOD_SECONDS


def _envelope(payload: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(payload)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _body(request_data: RequestData | None) -> _Body:
    if request_data is None:
        return None, {}
    if not request_data.contains_files:
        return request_data.url_encoded_parameters().encode(), _FORM
    # Unquoted: a percent-encoded file name would be shown to the shopper as it is.
    form = aiohttp.FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form, {}


def _seconds(given: object, default: float) -> float:
    return float(given) if isinstance(given, int | float) else default
