"""No request body is read beyond a limit, whatever its headers claim."""

from collections.abc import Mapping

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.api.refusals import BodyTooLarge, told

MOST_BYTES = 256 * 1024


class BodyLimit:
    """Answers 413 to a body of more than `most` bytes, at once when the length is announced, else when it is passed.

    `at` has the paths with a limit of their own.
    """

    def __init__(self, app: ASGIApp, most: int = MOST_BYTES, at: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._most = most
        self._at = at or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._at.get(scope["path"], self._most)
        if _announced(scope) > most:
            await _refusal(most)(scope, receive, send)
        else:
            await self._counted(most, scope, receive, send)

    async def _counted(self, most: int, scope: Scope, receive: Receive, send: Send) -> None:
        came = 0
        begun = False

        async def counting() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > most:
                raise _PassedLimit
            return message

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, counting, watched)
        except _PassedLimit:
            if begun:
                raise
            await _refusal(most)(scope, receive, send)


def _refusal(most: int) -> JSONResponse:
    message = f"the body must not be longer than {most} bytes"
    return JSONResponse(told(BodyTooLarge.code, message), 413, {"Connection": "close"})


class _PassedLimit(BaseException):
    """Not an `Exception`: the framework turns those it meets while reading a body into 400."""


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:18])
    return 0
