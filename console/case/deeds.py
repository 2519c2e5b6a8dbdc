"""POST /cases/{number}/…: whose it is, where it stands, whether its clocks run, and its tags."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from console.case.doing import Deeds, Doing
from console.case.page import PAUSES
from console.frame.flash import Said
from console.frame.visit import Here, NotThere
from crm_store.cases.states import State
from crm_store.model import in_language
from crm_store.staff.notes import NoteOn

Short = Annotated[str, Form(max_length=80)]
Back = Annotated[str, Form(max_length=300)]
Key = Annotated[int, Form(ge=0, lt=10**18)]
NOBODY = 0


def deed_routes(router: APIRouter, deeds: Deeds) -> None:
    _whose(router, deeds)
    _where(router, deeds)
    _clocks(router, deeds)
    _labels(router, deeds)


def _whose(router: APIRouter, deeds: Deeds) -> None:
    @router.post("/cases/{number}/take")
    async def take(visit: Here, number: str, was: Key = NOBODY, back: Back = "") -> Response:
        return await deeds.do(visit, number, lambda doing: _assigned(doing, visit.staff.id, was), back)

    @router.post("/cases/{number}/assign")
    async def assign(visit: Here, number: str, staff: Key = NOBODY, was: Key = NOBODY, back: Back = "") -> Response:
        return await deeds.do(visit, number, lambda doing: _assigned(doing, staff, was), back)

    @router.post("/cases/{number}/team")
    async def team(visit: Here, number: str, team: Key = NOBODY, back: Back = "") -> Response:
        async def act(doing: Doing) -> Said:
            found = next((one for one in await doing.crm.staff.teams() if one.id == team), None)
            if team and found is None:
                raise NotThere
            was = doing.case.team_id
            await doing.crm.handling.to_team(doing.case.id, team or None, doing.by, visit.now)
            doing.note("moved_to_team", **{"from": was, "to": team or None})
            name = in_language(found.name, visit.language) if found else ""
            return Said("case.done_team" if found else "case.done_no_team", {"name": name} if found else {})

        return await deeds.do(visit, number, act, back)


async def _assigned(doing: Doing, staff_id: int, was: int) -> Said:
    """`was` is who had it when the page was made: a colleague who was quicker is not overridden unseen."""
    held_by = doing.case.assignee_id or NOBODY
    if held_by not in (was, staff_id):
        name = (await doing.crm.staff.names([held_by])).get(held_by, "")
        return Said("case.was_quicker", {"name": name}, "warn") if name else Said("case.was_released", {}, "warn")
    await doing.crm.handling.assign(doing.case.id, staff_id or None, doing.by, doing.visit.now)
    doing.note("assigned", **{"from": held_by or None, "to": staff_id or None})
    if staff_id == doing.visit.staff.id:
        return Said("case.done_taken")
    if not staff_id:
        return Said("case.done_released")
    return Said("case.done_assigned", {"name": (await doing.crm.staff.names([staff_id])).get(staff_id, "")})


def _where(router: APIRouter, deeds: Deeds) -> None:
    @router.post("/cases/{number}/move")
    async def move(visit: Here, number: str, to: Short, back: Back = "") -> Response:
        async def act(doing: Doing) -> Said:
            was = doing.case.state
            case = await doing.crm.handling.move(doing.case.id, to, doing.by, visit.now)
            doing.note("moved", **{"from": was, "to": case.state})
            if case.state == State.DONE:
                await doing.crm.follow_ups.plan(case.id, visit.now)
            label = in_language((await doing.crm.labels.all())[case.state], visit.language)
            return Said("case.done_moved", {"state": label})

        return await deeds.do(visit, number, act, back)

    @router.post("/cases/{number}/reopen")
    async def reopen(
        visit: Here, number: str, why: Annotated[str, Form(max_length=500)] = "", back: Back = ""
    ) -> Response:
        async def act(doing: Doing) -> Said:
            was = doing.case.state
            await doing.crm.handling.reopen(doing.case.id, doing.by, visit.now, why.strip())
            doing.note("reopened", **{"from": was})
            return Said("case.done_reopened")

        return await deeds.do(visit, number, act, back)

    @router.post("/cases/{number}/ask")
    async def ask(visit: Here, number: str, back: Back = "") -> Response:
        return await deeds.do(visit, number, _asked_now, back)


async def _asked_now(doing: Doing) -> Said:
    """Ask whether it is resolved, as soon as the shopper's own hours allow."""
    case, now, follow_ups = doing.case, doing.visit.now, doing.crm.follow_ups
    if case.state != State.DONE:
        return Said("case.ask_not_done", {}, "warn")
    await follow_ups.plan(case.id, now, timedelta())
    current = next((each for each in await follow_ups.of(case.id) if each.ordinal == case.reopened + 1), None)
    if current is None:
        return Said("case.ask_remedy_first", {}, "warn")
    if current.asked_at is not None:
        return Said("case.ask_before", {}, "warn")
    await follow_ups.postpone(await follow_ups.allowed_from([case], now))
    doing.note("asked_follow_up")
    doing.nudge()
    return Said("case.done_ask")


def _clocks(router: APIRouter, deeds: Deeds) -> None:
    @router.post("/cases/{number}/pause")
    async def pause(visit: Here, number: str, reason: Short = "", words: Short = "", back: Back = "") -> Response:
        async def act(doing: Doing) -> Said:
            if reason not in PAUSES or (reason == "other" and not words.strip()):
                return Said("case.pause_needs_reason", {}, "bad")
            told = words.strip() if reason == "other" else reason
            await doing.crm.handling.pause(doing.case.id, told, doing.by, visit.now)
            doing.note("paused", reason=reason)
            return Said("case.done_paused")

        return await deeds.do(visit, number, act, back)

    @router.post("/cases/{number}/resume")
    async def resume(visit: Here, number: str, back: Back = "") -> Response:
        async def act(doing: Doing) -> Said:
            await doing.crm.handling.resume(doing.case.id, doing.by, visit.now)
            doing.note("resumed")
            return Said("case.done_resumed")

        return await deeds.do(visit, number, act, back)


def _labels(router: APIRouter, deeds: Deeds) -> None:
    @router.post("/cases/{number}/tags")
    async def tag(visit: Here, number: str, add: Short = "", remove: Short = "") -> Response:
        async def act(doing: Doing) -> Said:
            if add:
                await doing.crm.ties.tag(doing.case.id, add, doing.by, visit.now)
                doing.note("tagged", tag=add)
                return Said("case.done_tagged")
            await doing.crm.ties.untag(doing.case.id, remove, doing.by, visit.now)
            doing.note("untagged", tag=remove)
            return Said("case.done_untagged")

        return await deeds.do(visit, number, act)

    @router.post("/cases/{number}/notes")
    async def note(visit: Here, number: str, text: Annotated[str, Form(max_length=4000)] = "") -> Response:
        async def act(doing: Doing) -> Said:
            await doing.crm.notes.add(visit.scope, NoteOn(complaint_id=doing.case.id), text, visit.now)
            doing.nudge()
            return Said("case.done_note")

        return await deeds.do(visit, number, act)
