"""Nobody can have more than their share, and everybody is told when to come again."""

from pathlib import Path

import httpx2
import pytest

from tests.fakes.rasa import ScriptedBot
from tests.trouble.house import WORDS, open_house, settings_for, shopper_at
from tests.trouble.journal import Journal


async def test_too_many_messages_and_too_many_chats_are_told_when_to_try_again(
    trouble_database: str, answering: ScriptedBot, journal: Journal, var: Path
) -> None:
    settings = settings_for(var, trouble_database, answering.url, web_messages_per_minute=3, web_sessions_per_minute=2)
    async with open_house(settings, journal) as opened, shopper_at(opened.url) as one, shopper_at(opened.url) as other:
        for _ in range(3):
            await one.says(WORDS)
        for refused in (await one.posts(WORDS), await _chat(opened.url)):
            assert refused.status_code == 429
            assert refused.json()["error"]["code"] == "too_many_messages"
            assert int(refused.headers["Retry-After"]) > 0
        await other.says(WORDS)
        await other.replies(1)
        await one.replies(3)


async def _chat(url: str) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=url) as stranger:
        return await stranger.post("/channels/webchat/sessions")


@pytest.mark.parametrize("path", ["/no-such-place", "/channels/none/webhook", "/channels/telegram/webhook", "/../etc"])
async def test_what_is_not_there_is_not_there(house: "Open", path: str) -> None:  # type: ignore[name-defined]  # noqa: F821
    async with httpx2.AsyncClient(base_url=house.url) as stranger:
        assert (await stranger.post(path, json={})).status_code in {404, 405}
