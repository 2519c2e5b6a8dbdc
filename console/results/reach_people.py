"""GET /reach/people: who stands behind a figure of the report over all campaigns."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from console.frame.frame import Frame
from console.frame.visit import Here, NotThere
from console.reports.period import Period
from console.results.reach import caps_of, period_asked
from crm_store.crm import Crm
from crm_store.decision.decision import Reason
from crm_store.planning.touches import TouchState
from crm_store.results.reach_people import NotSentWanted, OftenWanted

ON_A_PAGE = 50
Number = Annotated[int, Field(ge=0, lt=2**62)]


class Behind(BaseModel):
    """As in the address. `why`: a reason, ``displaced``, or ``often`` with the name of a cap and how many `times`."""

    why: str = Field("displaced", max_length=40)
    state: str = Field("", max_length=20)
    campaign: Number = 0
    winner: Number = 0
    cap: str = Field("overall", max_length=20)
    times: Number = 0
    after: str = Field("", max_length=50, pattern=r"^(\d{1,18}(-\d{1,18})?)?$")


def reach_people_router(frame: Frame) -> APIRouter:
    router = APIRouter()

    @router.get("/reach/people")
    async def people(request: Request, visit: Here, asked: Annotated[Behind, Query()]) -> Response:
        period = period_asked(frame, request, visit)
        async with frame.store.transaction() as crm:
            values = await (_often if asked.why == "often" else _not_sent)(crm, period, asked)
        told = {name: value for name, value in asked.model_dump().items() if value and name != "after"}
        query = urlencode({**period.named, **told})
        back = urlencode(period.named)
        return frame.page(
            request, "results/reach_people.html", asked=asked, period=period, query=query, back=back, **values
        )

    return router


async def _not_sent(crm: Crm, period: Period, asked: Behind) -> dict[str, Any]:
    """Raises `NotThere` for a reason or a state there is none of."""
    is_displaced = asked.why == "displaced"
    if not (is_displaced or asked.why in set(Reason)) or asked.state not in {"", *TouchState}:
        raise NotThere
    wanted = NotSentWanted(
        period.span.start,
        period.span.end,
        reason="" if is_displaced else asked.why,
        state=asked.state,
        campaign=asked.campaign,
        winner=asked.winner,
        displaced=is_displaced,
    )
    customer, _, occurrence = (asked.after or "0-0").partition("-")
    rows = await crm.reach_people.not_sent(wanted, (int(customer), int(occurrence or 0)), ON_A_PAGE)
    last = rows[ON_A_PAGE - 1] if len(rows) > ON_A_PAGE else None
    older = f"{last.customer_id}-{last.occurrence_id}" if last else ""
    return {"rows": rows[:ON_A_PAGE], "older": older}


async def _often(crm: Crm, period: Period, asked: Behind) -> dict[str, Any]:
    caps = {each.name: each for each in caps_of(await crm.contact_policies.current())}
    if asked.cap not in caps:
        raise NotThere
    cap = caps[asked.cap]
    wanted = OftenWanted(period.span.start, period.span.end, cap.purposes, cap.within, asked.times)
    rows = await crm.reach_people.often(wanted, int(asked.after.partition("-")[0] or 0), ON_A_PAGE)
    older = str(rows[ON_A_PAGE - 1].customer_id) if len(rows) > ON_A_PAGE else ""
    return {"rows": rows[:ON_A_PAGE], "older": older, "days": cap.days}
