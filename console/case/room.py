"""GET /cases/{number}, its clocks explained, its card; what is done to it stands in the files beside this one."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from console.case.corrections import correction_routes
from console.case.deeds import deed_routes
from console.case.doing import Deeds
from console.case.explaining import told
from console.case.head import head_of, head_values
from console.case.knots import knot_routes
from console.case.lengths import desk_length, wall_length
from console.case.opening import opening_routes
from console.case.page import page_of, teller_of
from console.case.parts import Parts
from console.case.putting_right import remedy_routes
from console.case.reading import case_of
from console.frame.errors import own_path
from console.frame.frame import Frame
from console.frame.room import CASE_STAFF, Room
from console.frame.visit import Here, Visit
from crm_store.crm import Crm


def case_room(frame: Frame) -> Room:
    router = APIRouter()
    deeds = Deeds(frame)
    opening_routes(router, frame)

    @router.get("/cases/{number}")
    async def page(request: Request, visit: Here, number: str, show: str = "all") -> Response:
        async with frame.store.transaction() as crm:
            values = await page_of(frame, crm, visit, number, show)
        return frame.page(request, "case/case.html", **values)

    @router.get("/cases/{number}/clocks")
    async def clocks(request: Request, visit: Here, number: str) -> Response:
        async with frame.store.transaction() as crm:
            values = await _explained(frame, crm, visit, number)
        return frame.page(request, "case/why.html", **values)

    @router.get("/cases/{number}/card")
    async def card(visit: Here, number: str, back: str = "") -> Response:
        async with frame.store.transaction() as crm:
            case = await case_of(crm, visit.scope, number)
            values = await head_values(crm, visit.scope, case.id, visit.staff.id)
        return HTMLResponse(frame.part(visit.language, "case/card.html", back=own_path(back) if back else "", **values))

    deed_routes(router, deeds)
    correction_routes(router, frame, deeds)
    remedy_routes(router, frame, deeds)
    knot_routes(router, frame, deeds)
    return Room("case", router, CASE_STAFF, None, Parts(frame).live())


async def _explained(frame: Frame, crm: Crm, visit: Visit, number: str) -> dict[str, Any]:
    case = await case_of(crm, visit.scope, number)
    await crm.audit.viewed(visit.staff.id, "complaint", case.id, visit.now)
    rows = {(clock.kind, clock.ordinal): clock for clock in await crm.clocks.of(case.id)}
    whys = await crm.clocks.explain(case.id, visit.now)

    def wall(seconds: float) -> str:
        return wall_length(frame.texts, visit.language, seconds)

    def desk(seconds: float) -> str:
        return desk_length(frame.texts, visit.language, seconds)

    return {
        "head": await head_of(crm, visit.scope, case.id),
        "told": [told(why, rows[why.kind, why.ordinal], visit.now) for why in whys if (why.kind, why.ordinal) in rows],
        "teller": await teller_of(frame, crm, visit.language),
        "wall": wall,
        "desk": desk,
    }
