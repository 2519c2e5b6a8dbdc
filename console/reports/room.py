"""GET /reports, /reports/cases, /reports/costs, /reports/export: every figure opens to what stands behind it."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from console.frame.frame import Frame
from console.frame.room import LEADERS, RailItem, Room
from console.frame.visit import Here, NotThere
from console.reports.file import file_of
from console.reports.measures import Measures
from console.reports.naming import Naming
from console.reports.overview import overview_of
from console.reports.period import Period, group_of, period_of
from crm_store.desk.report_cases import CONDITIONS, Group
from crm_store.desk.reports import Behind
from crm_store.remedies.register import Given

ON_A_PAGE = 50
HOME = "/console/reports"
Word = Annotated[str | None, Query(max_length=200)]
After = Annotated[int | None, Query(ge=1, lt=2**62)]


def reports_room(frame: Frame) -> Room:
    router = APIRouter()

    @router.get("/reports")
    async def reports(request: Request, visit: Here) -> Response:
        period = period_of(request.query_params, visit.now, frame.house.zone)
        async with frame.store.transaction() as crm:
            values = await overview_of(frame, crm, visit, period, group_of(request.query_params))
        return frame.page(request, "reports/reports.html", **values)

    _behind(router, frame)
    _costs(router, frame)
    return Room("reports", router, LEADERS, RailItem("reports", order=40, path=HOME, key="r"))


def _wanted(request: Request, period: Period, value: str | None) -> Behind:
    """Raises `NotThere` for a figure nobody counts."""
    figure = request.query_params.get("figure", "opened")
    if figure not in CONDITIONS:
        raise NotThere
    by = group_of(request.query_params) if value is not None else Group.NONE
    return Behind(figure, period.span, by, value)


def _behind(router: APIRouter, frame: Frame) -> None:
    @router.get("/reports/cases")
    async def cases(request: Request, visit: Here, value: Word = None, after: After = None) -> Response:
        period = period_of(request.query_params, visit.now, frame.house.zone)
        behind = _wanted(request, period, value)
        async with frame.store.transaction() as crm:
            rows = await crm.reports.cases_behind(visit.scope, behind, after, ON_A_PAGE + 1)
            known = await crm.reports.figures(visit.scope, period.span, behind.by) if value is not None else []
            states = await crm.labels.all()
        naming = Naming(frame, visit.language)
        label = next((row.label for row in known if row.value == value), {})
        asked = {**period.named, "figure": behind.figure}
        asked |= {"by": behind.by, "value": value} if value is not None else {}
        return frame.page(
            request,
            "reports/cases.html",
            rows=rows[:ON_A_PAGE],
            older=rows[ON_A_PAGE - 1].complaint_id if len(rows) > ON_A_PAGE else None,
            figure=behind.figure,
            group=naming.of(behind.by, value, label) if value is not None else "",
            by=behind.by,
            period=period,
            query=urlencode(asked),
            after=after,
            states=states,
            measures=Measures(frame.texts, visit.language),
        )

    @router.get("/reports/export")
    async def export(request: Request, visit: Here, value: Word = None) -> Response:
        period = period_of(request.query_params, visit.now, frame.house.zone)
        return await file_of(frame, visit, _wanted(request, period, value), period)


def _costs(router: APIRouter, frame: Frame) -> None:
    @router.get("/reports/costs")
    async def costs(request: Request, visit: Here, cause: Word = None, after: After = None) -> Response:
        period = period_of(request.query_params, visit.now, frame.house.zone)
        which = Given(period.span.start, period.span.end, cause)
        async with frame.store.transaction() as crm:
            rows = await crm.remedies.register.given(visit.scope, which, after, ON_A_PAGE + 1)
        naming = Naming(frame, visit.language)
        return frame.page(
            request,
            "reports/costs.html",
            rows=rows[:ON_A_PAGE],
            older=rows[ON_A_PAGE - 1].id if len(rows) > ON_A_PAGE else None,
            cause=naming.of(Group.CAUSE, cause, {}) if cause is not None else "",
            period=period,
            query=urlencode({**period.named, **({"cause": cause} if cause is not None else {})}),
            after=after,
            naming=naming,
            measures=Measures(frame.texts, visit.language),
        )
