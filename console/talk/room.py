"""GET /talks/{id} and its pieces: older messages, files, hints while one writes, a case out of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from pydantic import BaseModel, Field

from bot.files.showing import shown
from bot.files.vault import FileMissing
from console.frame.frame import Frame
from console.frame.room import CASE_STAFF, Room
from console.frame.visit import Here, NotThere, Visit
from console.inbox.wanted import CATEGORIES, SEVERITIES, wanted_of
from console.talk.asked_again import hints_for
from console.talk.desk import open_desk
from console.talk.hands import hands_router
from console.talk.page import LONGEST, page_of
from console.talk.parts import Parts
from console.talk.reading import SHOWN, facts_of, handoff_of, head_of
from console.talk.writing import writing_router
from crm_store.cases.attachments import AttachmentState
from crm_store.cases.complaints import Grievance, Opener
from crm_store.cases.events import By
from crm_store.crm import Crm
from crm_store.staff.audit import Deed

Text = Annotated[str, Form(max_length=LONGEST)]


class NewCase(BaseModel):
    """The form "open a case"."""

    key: str = Field(pattern=r"^[0-9a-f]{16}$")
    category: str
    severity: str
    story: str = Field(min_length=1, max_length=4000)
    wanted: str = Field("", max_length=300)
    order: str = Field("", max_length=60)


def talk_room(frame: Frame) -> Room:
    router = APIRouter()
    desk = open_desk(frame)
    parts = Parts(desk)

    @router.get("/talks/{talk}")
    async def page(request: Request, visit: Here, talk: int) -> Response:
        async with frame.store.transaction() as crm:
            values = await page_of(desk, crm, visit, talk, wanted_of(request.query_params))
        # The rail shows where one came from: a conversation is a line of the inbox.
        return frame.page(request, "talk/talk.html", path="/console/inbox", **values)

    @router.get("/talks/{talk}/older")
    async def older(visit: Here, talk: int, before: int) -> Response:
        async with frame.store.reading() as crm:
            thread = await crm.timelines.thread(visit.scope, talk, before, SHOWN)
        if thread is None:
            raise NotThere
        values = {"thread": thread, "is_above": True, "me": visit.staff.id, "now": visit.now}
        return HTMLResponse(frame.part(visit.language, "talk/older.html", **values))

    @router.post("/talks/{talk}/hints")
    async def hints(visit: Here, talk: int, text: Text = "") -> Response:
        async with frame.store.transaction() as crm:
            head = await head_of(crm, visit.scope, talk, visit.now)
            found = hints_for(text, await facts_of(crm, head, await handoff_of(crm, head.conversation)))
        return HTMLResponse(frame.part(visit.language, "talk/hints.html", hints=found))

    hands_router(router, desk, parts)
    writing_router(router, desk, parts)
    _files(router, frame)
    _cases(router, frame)
    return Room("talk", router, CASE_STAFF, None, parts.live())


def _files(router: APIRouter, frame: Frame) -> None:
    @router.get("/talks/{talk}/files/{token}")
    async def file(visit: Here, talk: int, token: str, save: bool = False) -> Response:
        async with frame.store.transaction() as crm:
            seen = await crm.queue.talk(visit.scope, talk)
            found = await crm.attachments.by_token(token)
        is_here = found is not None and found.conversation_id == talk and found.state == AttachmentState.KEPT
        if seen is None or found is None or not is_here or frame.house.vault is None:
            raise NotThere
        try:
            out = shown(frame.house.vault, found, save)
        except FileMissing as error:
            raise NotThere from error
        return FileResponse(out.path, media_type=out.media_type, headers=dict(out.headers))


def _cases(router: APIRouter, frame: Frame) -> None:
    @router.post("/talks/{talk}/cases")
    async def open_case(visit: Here, talk: int, new: Annotated[NewCase, Form()]) -> Response:
        here = f"/console/talks/{talk}"
        if new.category not in CATEGORIES or new.severity not in SEVERITIES:
            return frame.go(here, "frame.invalid", "bad")
        async with frame.store.transaction() as crm:
            number = await _opened(crm, visit, talk, new)
        return frame.go(here, "talk.case_opened", number=number)


async def _opened(crm: Crm, visit: Visit, talk: int, new: NewCase) -> str:
    head = await head_of(crm, visit.scope, talk, visit.now)
    by = By("staff", visit.staff.id)
    who: dict[str, Any] = {"identity_id": head.identity.id, "customer_id": head.identity.customer_id}
    key = f"talk:{talk}:{new.key}"
    opener = Opener(**who, conversation_id=talk, interaction_id=None, source="staff", source_key=key, by=by)
    language = head.conversation.language
    told = Grievance(
        new.category, new.severity, new.story.strip(), new.wanted.strip(), new.order.strip() or None, language
    )
    case = await crm.complaints.open(opener, told, visit.now)
    if case.team_id is None and head.conversation.team_id is not None:
        await crm.handling.to_team(case.id, head.conversation.team_id, by, visit.now)
    if case.assignee_id is None:
        await crm.handling.assign(case.id, visit.staff.id, by, visit.now)
    crm.audit.note(Deed(visit.staff.id, "opened", "complaint", str(case.id), {"conversation": talk}), visit.now)
    crm.nudge("talk", talk)
    return case.number
