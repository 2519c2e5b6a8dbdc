"""GET /search?q=…: what the field in the bar asks."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from console.frame.frame import Frame
from console.frame.room import CASE_STAFF, Room
from console.frame.visit import Here
from console.search.marking import marked
from crm_store.search.search import TooManyHits

Words = Annotated[str, Query(max_length=200)]


def search_room(frame: Frame) -> Room:
    router = APIRouter()

    @router.get("/search")
    async def search(request: Request, visit: Here, q: Words = "") -> Response:
        found, problem = None, ""
        try:
            async with frame.store.transaction() as crm:
                found = await crm.search.find(visit.scope, q) if q.strip() else None
        except TooManyHits:
            problem = "search.too_many"
        return frame.page(request, "search/found.html", asked=q, found=found, problem=problem, marked=marked)

    return Room("search", router, CASE_STAFF)
