"""/api/v1/remedies: what the shop's back office is to do, and what it has done."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from bot.api.keys import KeyGate
from bot.api.paging import IdInPath
from bot.api.refusals import documented
from crm_store.cases.events import By
from crm_store.database import Store
from crm_store.keys import ApiKey, KeyScope


class OrderRequestOut(BaseModel):
    """Give money back, or send another one. Tell us by `remedy_id` when the shopper has it."""

    model_config = ConfigDict(from_attributes=True)

    remedy_id: int = Field(examples=[17])
    number: str = Field(description="What both sides quote", examples=["RQ17"])
    kind: str = Field(description="`refund` or `replacement`", examples=["refund"])
    amount_cents: int = Field(examples=[4900])
    complaint_id: int = Field(examples=[31])
    customer_id: int | None = Field(examples=[4711])
    order_number: str | None = Field(examples=["WM104233"])
    product_sku: str | None = Field(examples=["KT101"])
    requested_at: datetime


class RequestsOut(BaseModel):
    """Not settled yet, oldest first."""

    items: list[OrderRequestOut]


class RemedyArrived(BaseModel):
    """`known` when that had been told before: nothing changed."""

    id: int = Field(examples=[17])
    known: bool = Field(examples=[False])


def remedies_router(store: Store, gate: KeyGate) -> APIRouter:
    """Needs `complaints:read` to look and `complaints:write` to tell."""
    router = APIRouter(prefix="/remedies", tags=["remedies"], responses=documented(401, 403, 422, 429, 503))

    @router.get(
        "/requests",
        summary="List what the back office is to do",
        dependencies=[Depends(gate.needs(KeyScope.COMPLAINTS_READ))],
    )
    async def requests() -> RequestsOut:
        async with store.transaction() as crm:
            waiting = await crm.order_requests.waiting()
        return RequestsOut(items=[OrderRequestOut.model_validate(each) for each in waiting])

    @router.post("/{remedy_id}/arrived", summary="Tell that a remedy has arrived", responses=documented(404, 409))
    async def arrived(
        remedy_id: IdInPath, key: Annotated[ApiKey, Depends(gate.needs(KeyScope.COMPLAINTS_WRITE))]
    ) -> RemedyArrived:
        async with store.transaction() as crm:
            fresh = await crm.remedies.arrived(remedy_id, By(f"api:{key.name}"), gate.now())
            crm.nudge("case")
        return RemedyArrived(id=remedy_id, known=not fresh)

    return router
