"""POST /incidents/{id}/preview and /tell: one word to every shopper concerned, seen as they will see it first."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from console.frame.frame import Frame
from console.frame.visit import Here
from console.incidents.reading import seen_one
from crm_store.incidents.incidents import IncidentOver
from crm_store.incidents.news import IncidentWordsMissing, News
from crm_store.model import Languages
from crm_store.talks.lanes import lane_number

LONGEST = 2000
Words = Annotated[str, Form(max_length=LONGEST)]


def news_router(frame: Frame) -> APIRouter:
    router = APIRouter()

    @router.post("/incidents/{incident_id}/preview")
    async def preview(visit: Here, incident_id: int, en: Words = "", zh: Words = "") -> Response:
        words = _words(en, zh)
        async with frame.store.transaction() as crm:
            await seen_one(crm, visit.scope, incident_id)
            reach = dict(await crm.incident_news.reach(incident_id))
        values: dict[str, Any] = {"words": words, "reach": reach, "told": reach.pop("queued", 0)}
        values |= {"missing": [each for each in Languages if not words[each]]}
        return HTMLResponse(
            frame.part(visit.language, "incidents/preview.html", visit=visit, incident_id=incident_id, **values)
        )

    @router.post("/incidents/{incident_id}/tell")
    async def tell(request: Request, visit: Here, incident_id: int, en: Words = "", zh: Words = "") -> Response:
        to = f"/console/incidents/{incident_id}"
        try:
            async with frame.store.transaction() as crm:
                await seen_one(crm, visit.scope, incident_id)
                told = await crm.incident_news.tell(News(incident_id, _words(en, zh), visit.staff.id), visit.now)
                for lane in sorted(told.lanes):
                    crm.nudge("outbox", lane_number(lane))
                crm.nudge("desk", 0)
        except IncidentWordsMissing:
            return frame.go(to, "incidents.words_missing", tone="bad")
        except IncidentOver:
            return frame.go(to, "incidents.over", tone="warn")
        return frame.go(to, "incidents.told_now", n=told.outcomes.get("queued", 0))

    return router


def _words(en: str, zh: str) -> dict[str, str]:
    typed = (each.replace("\r\n", "\n").strip() for each in (en, zh))
    return dict(zip(Languages, typed, strict=True))
