"""GET /customers, /customers/{id} and /addresses/{id}: whom we care for. Nothing is changed here."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from console.customer.telling import SHOWN, PersonTeller
from console.customer.wishes import WishTeller
from console.frame.frame import Frame
from console.frame.room import CASE_STAFF, RailItem, Room
from console.frame.visit import Here, NotThere, Visit
from crm_store.crm import Crm
from crm_store.desk.panel import Panel
from crm_store.people.consent import Who
from crm_store.people.customers import Customer
from crm_store.people.identities import ChannelIdentity
from crm_store.records.page import CursorUnknown
from crm_store.search.search import CustomerHit, TooManyHits
from crm_store.shop.stores import RetailStore
from crm_store.staff.audit import AuditWanted

MOST = 30
LARGEST = 10**18


def customer_room(frame: Frame) -> Room:
    router = APIRouter()

    @router.get("/customers")
    async def start(request: Request, visit: Here, q: str = "") -> Response:
        asked = q.strip()[:200]
        async with frame.store.transaction() as crm:
            hits, problem = await _found(crm, visit, asked)
            lately = await _lately(crm, visit) if not asked else []
        return frame.page(
            request, "customer/start.html", asked=asked, hits=hits, problem=problem, lately=lately, last=MOST
        )

    @router.get("/customers/{customer_id}")
    async def customer(
        request: Request, visit: Here, customer_id: int, show: str = "all", before: str = ""
    ) -> Response:
        async with frame.store.transaction() as crm:
            values = await _customer(frame, crm, visit, customer_id, (show, before))
        return frame.page(request, "customer/customer.html", **values)

    @router.get("/addresses/{identity_id}")
    async def address(request: Request, visit: Here, identity_id: int) -> Response:
        async with frame.store.transaction() as crm:
            values = await _address(frame, crm, visit, identity_id)
        owner = values["identity"].customer_id
        if owner is not None:
            return frame.go(f"/console/customers/{owner}")
        return frame.page(request, "customer/customer.html", **values)

    return Room("customer", router, CASE_STAFF, RailItem("customer", order=60, path="/console/customers", key="k"))


async def _found(crm: Crm, visit: Visit, asked: str) -> tuple[list[CustomerHit], str]:
    try:
        found = await crm.search.find(visit.scope, asked, MOST)
    except TooManyHits:
        return [], "search.too_many"
    return found.customers, "search.too_many" if "customers" in found.too_many else ""


async def _lately(crm: Crm, visit: Visit) -> list[Customer]:
    """Those one has looked at last, the newest first."""
    wanted = AuditWanted(visit.staff.id, "customer", action="viewed", most=40)
    seen = dict.fromkeys(int(entry.subject_id) for entry in await crm.audit.entries(wanted))
    found = [await crm.customers.get(key) for key in list(seen)[:8]]
    return [one for one in found if one is not None and one.erased_at is None]


async def _customer(frame: Frame, crm: Crm, visit: Visit, customer_id: int, wanted: tuple[str, str]) -> dict[str, Any]:
    """The values of ``customer/customer.html``. Raises `NotThere`."""
    show, before = wanted
    today = visit.now.astimezone(frame.house.zone).date()
    known = 0 < customer_id < LARGEST
    panel = await crm.timelines.panel(visit.scope, customer_id, visit.now, today) if known else None
    if panel is None or panel.customer is None:
        raise NotThere
    await crm.audit.viewed(visit.staff.id, "customer", customer_id, visit.now)
    shown = show if show in SHOWN else "all"
    try:
        page = await crm.timelines.of_customer(visit.scope, customer_id, before or None, kinds=SHOWN[shown])
    except CursorUnknown:
        before, page = "", await crm.timelines.of_customer(visit.scope, customer_id, kinds=SHOWN[shown])
    teller = PersonTeller(WishTeller(frame.texts, visit.language), await crm.labels.all())
    return {
        **await _shared(crm, panel, teller),
        "home": await _home(crm, panel.customer),
        "identity": None,
        "lines": [teller.line(entry) for entry in page.entries],
        "next": page.next,
        "before": before,
        "show": shown,
        "shows": tuple(SHOWN),
        "occasions": await crm.preferences.occasions_of(Who(_first_address(panel), customer_id)),
    }


def _first_address(panel: Panel) -> int | None:
    return panel.identities[0].identity_id if panel.identities else None


async def _address(frame: Frame, crm: Crm, visit: Visit, identity_id: int) -> dict[str, Any]:
    """The same for an address. Raises `NotThere`, also where none of its conversations and cases is in sight."""
    today = visit.now.astimezone(frame.house.zone).date()
    identity = await crm.session.get(ChannelIdentity, identity_id) if 0 < identity_id < LARGEST else None
    panel = await crm.timelines.panel_of_address(visit.scope, identity_id, visit.now, today) if identity else None
    if identity is None or panel is None:
        raise NotThere
    is_seen = panel.cases or any(reach.conversation_id for reach in panel.identities)
    if identity.customer_id is None and not is_seen:
        raise NotThere
    await crm.audit.viewed(visit.staff.id, "address", identity_id, visit.now)
    teller = PersonTeller(WishTeller(frame.texts, visit.language), await crm.labels.all())
    return {
        **await _shared(crm, panel, teller),
        "home": None,
        "identity": identity,
        "lines": [],
        "next": None,
        "before": "",
        "show": "all",
        "shows": (),
        "occasions": await crm.preferences.occasions_of(Who(identity_id, None)),
    }


async def _shared(crm: Crm, panel: Panel, teller: PersonTeller) -> dict[str, Any]:
    return {"panel": panel, "states": await crm.labels.all(), "wishes": teller.wishes}


async def _home(crm: Crm, customer: Customer) -> RetailStore | None:
    if customer.home_store_id is None:
        return None
    return next((store for store in await crm.stores.all() if store.id == customer.home_store_id), None)
