"""GET /campaigns/{id}/people, /campaigns/{id}/people/{firing}/{customer} and …/now; POST …/settle."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from console.campaigns.page import campaign_of
from console.frame.frame import Frame
from console.frame.room import Room
from console.frame.visit import Here, NotThere, Visit
from console.plans.moments import Moments
from console.plans.room import MARKETERS
from console.recipients.gates import Gates
from console.recipients.listing import Asked, RecipientsListing
from crm_store.crm import Crm
from crm_store.planning.touches import TouchState
from crm_store.planning.why import Why
from crm_store.plans.triggers import Firing
from crm_store.sending.adrift import NotUnknown
from crm_store.staff.audit import Deed


def recipients_room(frame: Frame) -> Room:
    router = APIRouter()
    listing, whys = RecipientsListing(frame), Answers(frame)

    @router.get("/campaigns/{campaign_id}/people")
    async def people(request: Request, visit: Here, campaign_id: int, asked: Annotated[Asked, Query()]) -> Response:
        async with frame.store.reading() as crm:
            values = await listing.values(crm, campaign_id, visit, asked)
        return frame.page(request, "recipients/people.html", **values)

    @router.get("/campaigns/{campaign_id}/people/{firing_id}/{customer_id}")
    async def person(request: Request, visit: Here, campaign_id: int, firing_id: int, customer_id: int) -> Response:
        async with frame.store.transaction() as crm:
            values = await whys.values(crm, visit, (campaign_id, firing_id, customer_id))
            await crm.audit.viewed(visit.staff.id, "customer", customer_id, visit.now)
        return frame.page(request, "recipients/person.html", **values)

    @router.get("/campaigns/{campaign_id}/people/{firing_id}/{customer_id}/now")
    async def now(visit: Here, campaign_id: int, firing_id: int, customer_id: int) -> Response:
        async with frame.store.transaction() as crm:
            values = await whys.values(crm, visit, (campaign_id, firing_id, customer_id), live=True)
        return HTMLResponse(frame.part(visit.language, "recipients/now.html", **values))

    _settling(router, frame, whys)
    return Room("recipients", router, MARKETERS)


def _settling(router: APIRouter, frame: Frame, whys: "Answers") -> None:
    @router.post("/campaigns/{campaign_id}/people/{firing_id}/{customer_id}/settle")
    async def settle(
        visit: Here, campaign_id: int, firing_id: int, customer_id: int, arrived: Annotated[bool, Form()]
    ) -> Response:
        here = f"/console/campaigns/{campaign_id}/people/{firing_id}/{customer_id}"
        async with frame.store.transaction() as crm:
            why = await whys.why(crm, visit, (campaign_id, firing_id, customer_id))
            outbox_id = why.touch.outbox_id if why.touch is not None else None
            if outbox_id is None:
                return frame.go(here, "recipients.not_unknown", tone="warn")
            try:
                await crm.sending.settle_unknown(outbox_id, arrived, visit.staff.login, visit.now)
            except NotUnknown:
                return frame.go(here, "recipients.not_unknown", tone="warn")
            detail = {"customer": customer_id, "firing": firing_id, "arrived": arrived}
            crm.audit.note(Deed(visit.staff.id, "settled", "campaign", str(campaign_id), detail), visit.now)
        return frame.go(here, "recipients.settled")


class Answers:
    """The one place for a person's answer: what was decided, on what it rests, what would be decided now."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    async def why(self, crm: Crm, visit: Visit, about: tuple[int, int, int], live: bool = False) -> Why:
        """Campaign, firing and customer. Raises `NotThere`."""
        campaign_id, firing_id, customer_id = about
        await campaign_of(crm, campaign_id)
        why = await crm.whys.of(firing_id, customer_id, visit.now, live)
        if why is None or why.campaign.id != campaign_id:
            raise NotThere
        return why

    async def values(self, crm: Crm, visit: Visit, about: tuple[int, int, int], live: bool = False) -> dict[str, Any]:
        """For the page and for the part that asks anew. Raises `NotThere`."""
        why = await self.why(crm, visit, about, live)
        customer = await crm.customers.get(about[2])
        if customer is None:
            raise NotThere
        zone = self._frame.house.zone
        gates = Gates(self._frame.texts, visit.language, zone)
        occurrence = why.occurrence
        firing = Firing(occurrence.key, occurrence.due_at, occurrence.expires_at, occurrence.day)
        return {
            "why": why,
            "campaign": why.campaign,
            "customer": customer,
            "firing": Moments(self._frame.texts, visit.language, zone).firing(firing, why.plan),
            "gates": gates.kept(why.steps),
            "live": why.live,
            "live_gates": gates.live(why.live) if why.live else [],
            "unknown": why.touch is not None and why.touch.state == TouchState.UNKNOWN,
        }
