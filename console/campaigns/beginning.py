"""GET and POST /campaigns/new: a campaign from a ready-made programme, or an empty one."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from console.frame.frame import Frame
from console.frame.visible import plain
from console.frame.visit import Here, Visit
from console.plans.form import LONGEST_NAME
from crm_store.campaigns.campaign import Campaign
from crm_store.campaigns.campaigns import By, CampaignNameTaken, NewCampaign
from crm_store.crm import Crm
from crm_store.people.consent import Purpose
from crm_store.plans.programmes import Programme, ProgrammeUnknown, programmes
from crm_store.staff.audit import Deed

HOME = "/console/campaigns"
Name = Annotated[str, Form(max_length=4 * LONGEST_NAME)]
FIRST = ("welcome", "birthday", "birthday_treat", "points_lapsing", "after_purchase", "purchase_survey")
"""Where a shop does well to begin: what the empty list offers."""


def beginning_routes(router: APIRouter, frame: Frame) -> None:
    @router.get("/campaigns/new")
    async def new(request: Request, visit: Here) -> Response:
        return _shown(frame, request)

    @router.post("/campaigns/new")
    async def make(
        request: Request, visit: Here, name: Name = "", purpose: Name = "", programme: Name = ""
    ) -> Response:
        if programme:
            try:
                made = await _made(frame, visit, programme)
            except ProgrammeUnknown:
                return _shown(frame, request, name, purpose, "campaigns.problem_programme")
            return frame.go(f"{HOME}/{made.id}/edit", "campaigns.begun", name=made.name)
        told = " ".join(plain(name).split())
        if not told or len(told) > LONGEST_NAME or purpose not in set(Purpose):
            problem = "campaigns.problem_purpose" if told and len(told) <= LONGEST_NAME else "plans.problem_name_length"
            return _shown(frame, request, name, purpose, problem)
        try:
            made = await _made(frame, visit, NewCampaign(told, Purpose(purpose)))
        except CampaignNameTaken:
            return _shown(frame, request, name, purpose, "plans.problem_name_taken")
        return frame.go(f"{HOME}/{made.id}/edit", "campaigns.begun", name=made.name)


def offered() -> list[Programme]:
    """What the empty list offers."""
    return [programmes()[name] for name in FIRST]


def _shown(frame: Frame, request: Request, name: str = "", purpose: str = "", problem: str = "") -> Response:
    values = {"name": plain(name), "typed_purpose": purpose, "problem": problem, "longest_name": LONGEST_NAME}
    ready = {purpose: [each for each in programmes().values() if each.purpose == purpose] for purpose in Purpose}
    return frame.page(
        request, "campaigns/new.html", 422 if problem else 200, ready=ready, purposes=list(Purpose), **values
    )


async def _made(frame: Frame, visit: Visit, what: str | NewCampaign) -> Campaign:
    """Raises `ProgrammeUnknown`, `CampaignNameTaken`."""
    by = By(visit.staff.id, visit.now)
    async with frame.store.transaction() as crm:
        if isinstance(what, NewCampaign):
            made = await crm.campaigns.make(what, by)
        else:
            made = await crm.campaigns.from_programme(what, await _everybody(crm), by, visit.language)
        crm.audit.note(Deed(visit.staff.id, "made", "campaign", str(made.id)), visit.now)
        return made


async def _everybody(crm: Crm) -> int | None:
    """The one segment there is, so that nobody has to choose among one; else somebody chooses."""
    segments = await crm.segments.all()
    return segments[0].segment.id if len(segments) == 1 else None
