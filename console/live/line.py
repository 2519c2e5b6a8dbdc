"""A socket as the hub knows it: whose it is, what it shows, and what it has yet to be sent."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from markupsafe import Markup

from console.live.changes import LISTS, changes, thinned
from console.live.part import Hears, LivePart, number_of
from crm_store.staff.scope import Scope

PARTIAL = Markup('<hx-partial hx-target="{}" hx-swap="outerMorph">{}</hx-partial>')


@dataclass(frozen=True)
class Viewer:
    """Whose socket it is, as far as rendering goes."""

    scope: Scope
    language: str


@dataclass(frozen=True)
class Group:
    """All who may be shown one and the same rendering."""

    part: LivePart
    argument: str
    viewer: Viewer

    def numbers(self) -> list[tuple[str, int | None]]:
        """The signals that concern it: a topic with a number, or with None for any."""
        meant: Mapping[Hears, int | None] = {
            Hears.ALL: None,
            Hears.NUMBER: number_of(self.argument),
            Hears.OWN: self.viewer.scope.staff_id,
        }
        return [(topic, meant[hears]) for topic, hears in self.part.topics.items()]

    @property
    def selector(self) -> Markup:
        """Where it stands on a page."""
        name = f"{self.part.name}:{self.argument}" if self.argument else self.part.name
        return Markup("[data-live='{}']").format(name)


@dataclass(eq=False)
class Line:
    """One socket: what it shows, and what it has yet to be sent, the latest rendering of each part only."""

    viewer: Viewer
    session: bytes
    waiting: dict[Group, str] = field(default_factory=dict)
    has: dict[Group, str] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    closing: int = 0

    def put(self, group: Group, html: str) -> None:
        if self.has.get(group) != html:
            self.waiting[group] = html
            self.news.set()

    def take(self) -> str:
        """What is to be sent now: of a part that was sent before only the lines of it that have changed."""
        waiting, self.waiting = self.waiting, {}
        frame = "".join(_told(group, self.has.get(group, ""), html) for group, html in waiting.items())
        self.has |= waiting
        return frame

    def close(self, code: int) -> None:
        self.closing = code
        self.news.set()


@lru_cache(maxsize=LISTS)
def _told(group: Group, before: str, html: str) -> str:
    """The same for all sockets that have been sent the same until now."""
    changed = changes(before, html)
    if changed is None:
        return PARTIAL.format(group.selector, Markup(thinned(before, html)))
    return "".join(PARTIAL.format(Markup("[id='{}']").format(name), Markup(line)) for name, line in changed)
