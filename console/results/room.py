"""GET /results, /results/{campaign_id} with its people and its file, and /reach: every figure opens to its people."""

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from console.frame.frame import Frame
from console.frame.room import MARKETERS, Room
from console.frame.visit import Here, NotThere
from console.reports.measures import Measures
from console.results.asked import NARROWS, Asked, wanted_of
from console.results.file import file_of
from console.results.pictures import bounds, hundredths, pictures_of
from console.results.reach import reach_of
from console.results.reach_people import reach_people_router
from console.results.tiles import Tiles
from crm_store.campaigns.campaign import Campaign
from crm_store.campaigns.campaign_reads import CampaignMissing
from crm_store.crm import Crm
from crm_store.results.intervals import FEWEST_BUYERS, FEWEST_PEOPLE
from crm_store.results.people import CONDITIONS

BACK = timedelta(days=365)
ON_A_PAGE = 50
LARGEST = 2**62
After = Annotated[str, Query(max_length=50, pattern=r"^(\d{1,18}-\d{1,18})?$")]


def results_room(frame: Frame) -> Room:
    router = APIRouter()

    @router.get("/results")
    async def results(request: Request, visit: Here) -> Response:
        async with frame.store.transaction() as crm:
            rows = await crm.results.all(visit.now, frame.house.zone.key, BACK)
        return frame.page(request, "results/list.html", rows=rows, measures=Measures(frame.texts, visit.language))

    @router.get("/results/{campaign_id}")
    async def result(request: Request, visit: Here, campaign_id: int) -> Response:
        async with frame.store.transaction() as crm:
            campaign = await found(crm, campaign_id)
            told = await crm.results.of(campaign_id, visit.now, frame.house.zone.key)
        to = f"/console/results/{campaign_id}/people"
        return frame.page(
            request,
            "results/campaign.html",
            campaign=campaign,
            result=told,
            to=to,
            tiles=Tiles(frame, visit.language, told, to).all(),
            pictures=pictures_of(frame, visit.language, told, to),
            measures=Measures(frame.texts, visit.language),
            hundredths=hundredths,
            bounds=bounds,
            fewest={"people": FEWEST_PEOPLE, "buyers": FEWEST_BUYERS},
        )

    _behind(router, frame)

    @router.get("/reach")
    async def reach(request: Request, visit: Here) -> Response:
        return frame.page(request, "results/reach.html", **await reach_of(frame, request, visit))

    router.include_router(reach_people_router(frame))

    return Room("results", router, MARKETERS)


async def found(crm: Crm, campaign_id: int) -> Campaign:
    """Raises `NotThere`."""
    if not 0 < campaign_id < LARGEST:
        raise NotThere
    try:
        return await crm.campaigns.get(campaign_id)
    except CampaignMissing:
        raise NotThere from None


def _behind(router: APIRouter, frame: Frame) -> None:
    @router.get("/results/{campaign_id}/people")
    async def people(
        request: Request, visit: Here, campaign_id: int, asked: Annotated[Asked, Query()], after: After = ""
    ) -> Response:
        wanted = wanted_of(campaign_id, asked, frame.house.zone.key)
        async with frame.store.transaction() as crm:
            campaign = await found(crm, campaign_id)
            rows = await crm.result_people.page(wanted, visit.now, _place(after), ON_A_PAGE)
        last = rows[ON_A_PAGE - 1] if len(rows) > ON_A_PAGE else None
        return frame.page(
            request,
            "results/people.html",
            campaign=campaign,
            rows=rows[:ON_A_PAGE],
            figure=wanted.figure,
            figures=tuple(CONDITIONS),
            narrowed={name: getattr(wanted, name) for name in NARROWS if getattr(wanted, name)},
            query=urlencode(_again(wanted.figure, asked)),
            after=after,
            older=f"{last.occurrence_id}-{last.customer_id}" if last else "",
            measures=Measures(frame.texts, visit.language),
        )

    @router.get("/results/{campaign_id}/export")
    async def export(visit: Here, campaign_id: int, asked: Annotated[Asked, Query()]) -> Response:
        async with frame.store.transaction() as crm:
            await found(crm, campaign_id)
        return await file_of(frame, visit, wanted_of(campaign_id, asked, frame.house.zone.key, "meant"))


def _place(after: str) -> tuple[int, int] | None:
    occurrence, _, customer = after.partition("-")
    return (int(occurrence), int(customer)) if customer else None


def _again(figure: str, asked: Asked) -> dict[str, str]:
    told = {name: str(getattr(asked, name)) for name in NARROWS if getattr(asked, name)}
    return {"figure": figure, **told}
