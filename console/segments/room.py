"""GET /segments, GET and POST /segments/new and /segments/{id}, POST …/archive and …/restore; more in `counting.py`."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from console.frame.frame import Frame
from console.frame.room import MARKETERS, RailItem, Room
from console.frame.visit import Here, NotThere, Visit
from console.rules.making import Problem
from console.segments.asking import Asked, asked
from console.segments.counting import counting, shelf_of
from console.segments.tree import Group, tree_of
from console.segments.typed import Typed, typed
from crm_store.crm import Crm
from crm_store.segments.expression import EXPRESSION, Expression
from crm_store.segments.segments import (
    Listed,
    SegmentChanged,
    SegmentForm,
    SegmentNameTaken,
    SegmentUnknown,
    SegmentVersion,
)
from crm_store.segments.text import as_lines, as_text
from crm_store.staff.audit import Deed

HOME = "/console/segments"
LONGEST_NAME = 80
Number = Annotated[int, Path(ge=1, lt=2**62)]
Version = Annotated[int, Query(alias="from", ge=1, lt=2**31)]


def segments_room(frame: Frame) -> Room:
    router = APIRouter()

    @router.get("/segments")
    async def segments(request: Request, visit: Here, archived: bool = False) -> Response:
        async with frame.store.transaction() as crm:
            found = await crm.segments.all(archived)
            uses = await crm.segments.choices.used_by([listed.segment.id for listed in found])
        questions = {listed.segment.id: as_text(listed.expression) for listed in found}
        known = {"segments": found, "archived": archived, "uses": uses, "questions": questions}
        return frame.page(request, "segments/list.html", **known)

    counting(router, frame)
    _editing(router, frame)
    _resting(router, frame)
    return Room("segments", router, MARKETERS, RailItem("filter", order=53, path=HOME, key="e"))


def _editing(router: APIRouter, frame: Frame) -> None:
    @router.get("/segments/new")
    async def new(request: Request, visit: Here) -> Response:
        return await _shown(frame, request, None, Typed("", "", "form", "", Group(), 0))

    @router.post("/segments/new")
    async def make(request: Request, visit: Here) -> Response:
        return await _answer(frame, request, visit, None)

    @router.get("/segments/{segment_id}")
    async def segment(request: Request, visit: Here, segment_id: Number, version: Version = 0) -> Response:
        async with frame.store.transaction() as crm:
            listed = await _listed(crm, segment_id)
            wanted = listed.expression if not version else await _asked(crm, segment_id, version)
        form = _form(listed, wanted)
        return await _shown(frame, request, listed, form, using=version if version != form.seen else 0)

    @router.post("/segments/{segment_id}")
    async def change(request: Request, visit: Here, segment_id: Number) -> Response:
        async with frame.store.transaction() as crm:
            listed = await _listed(crm, segment_id)
        return await _answer(frame, request, visit, listed)


def _resting(router: APIRouter, frame: Frame) -> None:
    @router.post("/segments/{segment_id}/archive")
    async def archive(visit: Here, segment_id: Number) -> Response:
        return await _rest(frame, visit, segment_id, "archived")

    @router.post("/segments/{segment_id}/restore")
    async def restore(visit: Here, segment_id: Number) -> Response:
        return await _rest(frame, visit, segment_id, "restored")


async def _rest(frame: Frame, visit: Visit, segment_id: int, action: str) -> Response:
    async with frame.store.transaction() as crm:
        listed = await _listed(crm, segment_id)
        rests = listed.segment.archived_at is not None
        if rests is (action == "restored"):
            await crm.segments.archive(segment_id, None if rests else visit.now)
            crm.audit.note(Deed(visit.staff.id, action, "segment", str(segment_id), {}), visit.now)
    return frame.go(HOME, f"segments.{action}", name=listed.segment.name)


async def _answer(frame: Frame, request: Request, visit: Visit, listed: Listed | None) -> Response:
    form = typed(await request.form())
    question = asked(form)
    problems = {} if 0 < len(form.name) <= LONGEST_NAME else {"name": Problem("segments.problem_name")}
    if question.expression is None or problems:
        return await _shown(frame, request, listed, form, 422, problems=problems, question=question)
    wanted = SegmentForm(form.name, form.about, question.expression)
    try:
        segment_id = await _saved(frame, visit, listed, wanted, form.seen)
    except SegmentNameTaken:
        taken = {"name": Problem("segments.problem_taken")}
        return await _shown(frame, request, listed, form, 422, problems=taken)
    except SegmentChanged:
        return await _meanwhile(frame, request, listed, form)
    return frame.go(f"{HOME}/{segment_id}", "segments.saved", name=form.name)


async def _saved(frame: Frame, visit: Visit, listed: Listed | None, form: SegmentForm, seen: int) -> int:
    """The number of the segment, which is counted as well."""
    async with frame.store.transaction() as crm:
        detail: dict[str, Any] = {"name": form.name, "question": as_text(form.expression)}
        if listed is None:
            segment_id, action = (await crm.segments.make(form, visit.staff.id, visit.now)).id, "added"
        else:
            segment_id, action = listed.segment.id, "changed"
            await crm.segments.change(segment_id, seen, form, visit.staff.id, visit.now)
            before = {"name": listed.segment.name, "question": as_text(listed.expression)}
            detail = {"from": before, "to": detail}
        crm.audit.note(Deed(visit.staff.id, action, "segment", str(segment_id), detail), visit.now)
        await crm.segments.recount(segment_id, visit.now.astimezone(frame.house.zone))
    return segment_id


async def _meanwhile(frame: Frame, request: Request, listed: Listed | None, form: Typed) -> Response:
    """Somebody was faster: theirs is shown, what was built is kept, and may be saved on purpose."""
    assert listed is not None
    newest = replace(form, seen=listed.segment.version)
    return await _shown(frame, request, listed, newest, 409, theirs=as_lines(listed.expression))


async def _shown(
    frame: Frame, request: Request, listed: Listed | None, form: Typed, status: int = 200, /, **more: Any
) -> Response:
    """`theirs`: what somebody else has saved meanwhile. `using`: an older version that fills the form."""
    question: Asked = more.pop("question", Asked(None))
    async with frame.store.transaction() as crm:
        known = await _around(crm, listed) if listed else {"uses": [], "versions": [], "people": {}}
        shelf = await shelf_of(frame, crm)
    known |= {"listed": listed, "shelf": shelf, "name": form.name, "about": form.about, "seen": form.seen}
    built = {"mode": form.mode, "text": form.text, "tree": form.tree, "refused": question.refused}
    wrong = {"checked": bool(question.flaws or question.refused)}
    defaults = {"problems": {}, "theirs": "", "using": 0}
    return frame.page(request, "segments/segment.html", status, **defaults | known | built | wrong | more)


async def _around(crm: Crm, listed: Listed) -> dict[str, Any]:
    """Who uses it, and what it was before."""
    number = listed.segment.id
    uses = (await crm.segments.choices.used_by([number])).get(number, [])
    versions = [(version, _said(version)) for version in await crm.segments.versions(number)]
    people = {member.id: member.name for member in await crm.staff.all()}
    return {"uses": uses, "versions": versions, "people": people}


def _said(version: SegmentVersion) -> str:
    return as_lines(EXPRESSION.validate_python(version.expression))


def _form(listed: Listed, wanted: Expression) -> Typed:
    segment = listed.segment
    return Typed(segment.name, segment.about, "form", as_lines(wanted), tree_of(wanted), segment.version)


async def _listed(crm: Crm, segment_id: int) -> Listed:
    """Raises `NotThere`."""
    try:
        return await crm.segments.get(segment_id)
    except SegmentUnknown:
        raise NotThere from None


async def _asked(crm: Crm, segment_id: int, version: int) -> Expression:
    """Raises `NotThere`."""
    try:
        return await crm.segments.asked(segment_id, version)
    except SegmentUnknown:
        raise NotThere from None
