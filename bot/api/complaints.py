"""/api/v1/complaints: the cases, where they stand, and a way in for those that reach the shop elsewhere."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field

from bot.api.complaint_shapes import (
    AssigneeOut,
    AttachmentOut,
    CaseEventOut,
    CaseOut,
    ClockOut,
    ComplaintDetail,
    ComplaintIn,
    ComplaintOpened,
    ComplaintOut,
    FactOut,
    FollowUpOut,
    RemedyOut,
)
from bot.api.keys import KeyGate
from bot.api.paging import Moment, PageOut, PageQuery, RecordId, Word
from bot.api.refusals import RecordNotFound, documented
from crm_store.cases.complaints import Opener
from crm_store.cases.events import By
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.keys import ApiKey, KeyScope
from crm_store.records.complaints import ComplaintRecord, ComplaintsWanted

type CaseInPath = Annotated[
    str, Path(pattern=r"^([Cc][0-9]{1,18}|[1-9][0-9]{0,17})$", description="Its number or its id", examples=["C10031"])
]


class ComplaintQuery(PageQuery):
    """Filters; every one given must hold."""

    number: Word | None = Field(None, examples=["C10031"])
    customer_id: RecordId | None = None
    state: Word | None = Field(None, examples=["received"])
    updated_after: Moment | None = Field(None, description="Changed later than this moment")

    def filters(self) -> ComplaintsWanted:
        return ComplaintsWanted(self.number, self.customer_id, self.state, self.updated_after)


def complaints_router(store: Store, gate: KeyGate) -> APIRouter:
    """Reading needs `complaints:read`."""
    router = APIRouter(
        prefix="/complaints",
        tags=["complaints"],
        dependencies=[Depends(gate.needs(KeyScope.COMPLAINTS_READ))],
        responses=documented(401, 403, 422, 429, 503),
    )

    @router.get("", summary="List complaints")
    async def page(wanted: Annotated[ComplaintQuery, Query()]) -> PageOut[ComplaintOut]:
        async with store.transaction() as crm:
            found = await crm.records.complaints.page(wanted.filters(), wanted.asked())
        return PageOut(items=[_out(row) for row in found.items], next=found.next)

    @router.get("/{complaint}", summary="Get everything about one complaint", responses=documented(404))
    async def one(complaint: CaseInPath) -> ComplaintDetail:
        async with store.transaction() as crm:
            found = await _found(crm, complaint)
            if found is None:
                raise RecordNotFound("complaint", complaint)
            return await _detail(crm, found)

    return router


def complaint_intake_router(store: Store, gate: KeyGate) -> APIRouter:
    """Needs `complaints:write`."""
    router = APIRouter(prefix="/complaints", tags=["complaints"], responses=documented(401, 403, 404, 422, 429, 503))

    @router.post("", status_code=201, summary="Open a complaint, once for each external_id", responses=documented(413))
    async def take(
        told: ComplaintIn, response: Response, key: Annotated[ApiKey, Depends(gate.needs(KeyScope.COMPLAINTS_WRITE))]
    ) -> ComplaintOpened:
        async with store.transaction() as crm:
            case, known = await _taken(crm, told, key, gate.now())
        response.status_code = 200 if known else 201
        return case

    return router


async def _taken(crm: Crm, told: ComplaintIn, key: ApiKey, now: datetime) -> tuple[ComplaintOpened, bool]:
    """The case, and whether it was there before. Two callers of one name are one caller with two keys."""
    source_key = f"api:{key.name}:{told.external_id}"
    known = await crm.records.complaints.from_source(source_key)
    customer_id = None if known else await _member(crm, told.member_number)
    opener = Opener(None, customer_id, None, None, "api", source_key, By(f"api:{key.name}"))
    case = known or await crm.complaints.open(opener, told.grievance(), now)
    return ComplaintOpened(id=case.id, number=case.number, state=case.state), known is not None


async def _member(crm: Crm, member_number: str | None) -> int | None:
    if member_number is None:
        return None
    customer = await crm.customers.with_number(member_number)
    if customer is None:
        raise RecordNotFound("customer", "with this member_number")
    return customer.id


async def _found(crm: Crm, asked: str) -> ComplaintRecord | None:
    if asked.isdigit():
        return await crm.records.complaints.get(int(asked))
    return await crm.records.complaints.numbered(asked)


def _out(record: ComplaintRecord) -> ComplaintOut:
    case = CaseOut.model_validate(record.complaint)
    return ComplaintOut(**case.model_dump(), conversation_ids=record.conversation_ids)


async def _detail(crm: Crm, record: ComplaintRecord) -> ComplaintDetail:
    case = record.complaint
    names = await crm.staff.names([case.assignee_id]) if case.assignee_id is not None else {}
    target = await crm.records.complaints.get(case.merged_into) if case.merged_into is not None else None
    return ComplaintDetail(
        **_out(record).model_dump(),
        merged_into=target.complaint.number if target else None,
        assignee=next((AssigneeOut(id=each, name=name) for each, name in names.items()), None),
        clocks=[ClockOut.model_validate(each) for each in await crm.clocks.of(case.id)],
        events=[CaseEventOut.model_validate(each) for each in await crm.complaint_events.of([case.id])],
        facts=[FactOut.model_validate(each) for each in await crm.facts.history(case.id)],
        remedies=[RemedyOut.model_validate(each) for each in await crm.remedies.of(case.id)],
        follow_ups=[FollowUpOut.model_validate(each) for each in await crm.follow_ups.of(case.id)],
        attachments=[AttachmentOut.model_validate(each) for each in await crm.attachments.of_complaint(case.id)],
    )
