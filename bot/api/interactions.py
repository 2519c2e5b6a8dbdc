"""GET /api/v1/interactions: every message in or out, in the order they happened."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from bot.api.keys import KeyGate
from bot.api.paging import IdInPath, Moment, PageOut, PageQuery, RecordId
from bot.api.refusals import RecordNotFound, documented
from crm_store.database import Store
from crm_store.keys import KeyScope
from crm_store.records.interactions import InteractionsWanted
from crm_store.talks.interactions import Delivery


class Direction(StrEnum):
    """`in` came from the shopper, `out` went to them."""

    IN = "in"
    OUT = "out"


class ChoiceOut(BaseModel):
    """A quick reply that was offered. What it stands for stays in the house."""

    id: str = Field(examples=["c1a2"])
    label: str = Field(examples=["Yes"])


class InteractionOut(BaseModel):
    """One message."""

    model_config = ConfigDict(from_attributes=True)

    id: int = Field(examples=[90210])
    conversation_id: int = Field(examples=[812])
    customer_id: int | None = Field(description="Whom the address belonged to then", examples=[4711])
    direction: Direction
    author: str = Field(examples=["shopper"])
    kind: str = Field(examples=["text"])
    text: str = Field(description="As it was written: data, never markup", examples=["Where is my parcel?"])
    choices: list[ChoiceOut]
    language: str | None = Field(examples=["en"])
    intent: str | None = Field(description="What it was taken to mean", examples=["ask_delivery"])
    confidence: float | None = Field(description="0 to 1", examples=[0.97])
    delivery: Delivery
    seq: int | None = Field(description="Its number among what the shopper can read", examples=[14])
    answers: int | None = Field(description="The id of the message it answers", examples=[90209])
    at: datetime
    sent_at: datetime | None


class InteractionQuery(PageQuery):
    """Filters; every one given must hold."""

    conversation_id: RecordId | None = None
    customer_id: RecordId | None = None
    direction: Direction | None = None
    since: Moment | None = Field(None, description="At this moment or later")
    until: Moment | None = Field(None, description="Before this moment")

    def filters(self) -> InteractionsWanted:
        return InteractionsWanted(self.conversation_id, self.customer_id, self.direction, self.since, self.until)


def interactions_router(store: Store, gate: KeyGate) -> APIRouter:
    """Needs `interactions:read`."""
    router = APIRouter(
        prefix="/interactions",
        tags=["interactions"],
        dependencies=[Depends(gate.needs(KeyScope.INTERACTIONS_READ))],
        responses=documented(401, 403, 422, 429, 503),
    )

    @router.get("", summary="List interactions in the order they happened")
    async def page(wanted: Annotated[InteractionQuery, Query()]) -> PageOut[InteractionOut]:
        async with store.transaction() as crm:
            found = await crm.records.interactions.page(wanted.filters(), wanted.asked())
        return PageOut(items=[InteractionOut.model_validate(row) for row in found.items], next=found.next)

    @router.get("/{interaction_id}", summary="Get one interaction", responses=documented(404))
    async def one(interaction_id: IdInPath) -> InteractionOut:
        async with store.transaction() as crm:
            found = await crm.records.interactions.get(interaction_id)
        if found is None:
            raise RecordNotFound("interaction", interaction_id)
        return InteractionOut.model_validate(found)

    return router
