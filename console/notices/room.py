"""GET /notices; POST /notices/read, /notices/{id}/open. The bell is a live part of every page."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from console.frame.frame import Frame
from console.frame.room import EVERYBODY, Room
from console.frame.visit import Here, NotThere
from console.live.part import Hears, LivePart, Look, Shown
from console.notices.wording import Wording, address_of

MOST = 100


def notices_room(frame: Frame) -> Room:
    router = APIRouter()
    wording = Wording(frame)

    @router.get("/notices")
    async def notices(request: Request, visit: Here) -> Response:
        async with frame.store.reading() as crm:
            found = await crm.notices.latest(visit.staff.id, limit=MOST)
        told = [(notice, wording.of(notice, visit.staff)) for notice in found]
        return frame.page(request, "notices/notices.html", told=told)

    @router.post("/notices/read")
    async def read(visit: Here) -> Response:
        async with frame.store.transaction() as crm:
            await crm.notices.mark_read(visit.staff.id, visit.now)
        return frame.go("/console/notices")

    @router.post("/notices/{notice_id}/open")
    async def opened(visit: Here, notice_id: int) -> Response:
        async with frame.store.transaction() as crm:
            found = await crm.notices.latest(visit.staff.id, before=notice_id + 1, limit=1)
            if not found or found[0].id != notice_id:
                raise NotThere
            await crm.notices.mark_read(visit.staff.id, visit.now, [notice_id])
        return RedirectResponse(address_of(found[0]), 303)

    return Room("notices", router, EVERYBODY, parts=(_bell(frame),))


def _bell(frame: Frame) -> LivePart:
    async def render(look: Look) -> str:
        async with frame.store.reading() as crm:
            unread = await crm.notices.count_unread(look.scope.staff_id)
        return frame.part(look.language, "notices/bell.html", unread=unread)

    return LivePart("notices.bell", {"notice": Hears.OWN}, render, EVERYBODY, Shown.PERSON)
