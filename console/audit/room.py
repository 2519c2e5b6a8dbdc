"""GET /audit: newest first, by person, by thing, by deed, page by page."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from console.frame.frame import Frame
from console.frame.room import LEADERS, RailItem, Room
from crm_store.staff.audit import AuditWanted

MOST = 50
PAGES = {"complaint": "/console/cases/{}", "customer": "/console/customers/{}", "staff": "/console/staff/{}"}
"""Where a thing that was seen or changed can be looked at."""

Word = Annotated[str, Query(max_length=60)]
Id = Annotated[int, Query(ge=0, lt=2**62)]


def audit_room(frame: Frame) -> Room:
    router = APIRouter()

    @router.get("/audit")
    async def audit(
        request: Request, staff: Id = 0, subject: Word = "", subject_id: Word = "", before: Id = 0
    ) -> Response:
        wanted = AuditWanted(staff, subject, subject_id, before=before, most=MOST)
        async with frame.store.transaction() as crm:
            entries = await crm.audit.entries(wanted)
            members = await crm.staff.all()
        shown, more = entries[:MOST], len(entries) > MOST
        return frame.page(
            request,
            "audit/audit.html",
            entries=shown,
            members=members,
            names={member.id: member.name for member in members},
            wanted=wanted,
            next=shown[-1].id if more else 0,
            pages=PAGES,
        )

    return Room("audit", router, LEADERS, RailItem("audit", 95, "/console/audit", "a"))
