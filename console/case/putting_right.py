"""POST /cases/{number}/remedies and /remedies/{id}/…: proposed, given a second look, refused, arrived."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from console.case.doing import REFUSALS, Act, Deeds, Doing
from console.case.lengths import amount_typed
from console.case.page import page_of
from console.frame.flash import Said
from console.frame.frame import Frame
from console.frame.visit import Here, NotThere
from crm_store.errors import CareLoopError
from crm_store.remedies.execution import RemedyNeedsMember
from crm_store.remedies.granting import RemedyAmountWrong, RemedyKind
from crm_store.remedies.remedies import Proposal
from crm_store.remedies.remedy import Remedy, RemedyState
from crm_store.remedies.weighing import RemedyNotAllowed

SHOWN_AGAIN = (RemedyAmountWrong, RemedyNeedsMember, RemedyNotAllowed)
"""What can be mended in the form."""
Why = Annotated[str, Form(max_length=300)]


class Draft(BaseModel):
    """The form; `amount` in points or money, as somebody types it."""

    kind: RemedyKind
    amount: str = Field("", max_length=20)
    reason: str = Field("", max_length=500)


@dataclass(frozen=True)
class DraftShown:
    """What was typed, and the sentence that says what is wrong with it."""

    kind: str
    amount: str
    reason: str
    text: str


def remedy_routes(router: APIRouter, frame: Frame, deeds: Deeds) -> None:
    @router.post("/cases/{number}/remedies")
    async def propose(request: Request, visit: Here, number: str, draft: Annotated[Draft, Form()]) -> Response:
        try:
            return await deeds.do(visit, number, _proposing(draft))
        except _Mendable as wrong:
            text = wrong.text
        async with frame.store.transaction() as crm:
            values = await page_of(frame, crm, visit, number)
        values["draft"] = DraftShown(draft.kind, draft.amount, draft.reason, text)
        return frame.page(request, "case/case.html", 422, **values)

    _decisions(router, deeds)


class _Mendable(CareLoopError):
    """Something in the form is wrong; it is shown again with what was typed."""

    code = "remedy_mendable"

    def __init__(self, text: str) -> None:
        super().__init__("the proposal cannot be made like that")
        self.text = text


def _proposing(draft: Draft) -> Act:
    async def act(doing: Doing) -> Said:
        amount = amount_typed(draft.kind, draft.amount)
        if amount is None:
            raise _Mendable("case.remedy_amount_unread")
        if not draft.reason.strip():
            raise _Mendable("case.remedy_needs_reason")
        proposal = Proposal(doing.case.id, draft.kind, amount, draft.reason.strip())
        try:
            remedy = await doing.crm.remedies.propose(proposal, doing.visit.scope, doing.visit.now)
        except SHOWN_AGAIN as wrong:
            raise _Mendable(REFUSALS[type(wrong)]) from wrong
        doing.nudge()
        return Said("case.done_remedy_waits" if remedy.state == RemedyState.PROPOSED else "case.done_remedy")

    return act


def _decisions(router: APIRouter, deeds: Deeds) -> None:
    @router.post("/cases/{number}/remedies/{remedy_id}/approve")
    async def approve(visit: Here, number: str, remedy_id: int, back: Why = "") -> Response:
        async def act(doing: Doing) -> Said:
            await _own(doing, remedy_id)
            await doing.crm.remedies.approve(remedy_id, visit.scope, visit.now)
            doing.nudge()
            return Said("case.done_remedy")

        return await deeds.do(visit, number, act, back)

    @router.post("/cases/{number}/remedies/{remedy_id}/refuse")
    async def refuse(visit: Here, number: str, remedy_id: int, why: Why = "", back: Why = "") -> Response:
        async def act(doing: Doing) -> Said:
            await _own(doing, remedy_id)
            await doing.crm.remedies.refuse(remedy_id, visit.scope, why.strip(), visit.now)
            doing.nudge()
            return Said("case.done_remedy_refused")

        return await deeds.do(visit, number, act, back)

    @router.post("/cases/{number}/remedies/{remedy_id}/arrived")
    async def arrived(visit: Here, number: str, remedy_id: int) -> Response:
        async def act(doing: Doing) -> Said:
            await _own(doing, remedy_id)
            is_new = await doing.crm.remedies.arrived(remedy_id, doing.by, visit.now)
            doing.nudge()
            return Said("case.done_arrived") if is_new else Said("case.arrived_before", {}, "warn")

        return await deeds.do(visit, number, act)


async def _own(doing: Doing, remedy_id: int) -> None:
    """A remedy of this case and no other. Raises `NotThere`."""
    remedy = await doing.crm.session.get(Remedy, remedy_id)
    if remedy is None or remedy.complaint_id != doing.case.id:
        raise NotThere
