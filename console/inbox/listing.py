"""The lines of the inbox and its tabs, read alike for a page and for what is pushed into it."""

from dataclasses import dataclass, replace
from datetime import datetime

from console.frame.frame import Frame
from console.inbox.wanted import Wanted, wanted_in
from console.live.part import Look
from crm_store.crm import Crm
from crm_store.desk.queue import QueuePage
from crm_store.desk.queue_filter import View
from crm_store.records.page import CursorUnknown
from crm_store.staff.scope import Scope

TABS = (View.MINE, View.TEAM, View.UNASSIGNED, View.OVERDUE, View.SHOPPER, View.ALL, View.CLOSED)
ON_A_PAGE = 50
BESIDE_A_TALK = 30


async def listed(crm: Crm, scope: Scope, wanted: Wanted, now: datetime, limit: int = ON_A_PAGE) -> QueuePage:
    """One page. A cursor that is none begins at the top.

    Only one's own tab depends on who asks: all others are the same for everybody of the same role and teams, so that
    one rendering serves them all.
    """
    asker = scope if wanted.is_personal else replace(scope, staff_id=0)
    try:
        return await crm.queue.page(asker, wanted.filter, now, wanted.after or None, limit)
    except CursorUnknown:
        return await crm.queue.page(asker, wanted.filter, now, None, limit)


@dataclass(frozen=True)
class Lists:
    """Renders the live parts `inbox.own`, `inbox.list` (wide) and `inbox.beside` (next to a conversation), and tabs."""

    frame: Frame

    async def wide(self, look: Look) -> str:
        return await self._list(look, "inbox/list.html", ON_A_PAGE)

    async def beside(self, look: Look) -> str:
        return await self._list(look, "inbox/beside.html", BESIDE_A_TALK)

    async def tabs(self, look: Look) -> str:
        wanted = wanted_in(look.argument)
        async with self.frame.store.reading() as crm:
            counts = await crm.queue.counts(look.scope, look.now)
        return self.frame.part(look.language, "inbox/tabs.html", wanted=wanted, tabs=TABS, counts=counts)

    async def _list(self, look: Look, template: str, limit: int) -> str:
        wanted = wanted_in(look.argument)
        async with self.frame.store.reading() as crm:
            page = await listed(crm, look.scope, wanted, look.now, limit)
        return self.frame.part(look.language, template, page=page, wanted=wanted, now=look.now)
