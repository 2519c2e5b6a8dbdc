"""GET /campaigns, /campaigns/{id}: the list and one campaign, both live."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from console.campaigns.beginning import beginning_routes, offered
from console.campaigns.deeds import HOME, deed_routes
from console.campaigns.listing import OPEN, Listing
from console.campaigns.page import CampaignPage
from console.campaigns.progress import ProgressParts
from console.frame.frame import Frame
from console.frame.room import RailItem, Room
from console.frame.visit import Here
from console.live.part import Hears, LivePart, Shown
from console.plans.room import MARKETERS

REST = 1.0
"""Seconds between two looks at how far it has come: whoever watches is to see it move, not each message."""


def campaigns_room(frame: Frame) -> Room:
    router = APIRouter()
    listing, progress = Listing(frame), ProgressParts(frame)
    page = CampaignPage(frame, progress)

    @router.get("/campaigns")
    async def listed(request: Request, visit: Here, view: str = OPEN, purpose: str = "") -> Response:
        async with frame.store.reading() as crm:
            values = await listing.values(crm, visit.language, view, purpose, visit.now)
        return frame.page(request, "campaigns/campaigns.html", offered=offered(), **values)

    beginning_routes(router, frame)

    @router.get("/campaigns/{campaign_id}")
    async def one(request: Request, visit: Here, campaign_id: int) -> Response:
        async with frame.store.transaction() as crm:
            values = await page.values(crm, campaign_id, visit)
        return frame.page(request, "campaigns/campaign.html", **values)

    deed_routes(router, frame)
    parts = (
        LivePart("campaigns.list", {"campaign": Hears.ALL}, listing.live, MARKETERS, rest=REST),
        LivePart("campaigns.progress", {"campaign": Hears.NUMBER}, progress.live, MARKETERS, rest=REST),
        LivePart("campaigns.ahead", {"campaign": Hears.NUMBER}, progress.waiting, MARKETERS, rest=REST),
        LivePart("campaigns.deeds", {"campaign": Hears.NUMBER}, page.live_head, MARKETERS, Shown.PERSON),
    )
    return Room("campaigns", router, MARKETERS, RailItem("megaphone", order=61, path=HOME, key="g"), parts)
