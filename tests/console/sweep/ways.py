"""Every route of the console, read from the app that is served: a new one is swept without being named here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

from console.app import open_console
from crm_store.database import open_store
from tests.console.conftest import HOUSE, NODE_MODULES

BEFORE_ALL = {"/console/sign-in", "/console/sign-out"}
"""Open to everybody; swept in test_signing_in.py."""


@dataclass(frozen=True)
class Way:
    """A method at a path, with the names of what may be put into path, query and form."""

    method: str
    path: str
    keys: tuple[str, ...]
    asked: tuple[str, ...]
    fields: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path.removeprefix('/console')}"

    @property
    def room(self) -> str:
        """The first word of the path, e.g. `talks`; empty for the first page."""
        return self.path.split("/")[2]

    def at(self, values: Mapping[str, Any], **others: Any) -> str:
        """The path with its keys filled in; ``{"calendars.name": "desk"}`` is for one room alone."""
        return self.path.format_map({key: self._value(key, {**values, **others}) for key in self.keys})

    def _value(self, key: str, values: Mapping[str, Any]) -> Any:
        told = values.get(key, values.get(f"{self.room}.{key}"))
        assert told is not None, f"say in everything.py what {{{key}}} in {self.path} stands for"
        return told


def _routes(routes: Iterable[Any]) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from _routes(route.original_router.routes)


def _names(takes: Dependant, of: str) -> Iterator[str]:
    for param in getattr(takes, f"{of}_params"):
        annotation = param.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from annotation.model_fields
        else:
            yield param.alias
    for deeper in takes.dependencies:
        yield from _names(deeper, of)


def ways() -> list[Way]:
    """Of a console without a database."""
    nowhere = open_store("postgresql+psycopg://nobody@127.0.0.1:1/none", pool=2)
    console = open_console(nowhere, lambda: datetime.now(UTC), HOUSE, NODE_MODULES)
    found = []
    for route in _routes(console.app.router.routes):
        keys, asked, fields = (tuple(_names(route.dependant, of)) for of in ("path", "query", "body"))
        path = f"/console{route.path}"
        found += [Way(method, path, keys, asked, fields) for method in sorted(route.methods or ())]
    return [way for way in found if "{path:path}" not in way.path and way.path not in BEFORE_ALL]


WAYS = ways()
PAGES = [way for way in WAYS if way.method == "GET"]
DEEDS = [way for way in WAYS if way.method == "POST"]
