"""What supervisors do to an incident: POST /incidents/{id}/…; each tells the desk."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, Response

from console.frame.frame import Frame
from console.frame.visit import Here, NotThere, Visit
from console.incidents.membership import Membership
from console.incidents.reading import seen_one
from crm_store.crm import Crm
from crm_store.staff.members import Role

Number = Annotated[str, Form(max_length=40)]
MARKETER = Role.MARKETER


def deeds_router(frame: Frame) -> APIRouter:
    router = APIRouter()

    @router.post("/incidents/{incident_id}/hold")
    async def hold(visit: Here, incident_id: int, to: Annotated[bool, Form()]) -> Response:
        async with frame.store.transaction() as crm:
            await _live(crm, visit, incident_id)
            await crm.incidents.hold(incident_id, to, visit.scope, visit.now)
            crm.nudge("desk", 0)
        return HTMLResponse(frame.toast(visit.language, "incidents.held" if to else "incidents.freed"))

    @router.post("/incidents/{incident_id}/own")
    async def own(visit: Here, incident_id: int, owner: Annotated[int, Form(ge=0)]) -> Response:
        async with frame.store.transaction() as crm:
            await _live(crm, visit, incident_id)
            member = await crm.staff.by_id(owner) if owner else None
            if owner and (member is None or not member.is_active or member.role == MARKETER):
                raise NotThere
            await crm.incidents.own(incident_id, owner or None, visit.scope, visit.now)
            crm.nudge("desk", 0)
        return frame.go(f"/console/incidents/{incident_id}", "incidents.owned")

    @router.post("/incidents/{incident_id}/close")
    async def close(visit: Here, incident_id: int) -> Response:
        async with frame.store.transaction() as crm:
            await _live(crm, visit, incident_id)
            await crm.incidents.close(incident_id, visit.scope, visit.now)
            await crm.notices.incident_over(incident_id, visit.now)
            crm.nudge("desk", 0)
        return frame.go("/console/incidents", "incidents.closed_now")

    _cases(router, frame)
    return router


def _cases(router: APIRouter, frame: Frame) -> None:
    membership = Membership(frame.store)

    @router.post("/incidents/{incident_id}/join")
    async def join(visit: Here, incident_id: int, number: Number) -> Response:
        refused = await membership.join(visit, incident_id, number.strip())
        to = f"/console/incidents/{incident_id}"
        return (
            frame.go(to, refused, tone="warn") if refused else frame.go(to, "incidents.joined", number=number.strip())
        )

    @router.post("/incidents/{incident_id}/leave/{number}")
    async def leave(visit: Here, incident_id: int, number: str) -> Response:
        refused = await membership.leave(visit, incident_id, number)
        if refused:
            return HTMLResponse(frame.toast(visit.language, refused, tone="warn"))
        return HTMLResponse(frame.toast(visit.language, "incidents.left", number=number))


async def _live(crm: Crm, visit: Visit, incident_id: int) -> None:
    """Raises `NotThere`; the store refuses what is over."""
    await seen_one(crm, visit.scope, incident_id)
