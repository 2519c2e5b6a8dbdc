"""GET /inbox, POST /inbox/deeds, POST /inbox/escalations/{id}/acknowledge."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from console.frame.frame import Frame
from console.frame.room import CASE_STAFF, RailItem, Room
from console.frame.visit import Here, NotThere, Visit
from console.inbox.choices import choices_of, colleagues_of
from console.inbox.deeds import DEEDS, MOST, Doing, Wish, do_to_all
from console.inbox.holding import open_holding
from console.inbox.listing import TABS, WIDE_LINE, Lists, listed
from console.inbox.wanted import LONGEST, wanted_in, wanted_of
from console.live.part import Hears, LivePart, Shown
from crm_store.crm import Crm
from crm_store.promises.escalations import Escalation
from crm_store.staff.audit import Deed
from crm_store.staff.scope import Scope

RAIL = RailItem("inbox", order=10, path="/console/inbox", key="i")
COUNTED_EVERY = 2.0
"""Seconds between two countings for the tabs: nobody acts on the last digit of a number."""
READ_EVERY = 5.0
"""Seconds after a change in which a list, put together from what changed, is read as a whole."""


class Sent(BaseModel):
    """The form of the deeds; `back` is the inbox to come back to, as `Wanted.query`."""

    deed: str = Field(max_length=20)
    pick: list[str] = Field([], max_length=MOST)
    staff: int = 0
    team: int = 0
    tag: str = Field("", max_length=LONGEST)
    back: str = Field("", max_length=400)


def inbox_room(frame: Frame) -> Room:
    router, holding, lists = APIRouter(), open_holding(frame), Lists(frame)

    @router.get("/inbox")
    async def inbox(request: Request, visit: Here) -> Response:
        wanted = wanted_of(request.query_params)
        async with frame.store.transaction() as crm:
            colleagues = await colleagues_of(crm)
            page = await listed(crm, visit.scope, wanted, visit.now)
            counts = await crm.queue.counts(visit.scope, visit.now)
            choices = await choices_of(frame, crm, visit.language, colleagues)
            teams = await crm.staff.teams()
        return frame.page(
            request,
            "inbox/inbox.html",
            wanted=wanted,
            tabs=TABS,
            page=page,
            lines=lists.lines.drawn(WIDE_LINE, visit.language, page.rows, wanted, visit.now),
            counts=counts,
            choices=choices,
            teams=teams,
            colleagues=colleagues,
            now=visit.now,
        )

    @router.post("/inbox/deeds")
    async def deeds(visit: Here, sent: Annotated[Sent, Form()]) -> Response:
        to = f"/console/inbox?{wanted_in(sent.back).query}"
        if not sent.pick or sent.deed not in DEEDS:
            return frame.go(to, "inbox.none_picked", tone="warn")
        async with frame.store.transaction() as crm:
            wish = Wish(sent.deed, sent.staff, sent.team, sent.tag)
            outcome = await do_to_all(Doing(crm, visit, holding, wish), sent.pick)
        if outcome.left:
            return frame.go(to, f"inbox.left_{sent.deed}", "warn", n=outcome.done, left=outcome.left)
        return frame.go(to, f"inbox.done_{sent.deed}", n=outcome.done)

    _escalations(router, frame)
    return Room("inbox", router, CASE_STAFF, RAIL, _parts(lists))


def _escalations(router: APIRouter, frame: Frame) -> None:
    @router.post("/inbox/escalations/{escalation_id}/acknowledge")
    async def acknowledge(visit: Here, escalation_id: int) -> Response:
        async with frame.store.transaction() as crm:
            found = await crm.escalations.by_id(escalation_id)
            if found is None or not await _is_seen(crm, visit.scope, found):
                raise NotThere
            was_first = await crm.escalations.acknowledge(escalation_id, visit.staff.id, visit.now)
            if was_first:
                _note(crm, visit, escalation_id)
        if was_first:
            return HTMLResponse(frame.toast(visit.language, "inbox.acknowledged_now"))
        return HTMLResponse(frame.toast(visit.language, "inbox.acknowledged_before", tone="warn"))


async def _is_seen(crm: Crm, scope: Scope, raised: Escalation) -> bool:
    """Whether the case it belongs to, or the conversation of one without a case, is in sight."""
    if raised.complaint_id is not None:
        return await crm.queue.case(scope, raised.complaint_id) is not None
    return raised.conversation_id is not None and await crm.queue.talk(scope, raised.conversation_id) is not None


def _note(crm: Crm, visit: Visit, escalation_id: int) -> None:
    crm.audit.note(Deed(visit.staff.id, "acknowledged", "escalation", str(escalation_id)), visit.now)


def _parts(lists: Lists) -> tuple[LivePart, ...]:
    desk = {"desk": Hears.ALL}
    return (
        LivePart("inbox.own", desk, lists.wide, CASE_STAFF, Shown.PERSON, settles=READ_EVERY),
        LivePart("inbox.list", desk, lists.wide, CASE_STAFF, settles=READ_EVERY),
        LivePart("inbox.beside-own", desk, lists.beside, CASE_STAFF, Shown.PERSON, settles=READ_EVERY),
        LivePart("inbox.beside", desk, lists.beside, CASE_STAFF, settles=READ_EVERY),
        LivePart("inbox.tabs", desk, lists.tabs, CASE_STAFF, Shown.PERSON, COUNTED_EVERY),
    )
