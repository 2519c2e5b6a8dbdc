"""POST /sending/…: pause care on a lane, change its rate, settle what nobody knows of, allow this house to send."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from console.frame.frame import Frame
from console.frame.visit import Here, NotThere
from console.sending.lanes import TONES, lanes_now
from crm_store.errors import CareLoopError
from crm_store.sending.adrift import NotUnknown
from crm_store.staff.audit import Deed
from crm_store.staff.members import Role
from crm_store.talks.lanes import FASTEST, LaneRateRefused

HOME = "/console/sending"
ROOM_FOR_NUMBER = 12
Name = Annotated[str, Form(max_length=300)]
Typed = Annotated[str, Form(max_length=60)]


class RateUnreadable(CareLoopError):
    """What was typed is no number."""

    code = "rate_unreadable"


def deeds_router(frame: Frame) -> APIRouter:
    router = APIRouter()
    _pausing(router, frame)
    _rating(router, frame)
    _settling(router, frame)
    _fencing(router, frame)
    return router


def _pausing(router: APIRouter, frame: Frame) -> None:
    @router.post("/sending/care")
    async def pause(visit: Here, lane: Name, paused: Annotated[bool, Form()] = False) -> Response:
        visit.require(Role.SUPERVISOR, Role.ADMIN)
        async with frame.store.transaction() as crm:
            if await crm.lanes.get(lane) is None:
                raise NotThere
            await crm.lanes.pause_care(lane, paused)
            crm.audit.note(Deed(visit.staff.id, "paused" if paused else "resumed", "lane", lane), visit.now)
            crm.nudge("care")
        return frame.go(HOME, "sending.paused" if paused else "sending.resumed", lane=lane)


def _rating(router: APIRouter, frame: Frame) -> None:
    @router.post("/sending/rate")
    async def set_rate(request: Request, visit: Here, lane: Name, rate: Typed = "") -> Response:
        visit.require(Role.SUPERVISOR, Role.ADMIN)
        try:
            return await _rated(frame, visit, lane, rate)
        except (LaneRateRefused, RateUnreadable):
            async with frame.store.transaction() as crm:
                known = {each.name: each for each in await lanes_now(crm, frame.house.lanes, visit.now)}
                rows = await crm.lane_reads.unknown(lane)
            problem = frame.say(visit.language, "sending.rate_refused", most=f"{FASTEST:,}")
            told = {"each": known[lane], "rows": rows, "older": None, "after": 0, "tones": TONES}
            return frame.page(request, "sending/lane.html", 422, may=True, problem=problem, rate=rate, **told)


async def _rated(frame: Frame, visit: Here, lane: str, typed: str) -> Response:
    """Raises `LaneRateRefused`, `RateUnreadable`, `NotThere`."""
    async with frame.store.transaction() as crm:
        before = await crm.lanes.get(lane)
        if before is None:
            raise NotThere
        old, rate = before.rate, _number(typed)
        await crm.lanes.set_rate(lane, rate)
        crm.audit.note(Deed(visit.staff.id, "limited", "lane", lane, {"from": old, "to": rate}), visit.now)
        crm.nudge("care")
    return frame.go(HOME, "sending.rated" if rate else "sending.rate_free", lane=lane, rate=f"{rate or 0:g}")


def _number(typed: str) -> float | None:
    """None for an empty field: as fast as the provider allows."""
    plain = typed.strip().replace(",", ".")
    if not plain:
        return None
    try:
        rate = float(plain) if len(plain) <= ROOM_FOR_NUMBER else 0.0
    except ValueError:
        raise RateUnreadable("rate: write a number") from None
    if rate != rate:
        raise RateUnreadable("rate: write a number")
    return rate


def _settling(router: APIRouter, frame: Frame) -> None:
    @router.post("/sending/unknown/{outbox_id}")
    async def settle(visit: Here, outbox_id: int, lane: Name, arrived: Annotated[bool, Form()] = False) -> Response:
        visit.require(Role.SUPERVISOR, Role.ADMIN)
        back = f"{HOME}/lanes/{lane}" if lane and "/" not in lane else HOME
        deed = Deed(visit.staff.id, "settled", "message", str(outbox_id), {"arrived": arrived})
        try:
            async with frame.store.transaction() as crm:
                await crm.sending.settle_unknown(outbox_id, arrived, f"staff {visit.staff.id}", visit.now)
                crm.audit.note(deed, visit.now)
                crm.nudge("care")
        except NotUnknown:
            return frame.go(back, "sending.settled_before", tone="warn")
        return frame.go(back, "sending.settled_arrived" if arrived else "sending.settled_lost")


def _fencing(router: APIRouter, frame: Frame) -> None:
    @router.post("/sending/fence")
    async def allow(visit: Here, sure: Annotated[bool, Form()] = False) -> Response:
        visit.require(Role.ADMIN)
        address = frame.house.base_url
        if not sure:
            return frame.go(HOME, "sending.fence_sure", tone="warn")
        async with frame.store.transaction() as crm:
            if not await crm.fence.is_copy(address):
                return frame.go(HOME, "sending.fence_ours")
            await crm.fence.allow(address, f"staff {visit.staff.id}", visit.now)
            crm.audit.note(Deed(visit.staff.id, "allowed_sending", "sending", address), visit.now)
            crm.nudge("care")
        return frame.go(HOME, "sending.fence_allowed")
