"""GET and POST /cases/new: a case taken at the counter or on the phone, where no conversation is."""

from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from console.frame.frame import Frame
from console.frame.visit import Here, NotThere, Visit
from console.inbox.wanted import CATEGORIES, SEVERITIES
from crm_store.cases.complaints import Complaint, Grievance, Opener
from crm_store.cases.events import By
from crm_store.cases.facts import Fact, Origin
from crm_store.crm import Crm
from crm_store.model import Languages
from crm_store.people.customers import Customer
from crm_store.people.identities import ChannelIdentity
from crm_store.search.search import CustomerHit, TooManyHits
from crm_store.staff.audit import Deed

WAYS = ("phone", "counter", "letter", "other")
NOBODY = "nobody"


class NewCase(BaseModel):
    """The form. `whose` is ``customer-12``, ``address-5`` or ``nobody``; the same `key` opens one case."""

    key: str = Field(pattern=r"^[0-9a-f]{16}$")
    whose: str = Field(NOBODY, pattern=r"^(customer-\d{1,17}|address-\d{1,17}|nobody)$")
    name: str = Field("", max_length=120)
    phone: str = Field("", max_length=40)
    way: str = Field("phone", max_length=20)
    language: str = Field("en", max_length=2)
    category: str = Field("other", max_length=40)
    severity: str = Field("normal", max_length=20)
    story: str = Field("", max_length=4000)
    wanted: str = Field("", max_length=300)
    order: str = Field("", max_length=60)
    product: str = Field("", max_length=60)
    store: str = Field("", max_length=60)
    team: int = Field(0, ge=0, lt=10**18)
    mine: str = Field("", max_length=3)


@dataclass(frozen=True)
class Shopper:
    """Whose case it is, as far as that is known."""

    customer_id: int | None
    identity_id: int | None


def opening_routes(router: APIRouter, frame: Frame) -> None:
    @router.get("/cases/new")
    async def blank(request: Request, visit: Here, customer: int = 0) -> Response:
        async with frame.store.transaction() as crm:
            known = await crm.customers.get(customer) if 0 < customer < 10**18 else None
            whose = f"customer-{known.id}" if known else NOBODY
            form = NewCase(key=token_hex(8), whose=whose, language=known.language if known else visit.language)
            values = await _shown(crm, visit, form)
        return frame.page(request, "case/new.html", **values)

    @router.get("/cases/new/people")
    async def people(visit: Here, q: str = "") -> Response:
        async with frame.store.transaction() as crm:
            found = await _people(crm, visit, q.strip()[:120])
        return HTMLResponse(frame.part(visit.language, "case/people.html", people=found, asked=bool(q.strip())))

    @router.post("/cases/new")
    async def open_case(request: Request, visit: Here, new: Annotated[NewCase, Form()]) -> Response:
        async with frame.store.transaction() as crm:
            problem = await _wrong(crm, new)
            if problem:
                values = await _shown(crm, visit, new, problem)
            else:
                case = await _opened(crm, visit, new)
                # The same form sent again opens no second case; what came of the first may be out of sight by now.
                is_seen, number = visit.scope.may_see(case.team_id), case.number
        if problem:
            return frame.page(request, "case/new.html", 422, **values)
        to = f"/console/cases/{number}" if is_seen else "/console/inbox"
        return frame.go(to, "case.done_opened", number=number)


async def _people(crm: Crm, visit: Visit, words: str) -> list[CustomerHit]:
    try:
        return (await crm.search.find(visit.scope, words, 8)).customers if words else []
    except TooManyHits:
        return []


async def _shown(crm: Crm, visit: Visit, form: NewCase, problem: str = "") -> dict[str, Any]:
    teams = await crm.staff.teams()
    shopper = await _shopper(crm, form.whose)
    return {
        "form": form,
        "problem": problem,
        "known_one": await crm.customers.get(shopper.customer_id) if shopper.customer_id else None,
        "address": await crm.session.get(ChannelIdentity, shopper.identity_id) if shopper.identity_id else None,
        "teams": [team for team in teams if visit.scope.sees_everything or team.id in visit.scope.teams],
        "stores": await crm.stores.all(),
        "categories": CATEGORIES,
        "severities": SEVERITIES,
        "ways": WAYS,
        "languages": Languages,
    }


async def _wrong(crm: Crm, new: NewCase) -> str:
    """The sentence that says what is wrong with it; empty when nothing is."""
    if not new.story.strip():
        return "case.new_needs_story"
    if new.category not in CATEGORIES or new.severity not in SEVERITIES or new.way not in WAYS:
        return "frame.invalid"
    if new.language not in Languages:
        return "frame.invalid"
    if new.product.strip() and new.product.strip() not in await crm.products.by_sku([new.product.strip()]):
        return "case.product_unknown"
    if new.store and new.store not in {store.code for store in await crm.stores.all()}:
        return "case.store_unknown"
    return ""


async def _shopper(crm: Crm, whose: str) -> Shopper:
    """Raises `NotThere` for somebody who does not exist."""
    kind, _, key = whose.partition("-")
    if kind == NOBODY:
        return Shopper(None, None)
    if kind == "customer":
        if await crm.session.get(Customer, int(key)) is None:
            raise NotThere
        return Shopper(int(key), None)
    identity = await crm.session.get(ChannelIdentity, int(key))
    if identity is None:
        raise NotThere
    return Shopper(identity.customer_id, identity.id)


async def _opened(crm: Crm, visit: Visit, new: NewCase) -> Complaint:
    shopper, by = await _shopper(crm, new.whose), By("staff", visit.staff.id)
    key = f"staff:{visit.staff.id}:{new.key}"
    opener = Opener(shopper.identity_id, shopper.customer_id, None, None, source="staff", source_key=key, by=by)
    told = Grievance(
        new.category,
        new.severity,
        new.story.strip(),
        new.wanted.strip(),
        new.order.strip() or None,
        new.language,
        product_sku=new.product.strip() or None,
        store_code=new.store or None,
    )
    case = await crm.complaints.open(opener, told, visit.now)
    if case.opened_at != visit.now or case.assignee_id is not None:
        return case
    extras = {"through": new.way, "name": new.name.strip(), "phone": new.phone.strip()}
    for name, value in extras.items():
        if value:
            await crm.facts.say(case.id, Fact(name, value, Origin.STAFF), by, visit.now)
    await _handed_out(crm, visit, new, case)
    crm.audit.note(Deed(visit.staff.id, "opened", "complaint", str(case.id), {"through": new.way}), visit.now)
    return case


async def _handed_out(crm: Crm, visit: Visit, new: NewCase, case: Complaint) -> None:
    by = By("staff", visit.staff.id)
    if new.team and (visit.scope.sees_everything or new.team in visit.scope.teams):
        await crm.handling.to_team(case.id, new.team, by, visit.now)
    if new.mine:
        await crm.handling.assign(case.id, visit.staff.id, by, visit.now)
