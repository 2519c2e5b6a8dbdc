"""GET /api/v1/customers: whom the shop knows."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from bot.api.keys import KeyGate
from bot.api.paging import IdInPath, PageOut, PageQuery, Phone, Word
from bot.api.refusals import RecordNotFound, documented
from crm_store.database import Store
from crm_store.keys import KeyScope
from crm_store.records.customers import CustomersWanted


class CustomerOut(BaseModel):
    """A person the shop knows. Everything personal is empty once `erased_at` is set."""

    model_config = ConfigDict(from_attributes=True)

    id: int = Field(examples=[4711])
    member_number: str | None = Field(examples=["M100234"])
    name: str = Field(examples=["Tan Mei Ling"])
    language: str = Field(examples=["zh"])
    time_zone: str = Field(examples=["Asia/Singapore"])
    tier: str = Field(examples=["gold"])
    home_store_id: int | None = Field(examples=[3])
    email: str | None = Field(examples=["meiling@example.com"])
    phone: str | None = Field(examples=["+6591234567"])
    joined_on: date
    erased_at: datetime | None


class CustomerQuery(PageQuery):
    """Filters; every one given must hold."""

    member_number: Word | None = None
    email: Word | None = Field(None, description="In any case")
    phone: Phone | None = None


def customers_router(store: Store, gate: KeyGate) -> APIRouter:
    """Needs `customers:read`."""
    router = APIRouter(
        prefix="/customers",
        tags=["customers"],
        dependencies=[Depends(gate.needs(KeyScope.CUSTOMERS_READ))],
        responses=documented(401, 403, 422, 429, 503),
    )

    @router.get("", summary="List customers")
    async def page(wanted: Annotated[CustomerQuery, Query()]) -> PageOut[CustomerOut]:
        filters = CustomersWanted(wanted.member_number, wanted.email, wanted.phone)
        async with store.transaction() as crm:
            found = await crm.records.customers.page(filters, wanted.asked())
        return PageOut(items=[CustomerOut.model_validate(row) for row in found.items], next=found.next)

    @router.get("/{customer_id}", summary="Get one customer", responses=documented(404))
    async def one(customer_id: IdInPath) -> CustomerOut:
        async with store.transaction() as crm:
            found = await crm.records.customers.get(customer_id)
        if found is None:
            raise RecordNotFound("customer", customer_id)
        return CustomerOut.model_validate(found)

    return router
