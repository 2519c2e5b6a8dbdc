"""GET /api/v1/conversations: who holds which thread, and every change of hands."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from bot.api.keys import KeyGate
from bot.api.paging import IdInPath, PageOut, PageQuery, RecordId, Word
from bot.api.refusals import RecordNotFound, documented
from crm_store.database import Store
from crm_store.keys import KeyScope
from crm_store.records.conversations import ConversationsWanted
from crm_store.talks.conversations import Control


class ConversationOut(BaseModel):
    """One thread with one address on one channel."""

    model_config = ConfigDict(from_attributes=True)

    id: int = Field(examples=[812])
    identity_id: int = Field(examples=[905])
    customer_id: int | None = Field(description="Whom the address belongs to now; null for a stranger", examples=[4711])
    channel: str = Field(examples=["telegram"])
    account: str = Field(examples=["willowmere_bot"])
    control: Control = Field(description="Who holds it", examples=["bot"])
    control_version: int = Field(description="Counts the changes of hands", examples=[2])
    parked_until: datetime | None
    language: str = Field(examples=["en"])
    last_seq: int = Field(description="How many messages the shopper could read", examples=[14])
    last_in_at: datetime | None = Field(description="When the shopper last wrote")
    opened_at: datetime


class ConversationEventOut(BaseModel):
    """A change of control or language."""

    model_config = ConfigDict(from_attributes=True)

    id: int = Field(examples=[77])
    at: datetime
    kind: str = Field(examples=["control"])
    before: str = Field(examples=["bot"])
    after: str = Field(examples=["waiting"])
    version: int = Field(examples=[1])
    by: str = Field(examples=["shopper"])
    reason: str = Field(examples=["asked_for_person"])


class ConversationQuery(PageQuery):
    """Filters; every one given must hold."""

    customer_id: RecordId | None = None
    channel: Word | None = Field(None, examples=["telegram"])
    control: Control | None = None


def conversations_router(store: Store, gate: KeyGate) -> APIRouter:
    """Needs `conversations:read`."""
    router = APIRouter(
        prefix="/conversations",
        tags=["conversations"],
        dependencies=[Depends(gate.needs(KeyScope.CONVERSATIONS_READ))],
        responses=documented(401, 403, 422, 429, 503),
    )

    @router.get("", summary="List conversations")
    async def page(wanted: Annotated[ConversationQuery, Query()]) -> PageOut[ConversationOut]:
        filters = ConversationsWanted(wanted.customer_id, wanted.channel, wanted.control)
        async with store.transaction() as crm:
            found = await crm.records.conversations.page(filters, wanted.asked())
        return PageOut(items=[ConversationOut.model_validate(row) for row in found.items], next=found.next)

    @router.get("/{conversation_id}", summary="Get one conversation", responses=documented(404))
    async def one(conversation_id: IdInPath) -> ConversationOut:
        async with store.transaction() as crm:
            found = await crm.records.conversations.get(conversation_id)
        if found is None:
            raise RecordNotFound("conversation", conversation_id)
        return ConversationOut.model_validate(found)

    @router.get("/{conversation_id}/events", summary="List its events, oldest first", responses=documented(404))
    async def events(conversation_id: IdInPath, wanted: Annotated[PageQuery, Query()]) -> PageOut[ConversationEventOut]:
        async with store.transaction() as crm:
            if await crm.records.conversations.get(conversation_id) is None:
                raise RecordNotFound("conversation", conversation_id)
            found = await crm.records.conversations.events(conversation_id, wanted.asked())
        return PageOut(items=[ConversationEventOut.model_validate(row) for row in found.items], next=found.next)

    return router
