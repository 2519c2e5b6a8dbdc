"""What a room registers to be kept up to date on the pages that show it."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from console.live.stamps import Stamps
from console.live.together import Together
from crm_store.staff.members import Role
from crm_store.staff.scope import Scope

ARGUMENT = re.compile(r"[A-Za-z0-9_.,=&%+\-]{0,300}")
"""A number, or a query such as ``view=mine&sort=due``; nothing that could end a selector."""


@dataclass(frozen=True)
class Look:
    """For whom a part is rendered. `argument` is what the page wrote after the colon: ``case.head:12`` gives ``12``.

    `together` is shared by all parts that are rendered at the same time; what is read in it is as new as `stamp` at
    least. `anew`: nothing that was kept may be shown, however little has changed.
    """

    scope: Scope
    language: str
    argument: str
    now: datetime
    together: Together = field(default_factory=Together, compare=False)
    stamp: str = ""
    stamps: Stamps = field(default_factory=Stamps, compare=False)
    anew: bool = False

    def changed(self, topic: str, since: str) -> frozenset[int] | None:
        """The numbers of what has changed after the stamp `since`; None means: everything, perhaps."""
        return None if self.anew else self.stamps.since(since, topic)

    @property
    def number(self) -> int:
        return number_of(self.argument)


def number_of(argument: str) -> int:
    """The number an argument begins with; 0 when it begins with none."""
    found = re.match(r"\d{1,18}", argument)
    return int(found.group()) if found else 0


class Hears(StrEnum):
    """Which signals of a topic concern a part: all, those with its argument's number, or those with one's staff id."""

    ALL = "all"
    NUMBER = "number"
    OWN = "own"


class Shown(StrEnum):
    """Who may get the same rendering: everybody with the same role and teams, or one person alone."""

    ALIKE = "alike"
    PERSON = "person"


@dataclass(frozen=True, eq=False)
class LivePart:
    """`name` is ``room.part``. `render` gives the element with ``data-live="name:argument"``, or "" for nothing.

    A page shows it as rendered by the same template; whenever one of `topics` is signalled it is rendered again,
    once for all who may share it, and morphed into every page that shows it. `rest`: seconds it then stays as it is,
    for what need not be true at every moment. `settles`: seconds after a signal in which it is rendered once more,
    anew: for what is put together from what changed.
    """

    name: str
    topics: Mapping[str, Hears]
    render: Callable[[Look], Awaitable[str]]
    roles: frozenset[Role]
    shown: Shown = Shown.ALIKE
    rest: float = 0.0
    settles: float = 0.0
