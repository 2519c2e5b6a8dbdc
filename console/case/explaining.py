"""Pure: why a clock is due when it is, as bars of days and rows of a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm_store.promises.calendar import Span
from crm_store.promises.clocks import Clock
from crm_store.promises.explanation import DayCounted, Explanation

WIDTH = 240
"""Of a day's bar: ten for each hour."""
MOST = 42
"""Days that are drawn; of a longer time the first and the last."""


@dataclass(frozen=True)
class Strip:
    """A piece of a day's bar. `looks` is ``counted``, ``to-come`` or ``paused``."""

    x: float
    width: float
    looks: str


@dataclass(frozen=True)
class DayBar:
    """One local day. `total` is what has been counted by its end; a holiday has its name and nothing counted."""

    day: date
    strips: list[Strip]
    hours: list[tuple[str, str]]
    seconds: float
    total: float
    holiday: str
    marks: list[tuple[float, str]]


@dataclass(frozen=True)
class Told:
    """A clock with its explanation. `used` is business time until now or until its end, `gap` days not drawn."""

    clock: Clock
    why: Explanation
    zone: ZoneInfo
    bars: list[DayBar]
    gap: int
    used: float
    late: float

    @property
    def is_over(self) -> bool:
        return self.clock.met_at is not None or self.clock.ended_at is not None


def told(why: Explanation, clock: Clock, now: datetime) -> Told:
    zone = why.terms.calendar.hours.zone
    until = min(clock.met_at or clock.ended_at or now, now)
    bars = list(_bars(why, zone, until))
    kept = bars if len(bars) <= MOST else [*bars[: MOST // 2], *bars[-MOST // 2 :]]
    used = sum(_seconds(span, until) for day in why.days for span in day.spans)
    late = (until - clock.missed_at).total_seconds() if clock.missed_at and until > clock.missed_at else 0
    return Told(clock, why, zone, kept, len(bars) - len(kept), used, late)


def _seconds(span: Span, until: datetime) -> float:
    return max((min(span.closes, until) - span.opens).total_seconds(), 0)


def _bars(why: Explanation, zone: ZoneInfo, until: datetime) -> Iterator[DayBar]:
    counted = {day.day: day for day in why.days}
    holidays, total = dict(why.holidays), 0.0
    paused = {day for pause in why.pauses for day in _days_of(pause.since, pause.until or until, zone)}
    for day in sorted({*counted, *holidays, *paused}):
        of_day = counted.get(day, DayCounted(day, (), 0))
        total += of_day.seconds
        strips = [*_strips(day, of_day.spans, zone, until), *_pauses(why, day, zone, until)]
        hours = [(_wall(span.opens, zone), _wall(span.closes, zone)) for span in of_day.spans]
        yield DayBar(day, strips, hours, of_day.seconds, total, holidays.get(day, ""), _marks(why, day, zone))


def _strips(day: date, spans: tuple[Span, ...], zone: ZoneInfo, until: datetime) -> Iterator[Strip]:
    for span in spans:
        if span.opens < until:
            yield _strip(day, span.opens, min(span.closes, until), zone, "counted")
        if span.closes > until:
            yield _strip(day, max(span.opens, until), span.closes, zone, "to-come")


def _pauses(why: Explanation, day: date, zone: ZoneInfo, until: datetime) -> Iterator[Strip]:
    begins = datetime.combine(day, time(), zone).astimezone(UTC)
    ends = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    for pause in why.pauses:
        first, last = max(pause.since, begins), min(pause.until or until, ends)
        if first < last:
            yield _strip(day, first, last, zone, "paused")


def _strip(day: date, first: datetime, last: datetime, zone: ZoneInfo, looks: str) -> Strip:
    x, end = _place(day, first, zone), _place(day, last, zone)
    return Strip(x, max(round(end - x, 1), 1), looks)


def _place(day: date, at: datetime, zone: ZoneInfo) -> float:
    """Where an instant stands on the bar of its day, by the clock on the wall."""
    wall = at.astimezone(zone).replace(tzinfo=None) - datetime.combine(day, time())
    return round(min(max(wall.total_seconds() / 3600 * WIDTH / 24, 0), WIDTH), 1)


def _marks(why: Explanation, day: date, zone: ZoneInfo) -> list[tuple[float, str]]:
    moments = (("start", why.started_at), ("due", why.due))
    return [(_place(day, at, zone), name) for name, at in moments if at and at.astimezone(zone).date() == day]


def _days_of(first: datetime, last: datetime, zone: ZoneInfo) -> Iterator[date]:
    day, end = first.astimezone(zone).date(), last.astimezone(zone).date()
    while day <= end:
        yield day
        day += timedelta(days=1)


def _wall(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%H:%M")
