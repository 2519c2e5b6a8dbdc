"""Pure: business time. A calendar of weekly spans in one zone, with holidays: add, measure and list it.

Wall-clock times are built first and then placed in the zone. A boundary is the first instant at which the clocks on
the wall show its time or a later one: in a gap that is the moment of the jump, in a fold the first of the two. So no
two spans overlap, and what adds up on the wall adds up here.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = 86_400
"""Seconds from midnight to midnight on the wall; the end of a span that runs to "24:00"."""


@dataclass(frozen=True, order=True)
class Span:
    """One stretch of business time in UTC, the end excluded."""

    opens: datetime
    closes: datetime

    @property
    def seconds(self) -> float:
        return (self.closes - self.opens).total_seconds()


@dataclass(frozen=True)
class WorkingCalendar:
    """`week`: for Monday to Sunday the spans in seconds since midnight, ascending and apart from each other.

    Made by `read_calendar`, which refuses what cannot be meant.
    """

    zone: ZoneInfo
    week: tuple[tuple[tuple[int, int], ...], ...]
    holidays: Mapping[date, str] = field(default_factory=dict)
    _known: dict[date, tuple[Span, ...]] = field(default_factory=dict, repr=False, compare=False)

    def on(self, day: date) -> tuple[Span, ...]:
        """The spans of a local day, none on a holiday."""
        if day not in self._known:
            hours = () if day in self.holidays else self.week[day.weekday()]
            placed = (Span(instant(day, start, self.zone), instant(day, end, self.zone)) for start, end in hours)
            # A span that lies in a gap altogether does not take place.
            self._known[day] = tuple(span for span in placed if span.opens < span.closes)
        return self._known[day]

    def spans(self, start: datetime, end: datetime) -> list[Span]:
        """Business time between two instants, clipped to them; none when the second is not after the first."""
        found: list[Span] = []
        if end <= start:
            return found
        for span in self._from(start):
            if span.opens >= end:
                break
            found.append(Span(max(span.opens, start), min(span.closes, end)))
        return found

    def elapsed(self, start: datetime, end: datetime) -> float:
        """Seconds of business time between two instants; 0 when the second is not after the first."""
        return sum((span.closes - span.opens for span in self.spans(start, end)), timedelta()).total_seconds()

    def add(self, start: datetime, seconds: float) -> datetime:
        """The earliest instant by which that much business time has passed since `start`, in UTC."""
        left = timedelta(seconds=seconds)
        if left <= timedelta():
            return start.astimezone(UTC)
        for span in self._from(start):
            opens = max(span.opens, start)
            if opens + left <= span.closes:
                return (opens + left).astimezone(UTC)
            left -= span.closes - opens
        raise OverflowError("the calendar ends before that much business time has passed")

    def open_at(self, now: datetime) -> bool:
        """Whether it is business time."""
        span = next(self._from(now), None)
        return span is not None and span.opens <= now

    def next_opening(self, now: datetime) -> datetime:
        """The first opening after `now`, in UTC."""
        return next(span.opens for span in self._from(now) if span.opens > now)

    def _from(self, start: datetime) -> Iterator[Span]:
        """Spans that end after `start`, in order, day by day."""
        # The wall may be set back over midnight: begin a day early.
        day = start.astimezone(self.zone).date() - timedelta(days=1)
        while day < date.max - timedelta(days=1):
            yield from (span for span in self.on(day) if span.closes > start)
            day += timedelta(days=1)


def instant(day: date, second: int, zone: ZoneInfo) -> datetime:
    """The first instant, in UTC, at which the wall shows this second of this day or a later one."""
    wall = datetime.combine(day, time()) + timedelta(seconds=second)
    early = wall.replace(tzinfo=zone).astimezone(UTC)
    if early.astimezone(zone).replace(tzinfo=None, fold=0) == wall:
        return early
    return _end_of_gap(wall.replace(fold=1, tzinfo=zone).astimezone(UTC), early, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the offset changes between two instants."""
    gap = range(int((after - before).total_seconds()) + 1)
    old = before.astimezone(zone).utcoffset()
    jumped = bisect_right(
        gap, False, key=lambda second: (before + timedelta(seconds=second)).astimezone(zone).utcoffset() != old
    )
    return before + timedelta(seconds=jumped)
