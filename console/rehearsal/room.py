"""GET /rehearsal/{id}, POST /rehearsal/{id}/begin and …/stop: what would happen if a campaign fired at some time."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from console.frame.frame import Frame
from console.frame.room import LEADERS, MARKETERS, Room
from console.frame.visit import Here
from console.live.part import Hears, LivePart, Shown
from console.rehearsal.asking import Typed, ordered, problems_of, sheet_of
from console.rehearsal.page import RehearsalPage, Shelf, Wrong
from console.rehearsal.running import Running

HOME = "/console/rehearsal"
Run = Annotated[int, Form(ge=1, lt=2**62)]


def rehearsal_room(frame: Frame) -> Room:
    router, running = APIRouter(), Running(frame)
    page = RehearsalPage(frame)

    @router.get("/rehearsal/{campaign_id}")
    async def rehearsal(request: Request, visit: Here, campaign_id: int, shelf: Annotated[Shelf, Query()]) -> Response:
        async with frame.store.transaction() as crm:
            values = await page.values(crm, visit, campaign_id, shelf)
        return frame.page(request, "rehearsal/rehearsal.html", **values)

    @router.post("/rehearsal/{campaign_id}/begin")
    async def begin(request: Request, visit: Here, campaign_id: int, typed: Annotated[Typed, Form()]) -> Response:
        async with frame.store.transaction() as crm:
            sheet = await sheet_of(frame, crm, visit, campaign_id, typed)
            problems = problems_of(sheet, frame, visit.now)
            if problems:
                values = await page.values(crm, visit, campaign_id, Shelf(), Wrong(typed, problems))
                return frame.page(request, "rehearsal/rehearsal.html", 422, **values)
            order, wanted = ordered(sheet, frame, visit)
            row = await crm.care_rehearsals.begin(order, visit.now)
        running.begin(row.id, [wanted])
        return frame.go(f"{HOME}/{campaign_id}?run={row.id}")

    @router.post("/rehearsal/{campaign_id}/stop")
    async def stop(visit: Here, campaign_id: int, run: Run) -> Response:
        here = f"{HOME}/{campaign_id}"
        async with frame.store.transaction() as crm:
            row = await crm.care_rehearsals.get(run)
            if row is None or row.campaign_id != campaign_id:
                return frame.go(here, "rehearsal.gone", tone="warn")
            if row.staff_id != visit.staff.id and visit.role not in LEADERS:
                return frame.go(here, "rehearsal.not_yours", tone="warn")
            stopped = await crm.care_rehearsals.stop(run, visit.now)
        running.stop(run)
        return frame.go(f"{here}?run={run}", *(["rehearsal.stopped_now"] if stopped else []))

    parts = (LivePart("rehearsal.run", {"rehearsal": Hears.NUMBER}, page.live, MARKETERS, Shown.PERSON),)
    return Room("rehearsal", router, MARKETERS, parts=parts, works={"rehearsals": running.run})
