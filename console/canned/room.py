"""GET /canned, GET and POST /canned/new and /canned/{id}, POST /canned/preview and /canned/{id}/delete."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from console.canned.form import SAMPLES, Written, preview, typed, unknown
from console.frame.frame import Frame
from console.frame.room import LEADERS, RailItem, Room
from console.frame.visit import Here, NotThere, Visit
from console.rules.making import Problem
from crm_store.crm import Crm
from crm_store.model import Languages
from crm_store.staff.audit import Deed
from crm_store.staff.canned import LONGEST, CannedChanged, CannedDraft, CannedRefused, CannedReply, variables
from crm_store.staff.members import Team

HOME = "/console/canned"
Search = Annotated[str, Query(max_length=100)]
TeamId = Annotated[int, Query(ge=-1, lt=2**62)]
Typed = Annotated[Written, Form()]
EVERYBODYS = -1


@dataclass(frozen=True)
class Sheet:
    """One reply, None while it is new, and the form as it was typed."""

    reply: CannedReply | None
    written: Written


def canned_room(frame: Frame) -> Room:
    router = APIRouter()

    @router.get("/canned")
    async def canned(request: Request, visit: Here, q: Search = "", team: TeamId = 0) -> Response:
        async with frame.store.transaction() as crm:
            replies = await crm.canned.for_scope(visit.scope)
            teams = await _teams(crm, visit)
        found = [reply for reply in replies if _fits(reply, q) and _belongs(reply, team)]
        known = {"replies": found, "all": len(replies), "q": q, "team": team, "teams": teams}
        return frame.page(request, "canned/replies.html", **known)

    @router.post("/canned/preview")
    async def previewed(visit: Here, written: Typed) -> Response:
        return HTMLResponse(frame.part(visit.language, "canned/preview.html", previews=_previews(frame, written)))

    @router.post("/canned/{reply_id}/delete")
    async def delete(visit: Here, reply_id: int) -> Response:
        try:
            async with frame.store.transaction() as crm:
                reply = await _mine(crm, visit, reply_id)
                gone = {"shortcut": reply.shortcut, "from": {"title": reply.title, "text": reply.text}}
                await crm.canned.delete(visit.scope, reply_id)
                crm.audit.note(Deed(visit.staff.id, "deleted", "canned_reply", str(reply_id), gone), visit.now)
        except (NotThere, CannedRefused):
            return frame.go(HOME, "canned.gone", tone="warn")
        return frame.go(HOME, "canned.deleted", name=reply.shortcut)

    _editing(router, frame)
    also = ("/console/knowledge", "/console/labels")
    return Room("canned", router, LEADERS, RailItem("note", order=84, path=HOME, also=also))


def _editing(router: APIRouter, frame: Frame) -> None:
    @router.get("/canned/new")
    async def new(request: Request, visit: Here) -> Response:
        return await _shown(frame, request, visit, Sheet(None, Written()))

    @router.post("/canned/new")
    async def make(request: Request, visit: Here, written: Typed) -> Response:
        return await _answer(frame, request, visit, Sheet(None, written))

    @router.get("/canned/{reply_id}")
    async def reply(request: Request, visit: Here, reply_id: int) -> Response:
        async with frame.store.reading() as crm:
            found = await _mine(crm, visit, reply_id)
        return await _shown(frame, request, visit, Sheet(found, typed(found)))

    @router.post("/canned/{reply_id}")
    async def change(request: Request, visit: Here, reply_id: int, written: Typed) -> Response:
        async with frame.store.reading() as crm:
            found = await _mine(crm, visit, reply_id)
        return await _answer(frame, request, visit, Sheet(found, written))


async def _answer(frame: Frame, request: Request, visit: Visit, sheet: Sheet) -> Response:
    draft = sheet.written.draft(sheet.reply.id if sheet.reply else None)
    try:
        async with frame.store.transaction() as crm:
            await _save(crm, visit, draft)
    except CannedRefused as refused:
        if refused.reason == "taken" and sheet.reply is None and await _is_there(frame, visit, draft):
            return frame.go(HOME, "canned.saved", name=draft.shortcut)
        return await _shown(frame, request, visit, sheet, 422, problems=_problem(refused))
    except CannedChanged:
        return await _meanwhile(frame, request, visit, sheet)
    return frame.go(HOME, "canned.saved", name=draft.shortcut)


async def _save(crm: Crm, visit: Visit, draft: CannedDraft) -> None:
    before = None if draft.id is None else _plain(await _mine(crm, visit, draft.id))
    reply = await crm.canned.save(visit.scope, draft, visit.now)
    after = _plain(reply)
    if before != after:
        detail = {"to": after} if before is None else {"from": _only(before, after), "to": _only(after, before)}
        action = "added" if before is None else "changed"
        crm.audit.note(Deed(visit.staff.id, action, "canned_reply", str(reply.id), detail), visit.now)


async def _meanwhile(frame: Frame, request: Request, visit: Visit, sheet: Sheet) -> Response:
    """Somebody was faster: show theirs beside what was typed, which may then be saved on purpose."""
    assert sheet.reply is not None
    kept = sheet.written.model_copy(update={"seen": sheet.reply.changed_at})
    return await _shown(frame, request, visit, Sheet(sheet.reply, kept), 409, theirs=sheet.reply)


async def _is_there(frame: Frame, visit: Visit, draft: CannedDraft) -> bool:
    """Whether this form was sent before."""
    async with frame.store.reading() as crm:
        replies = await crm.canned.for_scope(visit.scope)
    return any(all(getattr(reply, name) == getattr(draft, name) for name in _FIELDS) for reply in replies)


async def _shown(
    frame: Frame, request: Request, visit: Visit, sheet: Sheet, status: int = 200, /, **more: Any
) -> Response:
    """`theirs` is the reply that somebody else has saved meanwhile."""
    async with frame.store.transaction() as crm:
        teams = await _teams(crm, visit)
    known = {"reply": sheet.reply, "written": sheet.written, "teams": teams, "languages": Languages}
    more = {"problems": {}, "theirs": None, "variables": variables(), "longest": LONGEST, **more}
    previews = _previews(frame, sheet.written)
    return frame.page(request, "canned/reply.html", status, previews=previews, **known, **more)


def _previews(frame: Frame, written: Written) -> list[tuple[str, list[Any], list[str]]]:
    """By language: the pieces, and what is not known."""
    return [
        (
            language,
            preview(
                written.text(language),
                {name: frame.say(language, f"canned.sample_{name}") for name in SAMPLES},
                language,
            ),
            unknown(written.text(language)),
        )
        for language in Languages
    ]


async def _mine(crm: Crm, visit: Visit, reply_id: int) -> CannedReply:
    """Raises `NotThere`."""
    for reply in await crm.canned.for_scope(visit.scope):
        if reply.id == reply_id:
            return reply
    raise NotThere


async def _teams(crm: Crm, visit: Visit) -> dict[int, Team]:
    """Those one may keep replies for."""
    return {team.id: team for team in await crm.staff.teams() if visit.scope.may_see(team.id)}


def _problem(refused: CannedRefused) -> dict[str, Problem]:
    field = f"{refused.field}_{refused.language}" if refused.language else refused.field
    return {field: Problem(f"canned.problem_{refused.reason}", {"named": refused.named, "most": LONGEST})}


def _fits(reply: CannedReply, q: str) -> bool:
    words = [reply.shortcut, *reply.title.values(), *reply.text.values()]
    return all(any(asked in text.casefold() for text in words) for asked in q.casefold().split())


def _belongs(reply: CannedReply, team: int) -> bool:
    return not team or reply.team_id == (None if team == EVERYBODYS else team)


_FIELDS = ("shortcut", "title", "text", "team_id")


def _plain(reply: CannedReply) -> dict[str, Any]:
    return {name: getattr(reply, name) for name in _FIELDS}


def _only(these: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
    """What differs."""
    return {name: value for name, value in these.items() if value != others[name]}
