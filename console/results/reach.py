"""Everything the report over all campaigns shows, read in one transaction."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import Request

from console.charts.drawing import Columns, Place, columns
from console.frame.frame import Frame
from console.frame.visit import Visit
from console.reports.measures import Measures
from console.reports.period import SPANS, Period, period_of
from crm_store.crm import Crm
from crm_store.decision.message import Cap, Policy
from crm_store.people.consent import Purpose

COUNTED = (Purpose.CARE, Purpose.SURVEY, Purpose.PROMOTION)
WHOLE_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class CapAsked:
    """The tightest of the shop's limits of a kind: `limit` messages of `purposes` in any `within`; None: no limit."""

    name: str
    purposes: tuple[Purpose, ...]
    limit: int | None
    within: timedelta

    @property
    def days(self) -> int:
        return max(1, round(self.within.total_seconds() / 86_400))


@dataclass(frozen=True)
class Often:
    """How many people got how much, beside the cap. `over`: people above it."""

    cap: CapAsked
    people: dict[int, int]
    chart: Columns

    @property
    def over(self) -> int:
        limit = self.cap.limit
        return sum(many for times, many in self.people.items() if limit is not None and times > limit)


def caps_of(policy: Policy) -> list[CapAsked]:
    """For everything, and for promotions."""
    kinds: list[tuple[str, tuple[Purpose, ...], tuple[Cap, ...]]] = [
        ("overall", COUNTED, policy.overall),
        ("promotion", (Purpose.PROMOTION,), policy.by_purpose.get(Purpose.PROMOTION, ())),
    ]
    found = []
    for name, purposes, caps in kinds:
        cap = min(caps, key=_tightness, default=None)
        found.append(CapAsked(name, purposes, cap.count if cap else None, cap.within if cap else WHOLE_WEEK))
    return found


def period_asked(frame: Frame, request: Request, visit: Visit) -> Period:
    """The last ninety days where the address says nothing."""
    return period_of({"days": "90", **request.query_params}, visit.now, frame.house.zone)


async def reach_of(frame: Frame, request: Request, visit: Visit) -> dict[str, Any]:
    """The values of `results/reach.html`."""
    period = period_asked(frame, request, visit)
    start, end = period.span.start, period.span.end
    async with frame.store.transaction() as crm:
        values: dict[str, Any] = {
            "proof": await crm.proofs.between(start, end),
            "reasons": await crm.reach.reasons(start, end),
            "displaced": await crm.reach.displaced(start, end),
            "held": await crm.reach.held_by_cases(start, end),
            "opt_outs": await crm.reach.opt_outs(start, end),
            "often": await _often(frame, crm, visit, period),
        }
    values["most"] = max((row.touches for row in values["reasons"]), default=1)
    measures = Measures(frame.texts, visit.language)
    return values | {"period": period, "spans": SPANS, "quarter": _quarter(period.last), "measures": measures}


async def _often(frame: Frame, crm: Crm, visit: Visit, period: Period) -> list[Often]:
    found = []
    for cap in caps_of(await crm.contact_policies.current()):
        people = await crm.reach.how_often(period.span.start, period.span.end, cap.purposes, cap.within)
        found.append(Often(cap, people, _chart(frame, visit.language, people, cap, period)))
    return found


def _chart(frame: Frame, language: str, people: dict[int, int], cap: CapAsked, period: Period) -> Columns:
    """By number of messages, one column each up to the cap at least; what is above it in a tone of its own."""

    def place(times: int) -> Place:
        says = frame.say(language, "results.often_says", n=times, people=people.get(times, 0), days=cap.days)
        way = urlencode({**period.named, "why": "often", "cap": cap.name, "times": times})
        return Place(str(times), says, (f"/console/reach/people?{way}",) * 2)

    times = range(1, max([*people, cap.limit or 0, 1]) + 1)
    fits = [cap.limit is None or each <= cap.limit for each in times]
    values = [
        [people.get(each, 0), 0] if fit else [0, people.get(each, 0)] for each, fit in zip(times, fits, strict=True)
    ]
    return columns([place(each) for each in times], values)


def _tightness(cap: Cap) -> float:
    return cap.count / cap.within.total_seconds()


def _quarter(today: date) -> dict[str, str]:
    """The quarter of the year so far, as an address asks for it."""
    first = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    return {"first": first.isoformat(), "last": today.isoformat()}
