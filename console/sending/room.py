"""GET /sending, /sending/{lane} and /sending/closed: the lanes, what nobody knows of, addresses that take nothing."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from console.frame.frame import Frame
from console.frame.room import MARKETERS, RailItem, Room
from console.frame.visit import Here, NotThere
from console.live.part import Hears, LivePart, Look
from console.sending.deeds import deeds_router
from console.sending.lanes import TONES, lanes_now
from crm_store.crm import Crm
from crm_store.staff.members import Role

HOME = "/console/sending"
ON_A_PAGE = 50
LEADING = (Role.SUPERVISOR, Role.ADMIN)
Words = Annotated[str, Query(max_length=200)]
After = Annotated[int, Query(ge=0, lt=2**62)]


def sending_room(frame: Frame) -> Room:
    router = APIRouter()

    async def seen(crm: Crm, now: Any) -> dict[str, Any]:
        return {"lanes": await lanes_now(crm, frame.house.lanes, now), "tones": TONES, "now": now}

    async def live(look: Look) -> str:
        async with frame.store.transaction() as crm:
            return frame.part(look.language, "sending/lanes.html", **await seen(crm, look.now))

    @router.get("/sending")
    async def sending(request: Request, visit: Here) -> Response:
        async with frame.store.transaction() as crm:
            values = await seen(crm, visit.now)
            is_copy = await crm.fence.is_copy(frame.house.base_url)
            seal = await crm.fence.seal()
        fence = {"is_copy": is_copy, "seal": seal, "address": frame.house.base_url}
        return frame.page(request, "sending/sending.html", may=visit.role in LEADING, fence=fence, **values)

    _closed(router, frame)

    @router.get("/sending/lanes/{lane}")
    async def one(request: Request, visit: Here, lane: str, after: After = 0) -> Response:
        async with frame.store.transaction() as crm:
            known = {each.name: each for each in await lanes_now(crm, frame.house.lanes, visit.now)}
            if lane not in known:
                raise NotThere
            rows = await crm.lane_reads.unknown(lane, after, ON_A_PAGE)
        older = rows[ON_A_PAGE - 1].outbox_id if len(rows) > ON_A_PAGE else None
        values = {"each": known[lane], "rows": rows[:ON_A_PAGE], "older": older, "after": after, "tones": TONES}
        return frame.page(request, "sending/lane.html", may=visit.role in LEADING, problem="", rate="", **values)

    router.include_router(deeds_router(frame))
    rail = RailItem("send", order=65, path=HOME, key="o")
    parts = (LivePart("sending.lanes", {"care": Hears.ALL, "campaign": Hears.ALL}, live, MARKETERS, rest=2.0),)
    return Room("sending", router, MARKETERS, rail, parts)


def _closed(router: APIRouter, frame: Frame) -> None:
    @router.get("/sending/closed")
    async def closed(request: Request, visit: Here, q: Words = "", before: After = 0) -> Response:
        words = q.replace("\0", "").strip()
        async with frame.store.transaction() as crm:
            rows = await crm.lane_reads.closed_addresses(words, before or None, ON_A_PAGE)
        older = rows[ON_A_PAGE - 1].identity_id if len(rows) > ON_A_PAGE else None
        values = {"rows": rows[:ON_A_PAGE], "older": older, "before": before, "asked": words}
        return frame.page(request, "sending/closed.html", **values)
