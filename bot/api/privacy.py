"""/api/v1/customers/{member}: what passed between us, everything that is held, and an end to it."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from bot.api.keys import KeyGate
from bot.api.paging import MOST, Word
from bot.api.refusals import RecordNotFound, documented
from bot.files.erased import remove_erased
from bot.files.vault import Vault
from crm_store.cases.events import By
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.keys import ApiKey, KeyScope
from crm_store.people.customers import Customer
from crm_store.staff.audit import Deed

type Member = Annotated[
    str,
    Path(pattern=r"^([Mm][0-9]{8}|[1-9][0-9]{0,17})$", description="Member number, or the id", examples=["M10000001"]),
]


class ReceiptLineOut(BaseModel):
    """One thing that happened."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    kind: str = Field(
        description="`asked`, `agreed`, `wished`, `planned`, `held`, `sent`, `failed`, `unknown`, `read`, `answered`, "
        "`stopped`",
        examples=["sent"],
    )
    purpose: str | None = Field(description="`service`, `care`, `survey`, `promotion`", examples=["care"])
    channel: str | None = Field(examples=["telegram"])
    detail: dict[str, Any] = Field(examples=[{"occurrence": 12, "campaign": "Birthdays", "delivery": "delivered"}])


class ReceiptOut(BaseModel):
    """One page, newest first."""

    items: list[ReceiptLineOut]
    next: str | None = Field(description="Ask for the lines before these with `after` = this", examples=[None])


class ReceiptQuery(BaseModel):
    """Where the page begins."""

    model_config = ConfigDict(extra="forbid")

    after: Word | None = None
    limit: int = Field(50, ge=1, le=MOST)


class ErasedOut(BaseModel):
    """`known` when they had been erased before; what came in since then is gone, too."""

    customer_id: int = Field(examples=[4711])
    known: bool = Field(examples=[False])


def privacy_router(store: Store, gate: KeyGate, vault: Vault) -> APIRouter:
    """Needs `privacy:read` to look and `privacy:erase` to erase."""
    router = APIRouter(prefix="/customers", tags=["privacy"], responses=documented(401, 403, 404, 422, 429, 503))
    reads = [Depends(gate.needs(KeyScope.PRIVACY_READ))]

    @router.get("/{member}/receipt", summary="Get the contact receipt of one person", dependencies=reads)
    async def receipt(member: Member, asked: Annotated[ReceiptQuery, Query()]) -> ReceiptOut:
        async with store.transaction() as crm:
            found = await _found(crm, member)
            page = await crm.receipts.of(found.id, asked.after, asked.limit)
        return ReceiptOut(items=[ReceiptLineOut.model_validate(line) for line in page.lines], next=page.next)

    @router.get("/{member}/export", summary="Get everything held on one person")
    async def export(
        member: Member, key: Annotated[ApiKey, Depends(gate.needs(KeyScope.PRIVACY_READ))]
    ) -> StreamingResponse:
        async with store.transaction() as crm:
            customer_id = (await _found(crm, member)).id
            crm.audit.note(Deed(None, "exported", "customer", str(customer_id), {"by": f"api:{key.name}"}), gate.now())
        name = {"Content-Disposition": f'attachment; filename="customer-{customer_id}.json"'}
        return StreamingResponse(_pieces(store, customer_id, gate.now()), media_type="application/json", headers=name)

    @router.delete("/{member}", summary="Erase one person; the lesson is kept")
    async def erase(
        member: Member,
        reason: Annotated[Word, Query(description="On whose word, e.g. the number of a letter")],
        key: Annotated[ApiKey, Depends(gate.needs(KeyScope.PRIVACY_ERASE))],
    ) -> ErasedOut:
        async with store.transaction() as crm:
            found = await _found(crm, member)
            erased = await crm.erasures.erase(found.id, By(f"api:{key.name}"), reason, gate.now())
        await remove_erased(store, vault)
        return ErasedOut(customer_id=erased.customer_id, known=not erased.fresh)

    return router


async def _found(crm: Crm, member: str) -> Customer:
    """An erased member has no number any more: they are found by their id."""
    by_id = member.isdigit()
    found = await crm.customers.get(int(member)) if by_id else await crm.customers.with_number(member)
    if found is None:
        raise RecordNotFound("customer", member)
    return found


async def _pieces(store: Store, customer_id: int, now: datetime) -> AsyncIterator[str]:
    """In a transaction of its own, as long as somebody reads."""
    async with store.transaction() as crm:
        async for piece in crm.exports.of(customer_id, now):
            yield piece
