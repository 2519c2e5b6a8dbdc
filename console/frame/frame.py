"""The frame: what a room is built with. Pages, fragments, texts, and the way on after a form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from bot.channels.base import Channel
from bot.files.vault import Vault
from console.frame.assets import Assets
from console.frame.flash import COOKIE, Said, opened, sealed
from console.frame.room import RailItem
from console.frame.templates import Templates
from console.frame.texts import Texts
from console.frame.visit import Visit
from console.live.company import Company
from crm_store.database import Store
from crm_store.staff.members import Role


@dataclass(frozen=True)
class House:
    """What the console is told from outside. `lanes` grows while channels are being connected."""

    secret: bytes
    base_url: str
    shop: dict[str, str]
    zone: ZoneInfo
    is_demo: bool = False
    vault: Vault | None = None
    lanes: Mapping[str, Channel] = field(default_factory=dict)

    @property
    def is_secure(self) -> bool:
        return self.base_url.startswith("https://")


@dataclass
class Frame:
    """Handed to every room when it is built. `rail` is filled when all rooms are."""

    store: Store
    now: Callable[[], datetime]
    house: House
    texts: Texts
    assets: Assets
    templates: Templates
    rail: list[tuple[str, RailItem, frozenset[Role]]] = field(default_factory=list)
    company: Company = field(init=False)

    def __post_init__(self) -> None:
        self.company = Company(self.store)

    def page(self, request: Request, template: str, status: int = 200, /, **values: Any) -> HTMLResponse:
        """A whole page of somebody signed in. htmx asks for the same and takes its `#main`."""
        visit: Visit = request.state.visit
        said = opened(self.house.secret, request.cookies.get(COOKIE, ""))
        known = {"visit": visit, "rail": self._rail(visit), "said": said, "path": request.url.path, **values}
        answer = HTMLResponse(self.templates.render(template, visit.language, known), status)
        if said:
            answer.delete_cookie(COOKIE, path="/console")
        return answer

    def bare(self, request: Request, template: str, language: str, status: int = 200, /, **values: Any) -> HTMLResponse:
        """A page for nobody in particular: signing in, and errors before anybody is known."""
        known = {"visit": None, "path": request.url.path, **values}
        return HTMLResponse(self.templates.render(template, language, known), status)

    def part(self, language: str, template: str, /, **values: Any) -> Markup:
        """A piece of a page: what a live part renders, or the answer to an `hx-get` with a target of its own."""
        return Markup(self.templates.render(template, language, values))

    def go(self, to: str, key: str = "", /, tone: str = "ok", **values: Any) -> Response:
        """After a form: on to the page `to`, which then says `key` once."""
        answer = RedirectResponse(to, 303)
        if key:
            seal = sealed(self.house.secret, Said(key, values, tone))
            secure = self.house.is_secure
            answer.set_cookie(COOKIE, seal, max_age=60, path="/console", httponly=True, samesite="lax", secure=secure)
        return answer

    def toast(self, language: str, key: str, /, tone: str = "ok", **values: Any) -> Markup:
        """A partial that says something on a page that stays; append it to a fragment."""
        return self.part(language, "frame/toast.html", said=Said(key, values, tone))

    def say(self, language: str, key: str, /, **values: Any) -> str:
        return self.texts.say(language, key, **values)

    def _rail(self, visit: Visit) -> list[tuple[str, RailItem]]:
        if visit.staff.must_change_password:
            return []
        return [(name, item) for name, item, roles in self.rail if visit.role in roles]
