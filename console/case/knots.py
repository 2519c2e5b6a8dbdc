"""POST /cases/{number}/…: what it is tied to: other cases, conversations, an incident. GET the preview of a merge."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from console.case.deeds import Key
from console.case.doing import REFUSALS, Deeds, Doing
from console.case.page import ties_of
from console.case.reading import case_of
from console.frame.flash import Said
from console.frame.frame import Frame
from console.frame.visit import Here, NotThere, Visit
from crm_store.cases.complaints import Complaint
from crm_store.cases.events import By
from crm_store.cases.merging import MergeRefused
from crm_store.crm import Crm
from crm_store.staff.audit import Deed

Number = Annotated[str, Form(max_length=24)]


def knot_routes(router: APIRouter, frame: Frame, deeds: Deeds) -> None:
    _merging(router, frame)
    _talks(router, deeds)
    _incident(router, deeds)


def _merging(router: APIRouter, frame: Frame) -> None:
    @router.get("/cases/{number}/merge")
    async def preview(request: Request, visit: Here, number: str, into: str = "") -> Response:
        async with frame.store.transaction() as crm:
            values = await _preview(crm, visit, number, into.strip().upper()[:24])
        return frame.page(request, "case/merge.html", **values)

    @router.post("/cases/{number}/merge")
    async def merge(visit: Here, number: str, into: Number) -> Response:
        try:
            async with frame.store.transaction() as crm:
                source, target = await _both(crm, visit, number, into)
                target = await crm.merging.merge(source.id, target.id, By("staff", visit.staff.id), visit.now)
                if not (visit.scope.may_see(source.team_id) and visit.scope.may_see(target.team_id)):
                    raise NotThere  # another team took one of them just now
                _note(crm, visit, "merged", source, {"into": target.id})
        except MergeRefused:
            return frame.go(f"/console/cases/{number}/merge?into={into}", REFUSALS[MergeRefused], "bad")
        return frame.go(f"/console/cases/{target.number}", "case.done_merged", number=source.number)

    @router.post("/cases/{number}/split")
    async def split(visit: Here, number: str) -> Response:
        here = f"/console/cases/{number}"
        try:
            async with frame.store.transaction() as crm:
                source = await case_of(crm, visit.scope, number)
                into = await crm.session.get(Complaint, source.merged_into) if source.merged_into else None
                if into is not None and not visit.scope.may_see(into.team_id):
                    raise NotThere
                await crm.merging.split(source.id, By("staff", visit.staff.id), visit.now)
                _note(crm, visit, "split", source, {"from": into.id if into else None})
        except MergeRefused:
            return frame.go(here, "case.split_refused", "bad")
        return frame.go(here, "case.done_split", number=source.number)


async def _both(crm: Crm, visit: Visit, number: str, into: str) -> tuple[Complaint, Complaint]:
    """Both in sight and neither of them in another one. Raises `NotThere`, `MergeRefused`."""
    source, target = await case_of(crm, visit.scope, number), await case_of(crm, visit.scope, into)
    if source.merged_into is not None or target.merged_into is not None:
        raise MergeRefused("one of these is merged already; look again and merge the case it is in")
    return source, target


async def _preview(crm: Crm, visit: Visit, number: str, into: str) -> dict[str, Any]:
    case = await case_of(crm, visit.scope, number)
    target, problem = None, ""
    if into:
        try:
            _, target = await _both(crm, visit, number, into)
        except NotThere:
            problem = "case.merge_unknown"
        except MergeRefused:
            problem = "case.merge_refused"
    if target is not None and target.id == case.id:
        target, problem = None, "case.merge_itself"
    ids = [case.id, target.id] if target else [case.id]
    rows = {row.complaint_id: row for row in await crm.queue.those(visit.scope, ids)}
    return {
        "number": number,
        "into": into,
        "row": rows[case.id],
        "case": case,
        "target": target,
        "target_row": rows.get(target.id) if target else None,
        "ties": await ties_of(crm, visit, case),
        "others": await _others(crm, visit, case),
        "strangers": bool(target and case.customer_id and target.customer_id not in (None, case.customer_id)),
        "states": await crm.labels.all(),
        "problem": problem,
    }


async def _others(crm: Crm, visit: Visit, case: Complaint) -> list[Any]:
    """Open cases of the same shopper: likely the ones meant."""
    panel = None
    if case.customer_id is not None:
        panel = await crm.timelines.panel(visit.scope, case.customer_id, visit.now, visit.now.date())
    elif case.identity_id is not None:
        panel = await crm.timelines.panel_of_address(visit.scope, case.identity_id, visit.now, visit.now.date())
    return [mark for mark in panel.cases if mark.id != case.id and mark.closed_at is None] if panel else []


def _note(crm: Crm, visit: Visit, action: str, case: Complaint, detail: dict[str, Any]) -> None:
    crm.audit.note(Deed(visit.staff.id, action, "complaint", str(case.id), detail), visit.now)


def _talks(router: APIRouter, deeds: Deeds) -> None:
    @router.post("/cases/{number}/talks")
    async def add(visit: Here, number: str, talk: Key) -> Response:
        async def act(doing: Doing) -> Said:
            others = (await ties_of(doing.crm, visit, doing.case)).others
            if talk not in {row.conversation_id for row in others}:
                raise NotThere
            await doing.crm.ties.talked(doing.case.id, talk, doing.by, visit.now)
            doing.note("tied", conversation=talk)
            doing.crm.nudge("talk", talk)
            return Said("case.done_tied")

        return await deeds.do(visit, number, act)

    @router.post("/cases/{number}/split-off")
    async def split_off(visit: Here, number: str, talk: Key) -> Response:
        async def act(doing: Doing) -> Said:
            fresh = await doing.crm.merging.split_off(doing.case.id, talk, doing.by, visit.now)
            if doing.case.team_id is not None:
                await doing.crm.handling.to_team(fresh.id, doing.case.team_id, doing.by, visit.now)
            doing.note("split_off", conversation=talk, to=fresh.id)
            return Said("case.done_split_off", {"number": fresh.number})

        return await deeds.do(visit, number, act)


def _incident(router: APIRouter, deeds: Deeds) -> None:
    @router.post("/cases/{number}/incident")
    async def join(visit: Here, number: str, incident: Key = 0) -> Response:
        async def act(doing: Doing) -> Said:
            if incident:
                await doing.crm.incidents.join(incident, doing.case.id, visit.scope, visit.now)
            else:
                await doing.crm.incidents.leave(doing.case.id, visit.scope, visit.now)
            doing.nudge()
            return Said("case.done_joined" if incident else "case.done_left")

        return await deeds.do(visit, number, act)
