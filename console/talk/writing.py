"""POST /talks/{id}/say, /undo, /later and /notes: two forms, two routes; what is written as a note cannot be sent."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from bot.conversation.desk.holding import HeldByAnother
from bot.conversation.desk.replying import ReplyRefused, StaffReply
from console.frame.visit import Here, NotThere, Visit
from console.talk.asked_again import unfilled_in
from console.talk.desk import Desk, seen
from console.talk.page import LONGEST
from console.talk.parts import Parts, pushed
from crm_store.crm import Crm
from crm_store.desk.thread import ThreadItem
from crm_store.staff.audit import Deed
from crm_store.staff.notes import NoteOn, NoteRefused

UNFILLED, ANSWERED = "unfilled", "answered"


class Reply(BaseModel):
    """The form of a reply. `seen` is the last message shown when it was begun; `anyway` waives what was warned of."""

    text: str = Field(min_length=1, max_length=LONGEST)
    seen: int = 0
    anyway: str = ""
    at: str = Field("", max_length=40)


@dataclass(frozen=True)
class Outcome:
    """What the composer is told: `done` empties a form, `back` fills it; a `problem` leaves the text where it is."""

    done: str = ""
    back: str = ""
    problem: str = ""
    newer: list[ThreadItem] = field(default_factory=list)
    anyway: str = ""


@dataclass(frozen=True)
class Desktop:
    """Answers the composer: the outcome, and the page's parts as they are now."""

    desk: Desk
    parts: Parts

    async def told(self, visit: Visit, talk: int, outcome: Outcome, status: int = 200) -> Response:
        html = self.desk.frame.part(visit.language, "talk/outcome.html", **vars(outcome))
        return HTMLResponse(html + await pushed(self.parts, visit, talk), status)

    async def problem(self, visit: Visit, talk: int, key: str, status: int = 409, **values: str) -> Response:
        outcome = Outcome(problem=self.desk.frame.say(visit.language, key, **values))
        return await self.told(visit, talk, outcome, status)


def writing_router(router: APIRouter, desk: Desk, parts: Parts) -> None:
    desktop, store = Desktop(desk, parts), desk.frame.store

    @router.post("/talks/{talk}/say")
    async def say(visit: Here, talk: int, reply: Annotated[Reply, Form()]) -> Response:
        try:
            async with store.transaction() as crm:
                await seen(crm, visit, talk)
                warned = await _warned(desk, crm, visit, talk, reply)
                if warned is None:
                    await desk.replying.say_as_staff(crm, StaffReply(talk, visit.staff.id, reply.text), visit.now)
        except HeldByAnother:
            return await _anothers(desktop, visit, talk)
        except ReplyRefused as refused:
            return await desktop.told(visit, talk, Outcome(problem=str(refused)), 422)
        if warned is not None:
            return await desktop.told(visit, talk, warned, 409)
        return await desktop.told(visit, talk, Outcome(done="reply"))

    _undo(router, desktop)
    _notes(router, desktop)
    _later(router, desktop)


def _undo(router: APIRouter, desktop: Desktop) -> None:
    desk, store = desktop.desk, desktop.desk.frame.store

    @router.post("/talks/{talk}/undo/{interaction_id}")
    async def undo(visit: Here, talk: int, interaction_id: int) -> Response:
        async with store.transaction() as crm:
            await seen(crm, visit, talk)
            said = await _said_here(crm, visit, talk, interaction_id)
            taken_back = await desk.replying.undo(crm, interaction_id, visit.staff.id, visit.now)
        if not taken_back:
            return await desktop.problem(visit, talk, "talk.undo_late")
        return await desktop.told(visit, talk, Outcome(back=said.text))


def _notes(router: APIRouter, desktop: Desktop) -> None:
    store = desktop.desk.frame.store

    @router.post("/talks/{talk}/notes")
    async def note(visit: Here, talk: int, text: Annotated[str, Form(min_length=1, max_length=LONGEST)]) -> Response:
        try:
            async with store.transaction() as crm:
                await seen(crm, visit, talk)
                await crm.notes.add(visit.scope, NoteOn(conversation_id=talk), text, visit.now)
                crm.audit.note(Deed(visit.staff.id, "noted", "conversation", str(talk)), visit.now)
                crm.nudge("talk", talk)
        except NoteRefused:
            return await desktop.problem(visit, talk, "frame.invalid", 422)
        return await desktop.told(visit, talk, Outcome(done="note"))


