"""GET and POST /campaigns/{id}/edit, POST /campaigns/{id}/check, GET /campaigns/{id}/count: the editor of a plan."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from console.frame.frame import Frame
from console.frame.room import Room
from console.frame.visible import plain
from console.frame.visit import Here, Visit
from console.plans.form import LONGEST_NAME, Written
from console.plans.looks import Looked
from console.plans.offers import offer_routes
from console.plans.sheet import Sheet, known, looked_at, read_sheet, shown
from console.plans.telling import Telling, names_of
from console.plans.trying import trying_routes
from crm_store.campaigns.campaign_writes import By, CampaignNameTaken
from crm_store.campaigns.campaigns import CampaignChanged
from crm_store.campaigns.moves import MoveRefused
from crm_store.crm import Crm
from crm_store.plans.plan import Plan
from crm_store.segments.counting import Counted
from crm_store.segments.segments import SegmentUnknown
from crm_store.staff.audit import Deed
from crm_store.staff.members import Role

MARKETERS = frozenset({Role.MARKETER, Role.SUPERVISOR, Role.ADMIN})
PATIENCE = 1_500
"""Milliseconds for the live count of a segment."""
Form_ = Annotated[Written, Form()]


def plans_room(frame: Frame) -> Room:
    router = APIRouter()

    @router.get("/campaigns/{campaign_id}/edit")
    async def edit(request: Request, visit: Here, campaign_id: int) -> Response:
        async with frame.store.transaction() as crm:
            sheet = await read_sheet(crm, campaign_id)
            looked = await looked_at(frame, crm, visit, sheet)
        return shown(frame, request, sheet, looked)

    @router.post("/campaigns/{campaign_id}/edit")
    async def save(request: Request, visit: Here, campaign_id: int, written: Form_) -> Response:
        return await Saving(frame, request, visit, written).answer(campaign_id)

    @router.post("/campaigns/{campaign_id}/check")
    async def check(visit: Here, campaign_id: int, written: Form_) -> Response:
        async with frame.store.transaction() as crm:
            sheet = (await read_sheet(crm, campaign_id)).typed(written)
            looked = await looked_at(frame, crm, visit, sheet)
        return HTMLResponse(frame.part(visit.language, "plans/checked.html", **known(frame, sheet, looked)))

    @router.get("/campaigns/{campaign_id}/count")
    async def count(visit: Here, campaign_id: int, segment_id: str = "") -> Response:
        async with frame.store.transaction() as crm:
            await read_sheet(crm, campaign_id)
            chosen = int(segment_id) if segment_id.isascii() and segment_id.isdecimal() and len(segment_id) < 19 else 0
            try:
                counted = await _counted(crm, chosen, visit.now) if chosen else None
            except SegmentUnknown:
                counted = None
        return HTMLResponse(frame.part(visit.language, "plans/count.html", counted=counted, segment_id=chosen))

    offer_routes(router, frame)
    trying_routes(router, frame)
    return Room("plans", router, MARKETERS)


class Saving:
    """What somebody sent: kept as a new version, or shown again with what is in the way."""

    def __init__(self, frame: Frame, request: Request, visit: Visit, written: Written) -> None:
        self._frame, self._request, self._visit, self._written = frame, request, visit, written
        self._name = " ".join(plain(written.name).split())

    async def answer(self, campaign_id: int) -> Response:
        async with self._frame.store.transaction() as crm:
            sheet = (await read_sheet(crm, campaign_id)).typed(self._written)
            looked = await looked_at(self._frame, crm, self._visit, sheet)
        if looked.unread:
            return shown(self._frame, self._request, sheet, looked, 422)
        if not self._name or len(self._name) > LONGEST_NAME:
            return shown(self._frame, self._request, sheet, looked, 422, name_problem="plans.problem_name_length")
        try:
            async with self._frame.store.transaction() as crm:
                version = await self._kept(crm, sheet, looked)
        except CampaignNameTaken:
            return shown(self._frame, self._request, sheet, looked, 422, name_problem="plans.problem_name_taken")
        except CampaignChanged:
            return await self._meanwhile(campaign_id)
        except MoveRefused:
            return shown(self._frame, self._request, sheet, looked, 409, refused="plans.refused_state")
        return self._on(campaign_id, version, sheet, looked)

    async def _kept(self, crm: Crm, sheet: Sheet, looked: Looked) -> int:
        """The version it is at now."""
        visit, campaign_id = self._visit, sheet.campaign.id
        by = By(visit.staff.id, visit.now)
        changed = await crm.campaigns.change(campaign_id, looked.plan, by, self._written.seen)
        if self._name != changed.name:
            await crm.campaigns.rename(campaign_id, self._name, by)
        if changed.version != sheet.campaign.version or self._name != sheet.campaign.name:
            deed = Deed(visit.staff.id, "changed", "campaign", str(campaign_id), {"version": changed.version})
            crm.audit.note(deed, visit.now)
        return changed.version

    def _on(self, campaign_id: int, version: int, sheet: Sheet, looked: Looked) -> Response:
        to = f"/console/campaigns/{campaign_id}" + ("" if self._written.do == "close" else "/edit")
        if version == sheet.campaign.version:
            return self._frame.go(to, "plans.nothing_new")
        if looked.stops:
            return self._frame.go(to, "plans.saved_open", tone="warn", version=version, n=looked.stops)
        return self._frame.go(to, "plans.saved", version=version)

    async def _meanwhile(self, campaign_id: int) -> Response:
        """Somebody was faster: say who and what, keep what was typed, and let it be saved on purpose."""
        async with self._frame.store.transaction() as crm:
            sheet = await read_sheet(crm, campaign_id)
            read = await _version(crm, campaign_id, self._written.seen, sheet.plan)
            telling = Telling(self._frame, self._visit.language, await names_of(crm, read, sheet.plan))
            newest = await crm.campaigns.version(campaign_id, sheet.campaign.version)
            names = await crm.staff.names([newest.made_by] if newest.made_by else [])
            theirs = {
                "who": names.get(newest.made_by or 0, "–"),
                "at": newest.made_at,
                "version": newest.version,
                "differences": telling.differences(read, sheet.plan),
            }
            again = sheet.typed(self._written.model_copy(update={"seen": sheet.campaign.version}))
            looked = await looked_at(self._frame, crm, self._visit, again)
        return shown(self._frame, self._request, again, looked, 409, theirs=theirs)


async def _counted(crm: Crm, segment_id: int, now: datetime) -> Counted:
    """Raises `SegmentUnknown`."""
    _, expression = await crm.segments.current(segment_id)
    return await crm.segments.count(expression, now, PATIENCE)


async def _version(crm: Crm, campaign_id: int, version: int, newest: Plan) -> Plan:
    """The version that was read; the newest one when there never was such a one."""
    versions = await crm.campaigns.versions(campaign_id)
    return next((Plan.model_validate(each.plan) for each in versions if each.version == version), newest)
