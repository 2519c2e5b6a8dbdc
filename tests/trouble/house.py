"""A whole house on a port of its own, without Rasa: opened, served, killed; and somebody who talks to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
from pydantic import SecretStr

from bot.main import House, opened_house
from bot.serving import serve
from bot.settings import Settings
from bot.stack.addresses import free_port
from tests.trouble.journal import Journal

SECRET = "trouble-0123456789-0123456789-0123456789"
RASA_TOKEN = "rasa-token-of-trouble"
ACTIONS_TOKEN = "actions-token-of-trouble"
METRICS_TOKEN = "metrics-token-of-trouble"
WORDS = "plums-and-quinces"
"""Stands in everything shoppers of these tests write, so that it can be looked for where it must not be."""


def settings_for(var: Path, database_url: str, rasa_url: str = "http://127.0.0.1:9", **more: Any) -> Settings:
    """A demo house; `rasa_url` points to nobody unless told otherwise."""
    told: dict[str, Any] = {
        "port": free_port(),
        "var": var,
        "demo": True,
        "database_url": database_url,
        "database_pool": 10,
        "secret": SecretStr(SECRET),
        "rasa_url": rasa_url,
        "rasa_token": SecretStr(RASA_TOKEN),
        "actions_token": SecretStr(ACTIONS_TOKEN),
        "metrics_token": SecretStr(METRICS_TOKEN),
        "web_sessions_per_minute": 1000,
        "web_messages_per_minute": 1000,
    }
    return Settings(**(told | more))


@dataclass
class Open:
    """A house that serves."""

    house: House
    serving: "asyncio.Task[None]"

    @property
    def url(self) -> str:
        return self.house.settings.base_url


@asynccontextmanager
async def open_house(settings: Settings, journal: Journal) -> AsyncIterator[Open]:
    """Serve a house until the block ends."""
    async with opened_house(settings) as house:
        serving = asyncio.create_task(serve(house.app(), settings.host, settings.port, house.background))
        try:
            await _until_it_answers(settings.base_url, serving)
            journal.listen_to_uvicorn()
            yield Open(house, serving)
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


async def _until_it_answers(url: str, serving: "asyncio.Task[None]") -> None:
    async with httpx2.AsyncClient(base_url=url) as client:
        for _ in range(400):
            if serving.done():
                serving.result()
            try:
                if (await client.get("/livez")).status_code == 200:
                    return
            except httpx2.HTTPError:
                pass
            await asyncio.sleep(0.05)
    raise AssertionError("the house did not open")


class Shopper:
    """Somebody at the web chat of a house, over HTTP."""

    def __init__(self, url: str) -> None:
        # The house hangs up on a connection that was idle for five seconds, maybe in the very moment we ask again.
        limits = httpx2.Limits(keepalive_expiry=2)
        self.http = httpx2.AsyncClient(base_url=f"{url}/channels/webchat", timeout=40, limits=limits)
        self.token = ""
        self.conversation_id = 0

    async def arrive(self) -> None:
        answer = await self.http.post("/sessions", json={"language": "en"})
        assert answer.status_code == 201, answer.text
        self.token = answer.json()["token"]
        self.conversation_id = answer.json()["conversation_id"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    async def posts(self, text: str = "", key: str = "", **more: Any) -> httpx2.Response:
        body = {"client_message_id": key or uuid4().hex, **({"text": text} if text else {}), **more}
        return await self.http.post("/messages", json=body)

    async def says(self, text: str, key: str = "") -> int:
        """The number of the interaction it became."""
        answer = await self.posts(text, key)
        assert answer.status_code == 202, answer.text
        return int(answer.json()["interaction_id"])

    async def thread(self, after: int = 0, wait: float = 0) -> list[dict[str, Any]]:
        answer = await self.http.get("/messages", params={"after": after, "wait": wait})
        assert answer.status_code == 200, answer.text
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    async def replies(self, count: int, within: float = 30.0) -> list[str]:
        """Wait until `count` messages from us can be read; gives their texts."""
        async with asyncio.timeout(within):
            while len(said := texts(await self.thread(), "out")) < count:
                await asyncio.sleep(0.05)
        return said

    async def hears(self, text: str, within: float = 30.0) -> None:
        """Wait until this very text can be read."""
        async with asyncio.timeout(within):
            while text not in texts(await self.thread(), "out"):
                await asyncio.sleep(0.05)


def texts(thread: list[dict[str, Any]], direction: str) -> list[str]:
    return [message["text"] for message in thread if message["direction"] == direction]


@asynccontextmanager
async def shopper_at(url: str) -> AsyncIterator[Shopper]:
    shopper = Shopper(url)
    await shopper.arrive()
    yield shopper
    await shopper.http.aclose()
