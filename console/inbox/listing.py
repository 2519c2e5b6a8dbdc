"""The lines of the inbox and its tabs, read alike for a page and for what is pushed into it."""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime

from console.frame.frame import Frame
from console.inbox.lines import Lines, span_of
from console.inbox.pages import Pages
from console.inbox.wanted import Wanted, wanted_in
from console.live.part import Look
from crm_store.crm import Crm
from crm_store.queue.queue import QueuePage
from crm_store.queue.queue_counts import Tally, TeamCounts
from crm_store.queue.queue_filter import View
from crm_store.records.page import CursorUnknown
from crm_store.staff.scope import Scope

TABS = (View.MINE, View.TEAM, View.UNASSIGNED, View.OVERDUE, View.SHOPPER, View.ALL, View.CLOSED)
ON_A_PAGE = 50
BESIDE_A_TALK = 30
WIDE_LINE = "inbox/one_line.html"
NARROW_LINE = "inbox/beside_line.html"
ROOM = 200
"""Lists kept as drawn, of some 50 KB each; whoever looks at one has it, too."""

Key = tuple[str, str, Scope, str]


async def listed(crm: Crm, scope: Scope, wanted: Wanted, now: datetime, limit: int = ON_A_PAGE) -> QueuePage:
    """One page. A cursor that is none begins at the top.

    Only one's own tab depends on who asks: all others are the same for everybody of the same role and teams, so that
    one rendering serves them all.
    """
    asker = _asker(scope, wanted)
    try:
        return await crm.queue.page(asker, wanted.filter, now, wanted.after or None, limit)
    except CursorUnknown:
        return await crm.queue.page(asker, wanted.filter, now, None, limit)


def _asker(scope: Scope, wanted: Wanted) -> Scope:
    return scope if wanted.is_personal else replace(scope, staff_id=0)


@dataclass
class Lists:
    """Renders the live parts `inbox.own`, `inbox.list` (wide) and `inbox.beside` (next to a conversation), and tabs."""

    frame: Frame
    lines: Lines = field(init=False)
    pages: Pages = field(init=False)
    _shown: OrderedDict[Key, tuple[int, QueuePage, str]] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self.lines = Lines(self.frame)
        self.pages = Pages(self.frame.store)

    async def wide(self, look: Look) -> str:
        page = await self._read(look, ON_A_PAGE)
        return self._drawn(look, page, "inbox/list.html", WIDE_LINE)

    async def beside(self, look: Look) -> str:
        page = await self._read(look, BESIDE_A_TALK)
        return self._drawn(look, page, "inbox/beside.html", NARROW_LINE)

    async def tabs(self, look: Look) -> str:
        async def read() -> Tally:
            async with self.frame.store.reading() as crm:
                return await crm.queue.tally(look.now)

        async def add_up() -> TeamCounts:
            return (await look.together.once("inbox.tally", read)).of_team(look.scope)

        found = await look.together.once(("inbox.tabs", look.scope.role, look.scope.teams), add_up)
        counts = found.of(look.scope.staff_id)

        async def draw() -> str:
            wanted = wanted_in(look.argument)
            return self.frame.part(look.language, "inbox/tabs.html", wanted=wanted, tabs=TABS, counts=counts)

        # Many have as many as somebody else.
        return await look.together.once(("inbox.tabs", look.language, look.argument, tuple(counts.items())), draw)

    async def _read(self, look: Look, limit: int) -> QueuePage:
        """One reading for all of the role and the teams, in whichever language; of a tab of one's own, for oneself."""
        wanted = wanted_in(look.argument)
        if not wanted.after:
            return await self.pages.top(look, _asker(look.scope, wanted), wanted, limit)

        async def read() -> QueuePage:
            async with self.frame.store.reading() as crm:
                return await listed(crm, look.scope, wanted, look.now, limit)

        return await look.together.once(("inbox.list", look.scope, look.argument, limit), read)

    def _drawn(self, look: Look, page: QueuePage, template: str, line: str) -> str:
        """The very same text while the page is the same: then nobody has to be sent anything."""
        key, span = (template, look.language, look.scope, look.argument), span_of(look.now)
        kept = self._shown.get(key)
        if kept is not None and kept[:2] == (span, page):
            self._shown.move_to_end(key)
            return kept[2]
        wanted = wanted_in(look.argument)
        lines = self.lines.drawn(line, look.language, page.rows, wanted, look.now)
        html = self.frame.part(look.language, template, page=page, lines=lines, wanted=wanted, now=look.now)
        self._shown[key] = (span, page, html)
        if len(self._shown) > ROOM:
            self._shown.popitem(last=False)
        return html
