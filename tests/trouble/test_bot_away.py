"""Rasa stops, hangs, or answers nonsense: the shopper is told, nothing is lost, and all is answered once it is back."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web

from tests.fakes.rasa import ScriptedBot
from tests.trouble.house import RASA_TOKEN, WORDS, Open, Shopper, open_house, settings_for, shopper_at, texts
from tests.trouble.journal import Journal


class ModBot(ScriptedBot):
    """Also answers with bodies that no bot of ours makes: those of `answers` once, to the question of that text."""

    def __init__(self) -> None:
        super().__init__(RASA_TOKEN)
        self.answers: dict[str, web.Response] = {}
        self.refuses: Callable[[dict[str, Any]], bool] | None = None
        """Says which questions are refused with 400."""

    async def _turn(self, request: web.Request) -> web.Response:
        question = await request.json()
        if self.refuses is not None and self.refuses(question):
            self.asked.append(question)
            return web.json_response({"error": "bad_turn", "field": "state"}, status=400)
        if question["text"] in self.answers:
            self.asked.append(question)
            return self.answers.pop(question["text"])
        return await super()._turn(request)


@pytest.fixture(scope="module")
async def bot() -> AsyncIterator[ModBot]:
    bot = ModBot()
    await bot.start()
    yield bot
    await bot.stop()


@pytest.fixture(scope="module")
async def troubled(
    own_database: str, bot: ModBot, journal: Journal, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Open]:
    settings = settings_for(
        tmp_path_factory.mktemp("troubled"), own_database, bot.url, rasa_timeout=3.0, action_timeout=0.5
    )
    async with open_house(settings, journal) as opened:
        yield opened


@pytest.fixture
async def visitor(troubled: Open, bot: ModBot) -> AsyncIterator[Shopper]:
    async with shopper_at(troubled.url) as shopper:
        yield shopper
    bot.answers.clear()
    bot.refuses = None
    bot.delay = 0.0


async def test_a_bot_that_stopped_is_owned_up_to_and_everything_is_answered_in_order_when_it_is_back(
    troubled: Open, bot: ModBot, visitor: Shopper
) -> None:
    await bot.stop()
    asked = [f"{WORDS} {number}" for number in range(3)]
    for text in asked:
        await visitor.says(text)
    told = await visitor.replies(1, within=10)
    assert not told[0].startswith("bot:")
    assert [each["text"] for each in await visitor.thread() if each["direction"] == "in"] == asked
    await bot.start()
    await visitor.hears(f"bot: {asked[-1]}")
    assert [text for text in texts(await visitor.thread(), "out") if text.startswith("bot:")] == [
        f"bot: {text}" for text in asked
    ]


async def test_a_bot_that_hangs_is_owned_up_to_long_before_it_is_given_up(visitor: Shopper, bot: ModBot) -> None:
    bot.delay = 30.0
    await visitor.says(WORDS)
    told = await visitor.replies(1, within=10)
    assert not told[0].startswith("bot:")
    await asyncio.sleep(2.5)
    bot.delay = 0.0
    await visitor.hears(f"bot: {WORDS}")
    assert len([text for text in texts(await visitor.thread(), "out") if text.startswith("bot:")]) == 1


def _json(body: object) -> web.Response:
    return web.Response(text=json.dumps(body), content_type="application/json")


GARBAGE: dict[str, Callable[[], web.Response]] = {
    "500": lambda: web.Response(status=500, text="<html>"),
    "404": lambda: web.Response(status=404),
    "401": lambda: web.json_response({"error": "token"}, status=401),
    "a page": lambda: web.Response(text="<html>hello</html>", content_type="text/html"),
    "nothing": lambda: web.Response(),
    "not UTF-8": lambda: web.Response(body=b"\xff\xfe\x00", content_type="application/json"),
    "half": lambda: web.Response(text='{"messages": [', content_type="application/json"),
    "deep": lambda: web.Response(text="[" * 100_000, content_type="application/json"),
    "huge": lambda: web.Response(body=b" " * 5_000_000, content_type="application/json"),
    "a list": lambda: _json([]),
    "messages of another kind": lambda: _json({"messages": {"text": "hi"}}),
    "messages that are words": lambda: _json({"messages": ["hi"]}),
    "a state of another kind": lambda: _json({"messages": [], "state": "x"}),
    "a state of words": lambda: _json({"messages": [], "state": ["x"]}),
    "an intent of another kind": lambda: _json({"messages": [], "state": [], "intent": {"name": "x"}}),
    "a confidence of another kind": lambda: _json({"messages": [], "state": [], "confidence": "high"}),
}


async def test_a_nonsensical_answer_is_no_answer_and_it_is_asked_again(troubled: Open, bot: ModBot) -> None:
    async def is_served(kind: str) -> None:
        async with shopper_at(troubled.url) as visitor:
            await visitor.says(f"{WORDS} {kind}")
            said = await visitor.replies(2)
        assert not said[0].startswith("bot:"), kind
        assert said[1:] == [f"bot: {WORDS} {kind}"], kind

    bot.answers = {f"{WORDS} {kind}": answer() for kind, answer in GARBAGE.items()}
    await asyncio.gather(*(is_served(kind) for kind in GARBAGE))


async def test_an_answer_that_cannot_be_stored_troubles_this_conversation_only(
    troubled: Open, visitor: Shopper, bot: ModBot
) -> None:
    bot.answers = {WORDS: _json({"messages": [{"text": f"{WORDS}\x00"}], "state": [], "intent": "x\x00"})}
    await visitor.says(WORDS)
    async with shopper_at(troubled.url) as other:
        await other.says(f"{WORDS} too")
        await other.hears(f"bot: {WORDS} too")
    await visitor.hears(f"bot: {WORDS}")


async def test_a_state_the_bot_refuses_is_dropped_and_the_question_asked_once_more(
    visitor: Shopper, bot: ModBot
) -> None:
    await visitor.says(f"{WORDS} 1")
    await visitor.hears(f"bot: {WORDS} 1")
    bot.refuses = lambda question: bool(question["state"])
    before = len(bot.asked)
    await visitor.says(f"{WORDS} 2")
    assert await visitor.replies(2) == [f"bot: {WORDS} 1", f"bot: {WORDS} 2"]
    assert [bool(question["state"]) for question in bot.asked[before:]] == [True, False]
    bot.refuses = None
    await visitor.says(f"{WORDS} 3")
    await visitor.hears(f"bot: {WORDS} 3")
    assert [event["text"] for event in bot.asked[-1]["state"]] == [f"{WORDS} 2"]


async def test_a_question_the_bot_refuses_twice_is_not_understood_and_never_asked_again(
    visitor: Shopper, bot: ModBot, troubled: Open
) -> None:
    bot.refuses = lambda question: True
    before = len(bot.asked)
    await visitor.says(WORDS)
    said = await visitor.replies(1)
    assert not said[0].startswith("bot:")
    assert len(bot.asked) == before + 2
    bot.refuses = None
    await visitor.says(f"{WORDS} again")
    await visitor.hears(f"bot: {WORDS} again")
    assert len(texts(await visitor.thread(), "out")) == 2


async def test_a_bot_that_is_away_does_not_keep_anybody_from_a_person_or_from_a_stop(
    visitor: Shopper, bot: ModBot
) -> None:
    await bot.stop()
    try:
        await visitor.says(WORDS)
        await visitor.replies(1, within=10)
        await visitor.says("stop")
        await visitor.replies(2, within=10)
        await visitor.says("agent please")
        await visitor.replies(3, within=10)
    finally:
        await bot.start()
