"""GET /undelivered, POST /undelivered/{id}/take and /close: every promise that did not arrive has an owner."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from console.frame.frame import Frame
from console.frame.room import CASE_STAFF, RailItem, Room
from console.frame.visit import Here
from crm_store.desk.undelivered import NotUndelivered, Outcome
from crm_store.staff.audit import Deed

PAGE = 50
HOME = "/console/undelivered"
After = Annotated[int | None, Query(ge=0)]


def undelivered_room(frame: Frame) -> Room:
    router = APIRouter()

    @router.get("/undelivered")
    async def undelivered(request: Request, visit: Here, after: After = None, closed: bool = False) -> Response:
        async with frame.store.transaction() as crm:
            rows = await crm.undelivered.page(visit.scope, visit.now, after, PAGE, closed)
            counts = await crm.undelivered.counts(visit.scope, visit.now)
        older = rows[-1].outbox_id if len(rows) == PAGE else None
        known = {"rows": rows, "counts": counts, "closed": closed, "older": older, "outcomes": list(Outcome)}
        return frame.page(request, "undelivered/list.html", **known)

    @router.post("/undelivered/{outbox_id}/take")
    async def take(visit: Here, outbox_id: int) -> Response:
        try:
            async with frame.store.transaction() as crm:
                await crm.undelivered.take(visit.scope, outbox_id, visit.now)
                crm.audit.note(Deed(visit.staff.id, "took", "undelivered", str(outbox_id)), visit.now)
        except NotUndelivered:
            return frame.go(HOME, "undelivered.gone", tone="warn")
        return frame.go(HOME, "undelivered.taken")

    @router.post("/undelivered/{outbox_id}/close")
    async def close(visit: Here, outbox_id: int, outcome: Annotated[Outcome, Form()]) -> Response:
        deed = Deed(visit.staff.id, "closed", "undelivered", str(outbox_id), {"outcome": outcome})
        try:
            async with frame.store.transaction() as crm:
                await crm.undelivered.close(visit.scope, outbox_id, outcome, visit.now)
                crm.audit.note(deed, visit.now)
        except NotUndelivered:
            return frame.go(HOME, "undelivered.gone", tone="warn")
        return frame.go(HOME, "undelivered.ended")

    return Room("undelivered", router, CASE_STAFF, RailItem("mail", order=25, path=HOME, key="u"))
