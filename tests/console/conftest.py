"""The console as staff meet it: the real app on the real store, asked over ASGI by somebody who is signed in."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from fastapi import FastAPI
from selectolax.lexbor import LexborHTMLParser, LexborNode

from console.app import Console, open_console
from console.frame.csrf import token_for
from console.frame.frame import House
from console.frame.guard import COOKIE
from crm_store.database import Store
from crm_store.staff.members import NewMember, Role, StaffMember
from crm_store.staff.sessions import digest_of

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ORIGIN = "http://careloop.example"
HOUSE = House(b"s" * 32, ORIGIN, {"en": "Willowmere", "zh": "柳岸百货"}, ZoneInfo("Asia/Singapore"))
NODE_MODULES = Path(__file__).parent.parent.parent / "node_modules"


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def whole_app(console: Console) -> FastAPI:
    """The console mounted as in a running copy."""
    app = FastAPI()
    app.include_router(console.files)
    app.mount("/console", console.app)
    return app


@dataclass
class Desk:
    """The console and the store behind it; `add` makes staff, `sign_in` a browser of theirs."""

    console: Console
    app: FastAPI
    store: Store
    clock: Clock

    async def add(self, role: Role | str = Role.HANDLER, teams: Iterable[str] = (), **values: Any) -> StaffMember:
        """Somebody who works here, in teams by code (made when missing); no password is theirs."""
        async with self.store.transaction() as crm:
            count = len(await crm.staff.all())
            login = values.pop("login", f"{Role(role)}{count}@willowmere.example")
            new = NewMember(login, values.pop("name", f"Mei {count}"), Role(role), "none")
            member = await crm.staff.add(new, self.clock.now)
            known = {team.code: team.id for team in await crm.staff.teams()}
            for code in teams:
                known[code] = known.get(code) or (await crm.staff.add_team(code, {"en": code, "zh": code})).id
            await crm.staff.set_teams(member.id, [known[code] for code in teams])
            await crm.staff.change(member.id, **{"must_change_password": False, **values})
            found = await crm.staff.by_id(member.id)
            assert found is not None
            await crm.session.refresh(found)
            return found

    async def cookie(self, member: StaffMember) -> str:
        async with self.store.transaction() as crm:
            return await crm.sessions.begin(member.id, "test", self.clock.now)

    def browser(self) -> httpx2.AsyncClient:
        """Nobody's yet."""
        transport = httpx2.ASGITransport(app=self.app, client=("203.0.113.7", 4711))
        return httpx2.AsyncClient(transport=transport, base_url=ORIGIN)


@dataclass
class Browser:
    """One member of staff's browser. `csrf` is their token; `post` sends it with our own Origin."""

    client: httpx2.AsyncClient
    member: StaffMember
    csrf: str

    async def get(self, path: str, **params: Any) -> httpx2.Response:
        return await self.client.get(path, params=params or None)

    async def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> httpx2.Response:
        headers = {"Origin": ORIGIN, **more.pop("headers", {})}
        return await self.client.post(path, data={"csrf": self.csrf, **(data or {})}, headers=headers, **more)

    async def page(self, path: str, **params: Any) -> LexborHTMLParser:
        """A page that must have come, parsed."""
        answer = await self.get(path, **params)
        assert answer.status_code == 200, answer.text
        return LexborHTMLParser(answer.text)


def text_of(page: LexborHTMLParser | LexborNode, selector: str) -> str:
    """The text of the one element that a page must have, blanks made one."""
    found = page.css_first(selector)
    assert found is not None, f"no {selector} in {page.html}"
    return " ".join(found.text().split())


SignedIn = Callable[..., Awaitable[Browser]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(store: Store, clock: Clock) -> Desk:
    console = open_console(store, clock, HOUSE, NODE_MODULES)
    return Desk(console, whole_app(console), store, clock)


@pytest.fixture
async def console_client(desk: Desk) -> AsyncIterator[SignedIn]:
    """``await console_client("supervisor", teams=["north"])`` gives the browser of a new member of staff."""
    async with AsyncExitStack() as stack:

        async def make(role: Role | str = Role.HANDLER, teams: Iterable[str] = (), **values: Any) -> Browser:
            member = await desk.add(role, teams, **values)
            cookie = await desk.cookie(member)
            client = await stack.enter_async_context(desk.browser())
            client.cookies.set(COOKIE, cookie, path="/console")
            return Browser(client, member, token_for(HOUSE.secret, digest_of(cookie)))

        yield make
