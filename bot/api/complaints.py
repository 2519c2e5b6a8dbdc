"""GET /api/v1/complaints: the cases and where they stand."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from bot.api.keys import KeyGate, Scope
from bot.api.paging import IdInPath, PageOut, PageQuery, RecordId, Word
from bot.api.refusals import RecordNotFound, documented
from crm_store.database import Store
from crm_store.records.complaints import ComplaintRecord, ComplaintsWanted


class CaseOut(BaseModel):
    """What the case itself knows."""

    model_config = ConfigDict(from_attributes=True)

    id: int = Field(examples=[31])
    number: str = Field(description="The shopper can quote it", examples=["C10031"])
    customer_id: int | None = Field(examples=[4711])
    category: str = Field(examples=["damaged"])
    severity: str = Field(examples=["normal"])
    what_happened: str = Field(examples=["The kettle leaks."])
    wanted: str = Field(examples=["A new one"])
    order_number: str | None = Field(examples=["W20391"])
    language: str = Field(examples=["en"])
    state: str = Field(examples=["received"])
    opened_at: datetime
    changed_at: datetime


class ComplaintOut(CaseOut):
    """A case with the conversations it was talked about in."""

    conversation_ids: list[int] = Field(examples=[[812]])


class ComplaintQuery(PageQuery):
    """Filters; every one given must hold."""

    number: Word | None = Field(None, examples=["C10031"])
    customer_id: RecordId | None = None
    state: Word | None = Field(None, examples=["received"])


def complaints_router(store: Store, gate: KeyGate) -> APIRouter:
    """Needs `complaints:read`."""
    router = APIRouter(
        prefix="/complaints",
        tags=["complaints"],
        dependencies=[Depends(gate.needs(Scope.COMPLAINTS_READ))],
        responses=documented(401, 403, 422, 429, 503),
    )

    @router.get("", summary="List complaints")
    async def page(wanted: Annotated[ComplaintQuery, Query()]) -> PageOut[ComplaintOut]:
        filters = ComplaintsWanted(wanted.number, wanted.customer_id, wanted.state)
        async with store.transaction() as crm:
            found = await crm.records.complaints.page(filters, wanted.asked())
        return PageOut(items=[_out(row) for row in found.items], next=found.next)

    @router.get("/{complaint_id}", summary="Get one complaint", responses=documented(404))
    async def one(complaint_id: IdInPath) -> ComplaintOut:
        async with store.transaction() as crm:
            found = await crm.records.complaints.get(complaint_id)
        if found is None:
            raise RecordNotFound("complaint", complaint_id)
        return _out(found)

    return router


def _out(record: ComplaintRecord) -> ComplaintOut:
    case = CaseOut.model_validate(record.complaint)
    return ComplaintOut(**case.model_dump(), conversation_ids=record.conversation_ids)
