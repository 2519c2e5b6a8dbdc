"""Asking the bot: one turn over HTTP. The bot keeps nothing; what it needs to remember travels with the turn."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp

from crm_store.errors import CareLoopError

LARGEST_ANSWER = 1_000_000
"""Bytes read of an answer; a turn's takes a few thousand."""
HANG_PAUSE = 5.0
"""Seconds for which a bot that hung is not asked again."""


class BotAway(CareLoopError):
    """The bot did not answer in time, or not at all, or not sensibly. The message is kept; ask again later.

    `again_in` seconds when it is known from when on it is worth asking.
    """

    code = "bot_away"

    def __init__(self, message: str, again_in: float | None = None) -> None:
        super().__init__(message)
        self.again_in = again_in


class QuestionRefused(CareLoopError):
    """The bot does not take the question as it is: asking it again would change nothing."""

    code = "question_refused"


@dataclass(frozen=True)
class Question:
    """One turn. `trusted` allows a payload of our own (``/ask_points``); a shopper's text never is."""

    sender: str
    text: str
    language: str
    state: list[dict[str, Any]]
    metadata: dict[str, Any]
    trusted: bool = False


@dataclass(frozen=True)
class Answer:
    """What the bot says and wants done. `state` goes into the next question; `intent` is None when it read none."""

    messages: list[dict[str, Any]]
    state: list[dict[str, Any]]
    intent: str | None
    confidence: float | None
    wishes: list[dict[str, Any]] = field(default_factory=list)


class Understanding(Protocol):
    """Whoever answers questions."""

    async def ask(self, question: Question) -> Answer:
        """Raises `BotAway` and `QuestionRefused`."""
        ...

    async def answers(self) -> bool:
        """Whether a known line is understood right now."""
        ...


class Rasa:
    """Rasa at `url`, asked through one shared connection pool; each turn may take `timeout` seconds.

    `ended` is told the seconds of each question and whether it was answered.
    """

    def __init__(
        self, http: aiohttp.ClientSession, url: str, token: str, timeout: float, ended: Callable[[float, bool], None]
    ) -> None:
        self._http = http
        self._url = f"{url}/webhooks/careloop"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=min(1.5, timeout))
        self._away_until = 0.0
        self._ended = ended

    async def ask(self, question: Question) -> Answer:
        body = {
            "sender": question.sender,
            "text": question.text,
            "trusted": question.trusted,
            "language": question.language,
            "state": question.state,
            "metadata": question.metadata,
        }
        pause = self._away_until - time.monotonic()
        if pause > 0:
            raise BotAway("the bot did not answer a moment ago", pause)
        began = time.monotonic()
        answered = False
        try:
            async with self._http.post(
                f"{self._url}/turn", json=body, headers=self._headers, timeout=self._timeout
            ) as response:
                if response.status == 400:
                    raise QuestionRefused("the bot does not take this question")
                if response.status != 200:
                    raise BotAway(f"the bot answered {response.status}")
                answer = _answer(json.loads(await _body(response)))
                answered = True
                return answer
        except (aiohttp.ClientError, TimeoutError, ValueError, RecursionError) as error:
            if isinstance(error, TimeoutError):  # it hangs: spare the next shoppers the same wait
                self._away_until = time.monotonic() + HANG_PAUSE
            raise BotAway(f"the bot did not answer: {type(error).__name__}") from error
        finally:
            self._ended(time.monotonic() - began, answered)

    async def answers(self) -> bool:
        try:
            async with self._http.get(f"{self._url}/health", headers=self._headers, timeout=self._timeout) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False


async def _body(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise ValueError("an answer without end")
    return bytes(body)


def _answer(body: Any) -> Answer:
    if not isinstance(body, dict):
        raise ValueError("not an object")
    messages, state = _objects(body.get("messages")), _objects(body.get("state") or [])
    intent, confidence = body.get("intent"), body.get("confidence")
    if not isinstance(intent, str | None) or not isinstance(confidence, int | float | None):
        raise ValueError("no intent")
    said = [message for message in messages if message.get("text")]
    wishes = [message["custom"] for message in messages if isinstance(message.get("custom"), dict)]
    return Answer(said, state, intent, confidence, wishes)


def _objects(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError("not a list of objects")
    return value
