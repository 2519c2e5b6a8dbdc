"""Pure: when a store is open, from its weekly hours in its own time zone.

Hours are ``{"0": [["10:00", "22:00"]], ...}``, 0 = Monday; a span that ends at or before its start runs into the next
day.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Hours = dict[str, Any]
_DAYS_TO_LOOK_AHEAD = 8


@dataclass(frozen=True)
class Span:
    """One opening: aware datetimes in the store's zone, the end excluded."""

    opens: datetime
    closes: datetime

    def covers(self, moment: datetime) -> bool:
        return self.opens <= moment < self.closes


def spans_on(hours: Hours, day: date, zone: ZoneInfo) -> list[Span]:
    """The openings that begin on `day`, earliest first. The local wall time is built first, then placed in its zone."""
    listed = hours.get(str(day.weekday()), [])
    return sorted((_span(day, opens, closes, zone) for opens, closes in listed), key=lambda span: span.opens)


def open_until(hours: Hours, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the opening that covers `now` ends; None when the store is closed."""
    today = now.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        for span in spans_on(hours, day, zone):
            if span.covers(now):
                return span.closes
    return None


def next_opening(hours: Hours, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The first opening after `now`; None when the store never opens."""
    today = now.astimezone(zone).date()
    for ahead in range(_DAYS_TO_LOOK_AHEAD):
        for span in spans_on(hours, today + timedelta(days=ahead), zone):
            if span.opens > now:
                return span.opens
    return None


def _span(day: date, opens: str, closes: str, zone: ZoneInfo) -> Span:
    start, end = time.fromisoformat(opens), _closing(closes)
    last = day + timedelta(days=1) if end <= start else day
    return Span(datetime.combine(day, start, zone), datetime.combine(last, end, zone))


def _closing(clock: str) -> time:
    # "24:00" is how many shops write the end of the day
    return time(0) if clock == "24:00" else time.fromisoformat(clock)
