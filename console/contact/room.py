"""GET /contact/{customer_id}, POST …/export and …/erase: everything that passed between us and one person."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response, StreamingResponse

from bot.files.erased import remove_erased
from console.contact.telling import SHOWN, ReceiptTeller
from console.customer.wishes import WishTeller
from console.frame.frame import Frame
from console.frame.room import CASE_STAFF, EVERYBODY, Room
from console.frame.visit import Here, NotThere, Visit, visiting
from crm_store.cases.events import By
from crm_store.crm import Crm
from crm_store.people.consent import Who
from crm_store.people.customers import Customer
from crm_store.privacy.erasures import MOST_REASON
from crm_store.records.page import CursorUnknown
from crm_store.staff.audit import Deed
from crm_store.staff.members import Role

LARGEST = 10**18
ON_A_PAGE = 50
Reason = Annotated[str, Form(max_length=MOST_REASON)]
Sure = Annotated[bool, Form()]


def contact_room(frame: Frame) -> Room:
    router = APIRouter()

    @router.get("/contact/{customer_id}")
    async def contact(request: Request, visit: Here, customer_id: int, show: str = "all", after: str = "") -> Response:
        values = await _receipt(frame, visit, customer_id, (show, after))
        return frame.page(request, "contact/contact.html", **values)

    _privacy(router, frame)
    return Room("contact", router, EVERYBODY)


def _privacy(router: APIRouter, frame: Frame) -> None:
    @router.post("/contact/{customer_id}/export")
    async def export(request: Request, visit: Here, customer_id: int, reason: Reason = "") -> Response:
        visit.require(Role.ADMIN)
        if not reason.strip():
            return await _again(frame, request, customer_id, "export")
        async with frame.store.transaction() as crm:
            found = await _customer(crm, customer_id)
            deed = Deed(visit.staff.id, "exported", "customer", str(found.id), {"reason": reason.strip()})
            crm.audit.note(deed, visit.now)
        headers = {"Content-Disposition": f'attachment; filename="customer-{customer_id}.json"'}
        pieces = _pieces(frame, customer_id, visit.now)
        return StreamingResponse(pieces, media_type="application/json", headers=headers)

    @router.post("/contact/{customer_id}/erase")
    async def erase(
        request: Request, visit: Here, customer_id: int, reason: Reason = "", sure: Sure = False
    ) -> Response:
        visit.require(Role.ADMIN)
        if not reason.strip() or not sure:
            return await _again(frame, request, customer_id, "erase", reason)
        async with frame.store.transaction() as crm:
            found = await _customer(crm, customer_id)
            erased = await crm.erasures.erase(found.id, By("staff", visit.staff.id), reason.strip(), visit.now)
        if frame.house.vault is not None:
            await remove_erased(frame.store, frame.house.vault)
        way = f"/console/contact/{customer_id}"
        return frame.go(way, "contact.erased_now" if erased.fresh else "contact.erased_before")


async def _again(frame: Frame, request: Request, customer_id: int, problem: str, reason: str = "") -> Response:
    """The page once more, with what was typed and what is missing."""
    values = await _receipt(frame, visiting(request), customer_id, ("all", ""))
    return frame.page(request, "contact/contact.html", 422, **{**values, "problem": problem, "reason": reason})


async def _receipt(frame: Frame, visit: Visit, customer_id: int, wanted: tuple[str, str]) -> dict[str, Any]:
    """The values of ``contact/contact.html``. Raises `NotThere`."""
    show, after = wanted
    shown = show if show in SHOWN else "all"
    teller = ReceiptTeller(WishTeller(frame.texts, visit.language))
    async with frame.store.transaction() as crm:
        who = await _customer(crm, customer_id)
        await crm.audit.viewed(visit.staff.id, "customer", customer_id, visit.now)
        try:
            page = await crm.receipts.of(customer_id, after or None, ON_A_PAGE, SHOWN[shown])
        except CursorUnknown:
            after, page = "", await crm.receipts.of(customer_id, None, ON_A_PAGE, SHOWN[shown])
        person = Who(None, customer_id)
        return {
            "who": who,
            "lines": [teller.line(line) for line in page.lines],
            "next": page.next,
            "after": after,
            "show": shown,
            "shows": tuple(SHOWN),
            "rules": await crm.preferences.of(person),
            "occasions": await crm.preferences.occasions_of(person),
            "standing": await crm.consent.standing(person),
            "wishes": teller.wishes,
            "sees_cases": visit.role in CASE_STAFF,
            "problem": "",
            "reason": "",
            "most_reason": MOST_REASON,
        }


async def _customer(crm: Crm, customer_id: int) -> Customer:
    """Raises `NotThere`."""
    found = await crm.customers.get(customer_id) if 0 < customer_id < LARGEST else None
    if found is None:
        raise NotThere
    return found


async def _pieces(frame: Frame, customer_id: int, now: datetime) -> AsyncIterator[str]:
    """In a transaction of its own, as long as somebody reads."""
    async with frame.store.transaction() as crm:
        async for piece in crm.exports.of(customer_id, now):
            yield piece
