"""POST /segments/build: the form after one of its buttons. POST /segments/count: whom it fits at this moment."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from console.frame.frame import Frame
from console.frame.room import CASE_STAFF
from console.frame.visit import Here, Visit
from console.segments.asking import Asked, asked
from console.segments.shelf import Shelf
from console.segments.tree import tree_of
from console.segments.typed import Typed, done, typed
from crm_store.crm import Crm
from crm_store.segments.counting import Counted
from crm_store.segments.expression import Expression, normal
from crm_store.segments.segments import SegmentUnknown
from crm_store.segments.text import as_lines

PATIENCE = 2_000
"""Milliseconds somebody waits while they build."""
SHOWN = 8
Deed = Annotated[str, Query(max_length=40)]
Of = Annotated[int, Query(ge=0, lt=2**62)]


def counting(router: APIRouter, frame: Frame) -> None:
    @router.post("/segments/build")
    async def build(request: Request, visit: Here, deed: Deed = "") -> Response:
        built, question = _built(typed(await request.form()), deed)
        async with frame.store.transaction() as crm:
            shelf = await shelf_of(frame, crm)
        known = {"mode": built.mode, "text": built.text, "tree": built.tree, "shelf": shelf}
        refused = question.refused if question else None
        wrong = {"refused": refused, "checked": False}
        return HTMLResponse(frame.part(visit.language, "segments/builder.html", **known, **wrong))

    @router.post("/segments/count")
    async def count(request: Request, visit: Here, of: Of = 0) -> Response:
        question = asked(typed(await request.form()))
        return HTMLResponse(await _panel(frame, visit, question, of))


def _built(form: Typed, deed: str) -> tuple[Typed, Asked | None]:
    """A text that cannot be read stays a text."""
    if deed == "mode:text" and form.mode == "form":
        question = asked(form)
        if question.expression is None:
            return form, question
        return replace(form, mode="text", text=question.text), None
    if deed == "mode:form" and form.mode == "text":
        question = asked(form)
        if question.expression is None:
            return form, question
        return replace(form, mode="form", tree=tree_of(question.expression)), None
    done(form.tree, deed)
    return form, None


async def shelf_of(frame: Frame, crm: Crm) -> Shelf:
    """What may be chosen: the records', and the channels that are connected beside those every shop knows."""
    choices = await crm.segments.choices.offered()
    lanes = (lane.partition(":")[0] for lane in frame.house.lanes)
    return Shelf(choices, tuple(dict.fromkeys((*Shelf(choices).channels, *sorted(lanes)))))


async def _panel(frame: Frame, visit: Visit, question: Asked, of: int) -> str:
    if question.expression is None:
        wrong = {"refused": question.refused, "flaws": question.flaws}
        return frame.part(visit.language, "segments/panel.html", counted=None, **wrong)
    at = visit.now.astimezone(frame.house.zone)
    async with frame.store.transaction() as crm:
        counted = await _counted(crm, question.expression, of, at)
        sample = [] if counted.timed_out else await crm.segments.sample(question.expression, at, SHOWN)
        tiers = (await crm.segments.choices.offered()).of("tiers")
    nightly = [frame.say(visit.language, f"segments.field_{name}") for name in question.nightly]
    return frame.part(
        visit.language,
        "segments/panel.html",
        counted=counted,
        sample=sample,
        seconds=PATIENCE // 1000,
        text=as_lines(question.expression),
        nightly=nightly,
        tiers=tiers,
        links=visit.role in CASE_STAFF,
    )


async def _counted(crm: Crm, expression: Expression, of: int, at: datetime) -> Counted:
    """What the segment itself asks is counted for its list as well."""
    try:
        is_its_own = bool(of) and (await crm.segments.current(of))[1] == normal(expression)
    except SegmentUnknown:
        is_its_own = False
    if is_its_own:
        return await crm.segments.recount(of, at, PATIENCE)
    return await crm.segments.count(expression, at, PATIENCE)
