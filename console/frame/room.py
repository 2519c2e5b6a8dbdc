"""A room of the console: its routes, its place in the rail, its live parts."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter

from console.live.part import LivePart
from crm_store.staff.members import Role

EVERYBODY = frozenset(Role)
CASE_STAFF = frozenset({Role.HANDLER, Role.SUPERVISOR, Role.ADMIN})
MARKETERS = frozenset({Role.MARKETER, Role.SUPERVISOR, Role.ADMIN})
LEADERS = frozenset({Role.SUPERVISOR, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})


@dataclass(frozen=True)
class RailItem:
    """`order` sorts the rail from the top; `key` is what follows `g` on the keyboard; the label is `<room>.rail`.

    `also` are further paths under which it is marked as the current one.
    """

    icon: str
    order: int
    path: str
    key: str = ""
    also: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path, *self.also)


@dataclass(frozen=True)
class Room:
    """`name` is the folder under `console/`. Only `roles` may enter; the router's paths lie under /console.

    `works` run in the background while the console is served, by name, until they are cancelled.
    """

    name: str
    router: APIRouter
    roles: frozenset[Role]
    rail: RailItem | None = None
    parts: tuple[LivePart, ...] = field(default=())
    works: Mapping[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
