"""Everything a report shows, read in one transaction."""

from typing import Any

from console.charts.drawing import shares
from console.frame.frame import Frame
from console.frame.visit import Visit
from console.reports.course import course_of
from console.reports.measures import Measures
from console.reports.naming import Naming
from console.reports.period import SPANS, Period
from console.reports.tiles import Tiles
from crm_store.crm import Crm
from crm_store.desk.report_cases import Group
from crm_store.desk.reports import Figures

GROUPS = (
    Group.CATEGORY,
    Group.CAUSE,
    Group.PRODUCT,
    Group.STORE,
    Group.TEAM,
    Group.HANDLER,
    Group.CHANNEL,
    Group.DAY,
)
MOST = 100
"""Groups shown; the rest is in the file."""


async def overview_of(frame: Frame, crm: Crm, visit: Visit, period: Period, by: Group) -> dict[str, Any]:
    """The values of `reports/reports.html`."""
    scope, span, earlier = visit.scope, period.span, period.before.span
    whole, bot_before = await _whole(crm, visit, period), await _whole(crm, visit, period.before)
    days = await crm.reports.figures(scope, span, Group.DAY)
    groups = days if by is Group.DAY else await crm.reports.figures(scope, span, by)
    costs = await crm.remedies.past.cost_by_cause(scope, span.start, span.end)
    costs_before = await crm.remedies.past.cost_by_cause(scope, earlier.start, earlier.end)
    values = {"period": period, "spans": SPANS, "by": by, "groups_by": GROUPS, "whole": whole, "costs": costs}
    values |= {"measures": Measures(frame.texts, visit.language), "naming": Naming(frame, visit.language)}
    values |= {
        "groups": groups[:MOST],
        "more": max(len(groups) - MOST, 0),
        "shares": shares,
        "course": None,
        "tiles": [],
    }
    if whole is None:
        return values
    course = course_of(frame, visit.language, period, days)
    tiles = Tiles(frame, visit.language, period, whole, bot_before, course.sparks)
    return values | {"course": course, "tiles": tiles.all(costs, costs_before)}


async def _whole(crm: Crm, visit: Visit, period: Period) -> Figures | None:
    found = await crm.reports.figures(visit.scope, period.span)
    return found[0] if found else None
