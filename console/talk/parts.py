"""The live parts of a conversation: its head, its thread, its clocks, and what the composer says before one types."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from console.frame.frame import Frame
from console.frame.room import CASE_STAFF
from console.frame.visit import NotThere, Visit
from console.live.part import Hears, LivePart, Look, Shown
from console.talk.desk import Desk
from console.talk.readiness import readiness_of
from console.talk.reading import clocks_of, head_of, thread_of
from crm_store.crm import Crm

MORPH = Markup('<hx-partial hx-target="#{}" hx-swap="outerMorph">{}</hx-partial>')


@dataclass(frozen=True)
class Parts:
    """Renders them alike for the page and for what is pushed."""

    desk: Desk

    @property
    def frame(self) -> Frame:
        return self.desk.frame

    async def head(self, look: Look) -> str:
        async with self.frame.store.reading() as crm:
            return await self.head_in(crm, look)

    async def head_in(self, crm: Crm, look: Look) -> str:
        try:
            head = await head_of(crm, look.scope, look.number, look.now)
        except NotThere:
            return ""
        clocks = {case.complaint_id: await clocks_of(crm, case.complaint_id or 0) for case in head.open_cases[:3]}
        return self._part(look, "talk/head.html", head=head, clocks=clocks, me=look.scope.staff_id, now=look.now)

    async def thread(self, look: Look) -> str:
        async with self.frame.store.reading() as crm:
            return await self.thread_in(crm, look)

    async def thread_in(self, crm: Crm, look: Look) -> str:
        _, _, since = look.argument.partition("from=")
        try:
            thread = await thread_of(crm, look.scope, look.number, int(since) if since.isdecimal() else 0)
        except NotThere:
            return ""
        values = {"argument": look.argument, "me": look.scope.staff_id, "now": look.now}
        return self._part(look, "talk/thread.html", thread=thread, **values)

    async def clocks(self, look: Look) -> str:
        async with self.frame.store.reading() as crm:
            case = await crm.queue.case(look.scope, look.number)
            if case is None:
                return ""
            running = await clocks_of(crm, look.number)
        return self._part(look, "talk/clocks.html", case=case, running=running)

    async def ready(self, look: Look) -> str:
        async with self.frame.store.reading() as crm:
            return await self.ready_in(crm, look)

    async def ready_in(self, crm: Crm, look: Look) -> str:
        try:
            await head_of(crm, look.scope, look.number, look.now)
        except NotThere:
            return ""
        return self._part(look, "talk/ready.html", **await readiness_of(self.desk, crm, look.number, look.now))

    async def company(self, look: Look) -> str:
        there = self.frame.company.with_(look.number, look.scope.staff_id)
        async with self.frame.store.reading() as crm:
            if await crm.queue.talk(look.scope, look.number) is None:
                return ""
            names = await crm.staff.names(one.staff_id for one in there)
        company = [{"name": names[one.staff_id], "types": one.types} for one in there if one.staff_id in names]
        return self._part(look, "talk/company.html", id=look.number, company=company)

    def live(self) -> tuple[LivePart, ...]:
        talk = {"talk": Hears.NUMBER}
        return (
            LivePart("talk.head", talk, self.head, CASE_STAFF, Shown.PERSON),
            LivePart("talk.thread", talk | {"thread": Hears.NUMBER}, self.thread, CASE_STAFF, Shown.PERSON),
            LivePart("talk.ready", talk, self.ready, CASE_STAFF, Shown.PERSON),
            LivePart("talk.company", {"looking": Hears.NUMBER}, self.company, CASE_STAFF, Shown.PERSON),
            LivePart("talk.clocks", {"case": Hears.NUMBER}, self.clocks, CASE_STAFF),
        )

    def _part(self, look: Look, template: str, **values: Any) -> str:
        return self.frame.part(look.language, template, **values)


async def pushed(parts: Parts, visit: Visit, talk: int) -> Markup:
    """What a deed changed on the page, sent with its answer: nobody waits for the socket to see what they did."""
    look = Look(visit.scope, visit.language, str(talk), visit.now)
    async with parts.frame.store.transaction() as crm:
        head, ready = await parts.head_in(crm, look), await parts.ready_in(crm, look)
    shown = {"talk-head": head, "talk-ready": ready}
    return Markup().join(MORPH.format(name, Markup(html)) for name, html in shown.items() if html)
