"""The outermost loop of the web side: what nobody foresaw becomes a plain 500, or a socket closed with 1011, and one
line in the log.
"""

import logging
import traceback
from contextlib import suppress

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.api.refusals import told

LOG = logging.getLogger(__name__)
FRAMES = 6


class AnswerBroken(Exception):
    """An answer had begun when it failed: the only honest end is a cut connection."""


class LastResort:
    """Answers instead of failing. The log names the error's kind and place; its words may quote a shopper's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._talk(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _talk(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            LOG.error("socket failed: %s", trail(error))
            with suppress(Exception):  # it may be closed already
                await send({"type": "websocket.close", "code": 1011, "reason": "something went wrong on our side"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            LOG.error("request failed: %s", trail(error))
            if begun:
                raise AnswerBroken from None
            await _apology()(scope, receive, send)


def _apology() -> JSONResponse:
    return JSONResponse(told("internal_error", "something went wrong on our side; it has been noted"), 500)


def trail(error: BaseException) -> str:
    """The kinds of the error and its causes, each with its innermost places, e.g. ``KeyError at turn.py:12``."""
    places = reversed(traceback.extract_tb(error.__traceback__)[-FRAMES:])
    here = " < ".join(f"{place.filename.rpartition('/')[2]}:{place.lineno}" for place in places)
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return f"{type(error).__name__} at {here}" + (f", from {trail(cause)}" if cause else "")