def _later(router: APIRouter, desktop: Desktop) -> None:
    desk, store = desktop.desk, desktop.desk.frame.store

    @router.post("/talks/{talk}/later")
    async def later(visit: Here, talk: int, reply: Annotated[Reply, Form()]) -> Response:
        leaves = moment_of(reply.at, desk.frame.house.zone)
        if leaves is None or leaves <= visit.now:
            return await desktop.problem(visit, talk, "talk.later_past", 422)
        async with store.transaction() as crm:
            await seen(crm, visit, talk)
            written = StaffReply(talk, visit.staff.id, reply.text)
            kept = await desk.replying.say_later(crm, written, leaves, visit.now)
            crm.audit.note(Deed(visit.staff.id, "wrote_for_later", "later_reply", str(kept.id)), visit.now)
            crm.nudge("talk", talk)
        return await desktop.told(visit, talk, Outcome(done="reply"))

    @router.post("/talks/{talk}/later/{later_id}/cancel")
    async def cancel(visit: Here, talk: int, later_id: int) -> Response:
        async with store.transaction() as crm:
            await seen(crm, visit, talk)
            text = next((one.text for one in await crm.later.waiting(talk) if one.id == later_id), "")
            cancelled = bool(text) and await crm.later.cancel(later_id, visit.staff.id, visit.now)
            if cancelled:
                crm.audit.note(Deed(visit.staff.id, "cancelled", "later_reply", str(later_id)), visit.now)
                crm.nudge("talk", talk)
        if not cancelled:
            return await desktop.problem(visit, talk, "talk.later_gone")
        return await desktop.told(visit, talk, Outcome(back=text))


def moment_of(local: str, zone: ZoneInfo) -> datetime | None:
    """What a field for day and time says, on the wall of the shop; None when it says nothing."""
    try:
        wall = datetime.fromisoformat(local)
    except ValueError:
        return None
    return wall.replace(tzinfo=zone) if wall.tzinfo is None else None


async def _warned(desk: Desk, crm: Crm, visit: Visit, talk: int, reply: Reply) -> Outcome | None:
    """What speaks against sending it as it is, unless that was waived."""
    language, waived = visit.language, set(reply.anyway.split())
    thread = await crm.timelines.thread(visit.scope, talk, limit=20)
    newer = [item for item in (thread.items if thread else []) if _is_news(item, reply.seen, visit.staff.id)]
    unfilled = unfilled_in(reply.text)
    if newer and ANSWERED not in waived:
        problem, waives = desk.frame.say(language, "talk.was_answered"), ANSWERED
    elif unfilled and UNFILLED not in waived:
        problem = desk.frame.say(language, "talk.unfilled", names=", ".join(unfilled))
        waives, newer = UNFILLED, []
    else:
        return None
    return Outcome(problem=problem, newer=newer, anyway=" ".join(sorted(waived | {waives})))


def _is_news(item: ThreadItem, seen_until: int, me: int) -> bool:
    """Whether a colleague said it after what the writer had seen."""
    return not item.is_note and item.author == "staff" and item.staff_id != me and item.id > seen_until


async def _said_here(crm: Crm, visit: Visit, talk: int, interaction_id: int) -> ThreadItem:
    """The message, when it stands in this conversation. Raises `NotThere`."""
    thread = await crm.timelines.thread(visit.scope, talk, before=interaction_id + 1, limit=1)
    found = [item for item in (thread.items if thread else []) if not item.is_note and item.id == interaction_id]
    if not found:
        raise NotThere
    return found[0]


async def _anothers(desktop: Desktop, visit: Visit, talk: int) -> Response:
    async with desktop.desk.frame.store.reading() as crm:
        row = await crm.queue.talk(visit.scope, talk)
    return await desktop.problem(visit, talk, "talk.held_elsewhere", name=row.assignee if row else "")
