"""The read API as an integrator meets it: the real app and store, asked over ASGI."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from bot.api.attempts import FailedAttempts
from bot.api.body_limit import BodyLimit
from bot.api.errors import install_errors
from bot.api.keys import KeyGate
from bot.api.links import LinkMaker
from bot.api.v1 import read_api
from bot.files.vault import Vault
from crm_store.database import Store
from crm_store.keys import KeyScope, new_key

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LINKS = {"telegram": "https://t.me/willowmere_bot?start={token}", "webchat": "https://shop.example/chat#start={token}"}


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def read_app(store: Store, clock: Clock, links: dict[str, str], vault: Path = Path("no/vault")) -> FastAPI:
    app = FastAPI()
    gate = KeyGate(store, clock, FailedAttempts(most=3, room=100))
    app.include_router(read_api(store, gate, LinkMaker(links, clock), Vault(vault)))
    install_errors(app)
    app.add_middleware(BodyLimit, most=4096)
    return app


@dataclass
class Api:
    """`headers` show a key with every scope."""

    app: FastAPI
    client: httpx2.AsyncClient
    store: Store
    clock: Clock
    headers: dict[str, str]

    async def key(self, *scopes: KeyScope) -> str:
        key, row = new_key("test", [scope.value for scope in scopes], NOW)
        async with self.store.transaction() as crm:
            crm.api_keys.add(row)
        return key

    async def get(self, path: str, **params: Any) -> httpx2.Response:
        return await self.client.get(f"/api/v1{path}", params=params, headers=self.headers)

    async def ids(self, path: str, **params: Any) -> list[int]:
        """Ids of one page that must have come."""
        answer = await self.get(path, **params)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    async def all_ids(self, path: str, **params: Any) -> list[int]:
        """Ids of all pages, followed by `next`."""
        found: list[int] = []
        after: dict[str, int] = {}
        while True:
            page = (await self.get(path, **params, **after)).json()
            found += [item["id"] for item in page["items"]]
            if page["next"] is None:
                return found
            after = {"after": page["next"]}


def client_of(app: FastAPI, address: str = "203.0.113.7") -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=app, client=(address, 4711))
    return httpx2.AsyncClient(transport=transport, base_url="http://careloop.example")


@pytest.fixture
async def api(store: Store) -> AsyncIterator[Api]:
    clock = Clock()
    app = read_app(store, clock, LINKS)
    async with client_of(app) as client:
        made = Api(app, client, store, clock, {})
        made.headers["Authorization"] = f"Bearer {await made.key(*KeyScope)}"
        yield made


def code_of(answer: httpx2.Response) -> str:
    """The stable code, from a body that is the error shape and nothing else."""
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    return str(body["error"]["code"])
