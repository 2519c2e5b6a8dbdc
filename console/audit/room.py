"""GET /audit: newest first, by person, by thing, by deed, page by page."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from console.audit.naming import names_of
from console.audit.telling import EntryTeller
from console.frame.frame import Frame
from console.frame.room import LEADERS, RailItem, Room
from console.frame.visit import Here
from crm_store.crm import Crm
from crm_store.desk.audit_names import case_id
from crm_store.staff.audit import AuditWanted
from crm_store.staff.scope import Scope

MOST = 50


class Asked(BaseModel):
    """Empty and 0 mean any; `before` is the id the last page ended with."""

    staff: int = Field(0, ge=0, lt=2**62)
    subject: str = Field("", max_length=60)
    subject_id: str = Field("", max_length=60)
    before: int = Field(0, ge=0, lt=2**62)


def audit_room(frame: Frame) -> Room:
    router = APIRouter()

    @router.get("/audit")
    async def audit(request: Request, visit: Here, asked: Annotated[Asked, Query()]) -> Response:
        wanted = AuditWanted(asked.staff, asked.subject, asked.subject_id, before=asked.before, most=MOST)
        async with frame.store.transaction() as crm:
            entries = await crm.audit.entries(await _meant(crm, visit.scope, wanted))
            members = await crm.staff.all()
            shown, more = entries[:MOST], len(entries) > MOST
            names = await names_of(crm, visit.scope, shown, members)
        return frame.page(
            request,
            "audit/audit.html",
            entries=shown,
            members=members,
            names=names.staff,
            teller=EntryTeller(frame.texts, visit.language, names),
            wanted=wanted,
            next=shown[-1].id if more else 0,
        )

    return Room("audit", router, LEADERS, RailItem("audit", 95, "/console/audit", "a"))


async def _meant(crm: Crm, scope: Scope, wanted: AuditWanted) -> AuditWanted:
    """A complaint may be asked for by its number, which is what everybody knows."""
    if not wanted.subject_id[:1].isalpha() or wanted.subject not in ("", "complaint"):
        return wanted
    found = await case_id(crm.session, scope, wanted.subject_id)
    return wanted if found is None else replace(wanted, subject="complaint", subject_id=str(found))
