"""Pure: the days on which a message was asked about and goes, each a strip of 24 hours with what is allowed of it."""

from dataclasses import dataclass
from datetime import date, datetime

from crm_store.decision.day import OpenDay
from crm_store.decision.windows import DAY, Spans
from crm_store.decision.zones import zone_named

WIDTH = 288.0


@dataclass(frozen=True)
class Mark:
    """`kind`: `asked` or `goes`; `clock` on the wall there."""

    kind: str
    x: float
    clock: str


@dataclass(frozen=True)
class DayStrip:
    """One local day. `open`: where each allowed stretch begins and how wide it is; none on a closed day."""

    day: date
    is_closed: bool
    open: list[tuple[float, float]]
    hours: list[tuple[str, str]]
    marks: list[Mark]


def strips(day: OpenDay, asked: datetime, goes: datetime | None) -> list[DayStrip]:
    """The day it was asked on and, if that is another one, the day it goes."""
    zone = zone_named(day.zone)
    walls = [("asked", asked.astimezone(zone)), *([("goes", goes.astimezone(zone))] if goes is not None else [])]
    drawn = []
    for on in dict.fromkeys(wall.date() for _, wall in walls):
        marks = [Mark(kind, _x(_minute(wall)), f"{wall:%H:%M}") for kind, wall in walls if wall.date() == on]
        closed = on.isoformat() in day.closed
        shown = () if closed else day.open
        drawn.append(DayStrip(on, closed, stretches(shown), clocks(shown), marks))
    return drawn


def stretches(spans: Spans) -> list[tuple[float, float]]:
    return [(_x(start), round(_x(end) - _x(start), 1)) for start, end in spans]


def clocks(spans: Spans) -> list[tuple[str, str]]:
    """From and to, on the wall; what crosses midnight is one stretch."""
    listed = list(spans)
    if len(listed) > 1 and listed[0][0] == 0 and listed[-1][1] == DAY:
        listed = [*listed[1:-1], (listed[-1][0], listed[0][1])]
    return [(_clock(start), _clock(end)) for start, end in listed]


def _minute(wall: datetime) -> int:
    return wall.hour * 60 + wall.minute


def _x(minute: int) -> float:
    return round(minute / DAY * WIDTH, 1)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
