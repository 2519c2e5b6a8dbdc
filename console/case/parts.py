"""The live parts of a case: its head, its clocks, its timeline. No text field is in any of them."""

from dataclasses import dataclass

from console.case.head import head_values
from console.case.page import lines_of, teller_of
from console.case.telling import SHOWN
from console.frame.frame import Frame
from console.frame.room import CASE_STAFF
from console.frame.visit import NotThere
from console.live.part import Hears, LivePart, Look, Shown

TOPICS = {"case": Hears.NUMBER, "desk": Hears.NUMBER}


@dataclass(frozen=True)
class Parts:
    """Renders them alike for the page and for what is pushed."""

    frame: Frame

    async def head(self, look: Look) -> str:
        async with self.frame.store.reading() as crm:
            try:
                values = await head_values(crm, look.scope, look.number, look.scope.staff_id)
            except NotThere:
                return ""
        return self.frame.part(look.language, "case/head.html", **values)

    async def clocks(self, look: Look) -> str:
        async with self.frame.store.reading() as crm:
            row = await crm.queue.case(look.scope, look.number)
            if row is None:
                return ""
            clocks = await crm.clocks.of(look.number)
        return self.frame.part(look.language, "case/clocks.html", row=row, clocks=clocks)

    async def timeline(self, look: Look) -> str:
        _, _, show = look.argument.partition("show=")
        async with self.frame.store.reading() as crm:
            row = await crm.queue.case(look.scope, look.number)
            if row is None:
                return ""
            teller = await teller_of(self.frame, crm, look.language)
            lines = await lines_of(crm, look.scope, look.number, teller, show)
        shown = show if show in SHOWN else "all"
        return self.frame.part(look.language, "case/timeline.html", row=row, lines=lines, show=shown)

    def live(self) -> tuple[LivePart, ...]:
        return (
            LivePart("case.head", TOPICS, self.head, CASE_STAFF, Shown.PERSON),
            LivePart("case.clocks", TOPICS, self.clocks, CASE_STAFF),
            LivePart("case.timeline", TOPICS, self.timeline, CASE_STAFF),
        )
