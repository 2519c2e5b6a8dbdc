"""GET /remedies/{id}, POST …/approve and …/refuse: one proposal with what a fair decision needs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from console.frame.frame import Frame
from console.frame.visit import Here, NotThere, Visit
from console.remedies.amounts import Amounts
from console.remedies.weighing import weighed
from crm_store.crm import Crm
from crm_store.remedies.execution import RemedyNeedsMember
from crm_store.remedies.granting import RemedyAmountWrong
from crm_store.remedies.remedies import Remedy
from crm_store.remedies.weighing import RemedyNotAllowed, RemedyNotOpen, RemedyUnknown

HOME = "/console/remedies"
SIMILAR = 8
REFUSED = {
    RemedyNotOpen: "remedies.not_open",
    RemedyNotAllowed: "remedies.not_allowed",
    RemedyAmountWrong: "remedies.amount_wrong",
    RemedyNeedsMember: "remedies.needs_member",
}
Why = Annotated[str, Form(max_length=500)]


@dataclass(frozen=True)
class Decisions:
    """Shows one proposal, and carries a decision about it out."""

    frame: Frame

    async def shown(self, request: Request, visit: Visit, remedy_id: int, problem: str = "") -> Response:
        async with self.frame.store.transaction() as crm:
            entry = await crm.remedies.register.one(remedy_id, visit.scope)
            if entry is None:
                raise NotThere
            similar = await crm.remedies.past.similar(entry.complaint_id, visit.scope, SIMILAR)
            limits = await crm.remedies.limits.all()
            states = await crm.labels.all()
            await crm.audit.viewed(visit.staff.id, "complaint", entry.complaint_id, visit.now)
        values = {"entry": entry, "similar": similar, "weighed": weighed(entry, limits, visit.scope), "states": states}
        values |= {"amounts": Amounts(self.frame.texts, visit.language), "problem": problem}
        return self.frame.page(request, "remedies/remedy.html", 422 if problem else 200, **values)

    async def decide(self, remedy_id: int, said: str, decision: Callable[[Crm], Awaitable[Remedy]]) -> Response:
        try:
            async with self.frame.store.transaction() as crm:
                remedy = await decision(crm)
                crm.nudge("case", remedy.complaint_id)
                crm.nudge("desk", remedy.complaint_id)
        except RemedyUnknown:
            raise NotThere from None
        except tuple(REFUSED) as error:
            return self.frame.go(f"{HOME}/{remedy_id}", REFUSED[type(error)], tone="bad")
        return self.frame.go(HOME, said)


def deciding_router(frame: Frame) -> APIRouter:
    router, decisions = APIRouter(), Decisions(frame)

    @router.get("/remedies/{remedy_id}")
    async def remedy(request: Request, visit: Here, remedy_id: int) -> Response:
        return await decisions.shown(request, visit, remedy_id)

    @router.post("/remedies/{remedy_id}/approve")
    async def approve(visit: Here, remedy_id: int) -> Response:
        def approving(crm: Crm) -> Awaitable[Remedy]:
            return crm.remedies.approve(remedy_id, visit.scope, visit.now)

        return await decisions.decide(remedy_id, "remedies.approved", approving)

    @router.post("/remedies/{remedy_id}/refuse")
    async def refuse(request: Request, visit: Here, remedy_id: int, why: Why = "") -> Response:
        if not why.strip():
            return await decisions.shown(request, visit, remedy_id, "remedies.why_missing")

        def refusing(crm: Crm) -> Awaitable[Remedy]:
            return crm.remedies.refuse(remedy_id, visit.scope, why.strip(), visit.now)

        return await decisions.decide(remedy_id, "remedies.refused", refusing)

    return router
