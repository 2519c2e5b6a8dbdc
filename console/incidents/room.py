"""GET /incidents, /incidents/{id}: what is shared, whom it concerns, what they were told."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from console.frame.frame import Frame
from console.frame.room import CASE_STAFF, LEADERS, RailItem, Room
from console.frame.visit import Here
from console.incidents.deeds import MARKETER, deeds_router
from console.incidents.news import LONGEST, news_router
from console.incidents.reading import CLOSED, OPEN, Incidents
from console.live.part import Hears, LivePart

HOME = "/console/incidents"


def incidents_room(frame: Frame) -> Room:
    router, incidents = APIRouter(), Incidents(frame)

    @router.get("/incidents")
    async def listed(request: Request, visit: Here, view: str = OPEN) -> Response:
        async with frame.store.transaction() as crm:
            values = await incidents.listed(crm, visit.scope, CLOSED if view == CLOSED else OPEN)
        return frame.page(request, "incidents/incidents.html", **values)

    @router.get("/incidents/{incident_id}")
    async def one(request: Request, visit: Here, incident_id: int) -> Response:
        async with frame.store.transaction() as crm:
            values: dict[str, Any] = await incidents.one(crm, visit.scope, incident_id)
            people = [each for each in await crm.staff.all() if each.is_active and each.role != MARKETER]
            await crm.audit.viewed(visit.staff.id, "incident", incident_id, visit.now)
        return frame.page(request, "incidents/incident.html", colleagues=people, longest=LONGEST, **values)

    desk = {"desk": Hears.ALL}
    parts = (
        LivePart("incidents.list", desk, incidents.live_list, CASE_STAFF, rest=2.0),
        LivePart("incidents.one", desk, incidents.live_one, CASE_STAFF, rest=2.0),
    )
    return Room("incidents", router, CASE_STAFF, RailItem("incident", order=50, path=HOME, key="n"), parts)


def incident_deeds_room(frame: Frame) -> Room:
    """What supervisors and administrators do there."""
    router = APIRouter()
    router.include_router(deeds_router(frame))
    router.include_router(news_router(frame))
    return Room("incidents", router, LEADERS)
