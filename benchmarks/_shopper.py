"""A web-chat shopper over the public contract, patient as a person: sends until taken, waits for the answer."""

import asyncio
from typing import Any
from uuid import uuid4

import aiohttp

AGAIN_AFTER = 0.25
LONGEST_WAIT = 10
PATIENCE = 180
"""Seconds: a house killed again and again is started again after half a minute."""


class Shopper:
    """`taken` and `read` survive a house that is killed meanwhile: nothing is sent under a new id."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = f"{url}/channels/webchat"
        self._headers: dict[str, str] = {}
        self._after = 0
        self.conversation_id = 0

    async def arrive(self) -> None:
        session = await self._insist("POST", "/sessions", json={})
        self._headers = {"Authorization": f"Bearer {session['token']}"}
        self.conversation_id = session["conversation_id"]

    async def say(self, text: str) -> int:
        """Gives the interaction id."""
        body = {"client_message_id": uuid4().hex, "text": text}
        taken: int = (await self._insist("POST", "/messages", json=body))["interaction_id"]
        return taken

    async def hear(self) -> list[dict[str, Any]]:
        """Wait for the next messages from the house, one at least. Raises `TimeoutError` rather than wait for ever."""
        async with asyncio.timeout(PATIENCE):
            return await self._heard()

    async def _heard(self) -> list[dict[str, Any]]:
        while True:
            query = {"after": str(self._after), "wait": str(LONGEST_WAIT)}
            messages = (await self._insist("GET", "/messages", params=query))["messages"]
            self._after = messages[-1]["seq"] if messages else self._after
            heard = [message for message in messages if message["direction"] == "out"]
            if heard:
                return heard

    async def _insist(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        while True:
            try:
                async with self._http.request(method, self._url + path, headers=self._headers, **more) as response:
                    if response.status < 300:
                        answer: dict[str, Any] = await response.json()
                        return answer
                    if response.status not in {429, 500, 502, 503}:
                        raise RuntimeError(f"{method} {path} answered {response.status}: {await response.text()}")
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(AGAIN_AFTER)
