"""Pure: hours and days on a person's wall clock, as instants. An instant is allowed when the clock there says so.

A local day is kept as the pieces between changes of the clock, each as long as it really is, so that lost hours and
midnights, hours that come twice and half-hour changes need no rule of their own.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from crm_store.decision.zones import zone_named
from crm_store.errors import CareLoopError

DAY = 24 * 60
ANY_HOUR = ("00:00", "24:00")
Spans = tuple[tuple[int, int], ...]
"""Allowed minutes of a local day, each from (inclusive) and to (exclusive), in order."""

_STRIDE, _MARGIN, _HOURS_AHEAD, _DAYS_AHEAD = timedelta(hours=3), timedelta(hours=16), 3, 92


class HoursRefused(CareLoopError):
    """Allowed hours that allow nothing or cannot be read: write "HH:MM" twice, and two different times."""

    code = "hours_refused"


class Piece(NamedTuple):
    """Part of a local day without a change of the clock; minute m of the wall clock is at `midnight` + m."""

    start: datetime
    end: datetime
    midnight: datetime


@lru_cache(maxsize=2048)
def minutes_of(clock: str) -> int:
    """Minutes after midnight; "24:00" is the end of the day."""
    try:
        hour, minute = (int(part) for part in clock.split(":"))
    except ValueError:
        raise HoursRefused(f"{clock!r} is no time of day: write HH:MM") from None
    if not (0 <= minute < 60 and 0 <= hour * 60 + minute <= DAY):
        raise HoursRefused(f"{clock!r} is no time of day: write HH:MM")
    return hour * 60 + minute


@lru_cache(maxsize=4096)
def spans_of(windows: tuple[tuple[str, str], ...]) -> Spans:
    """What all windows allow; empty when they share no minute. One from later to earlier crosses midnight."""
    allowed: Spans = ((0, DAY),)
    for window in windows:
        pairs = [(max(a, c), min(b, d)) for a, b in allowed for c, d in _span(window)]
        allowed = tuple(sorted(pair for pair in pairs if pair[0] < pair[1]))
    return allowed


def _span(window: tuple[str, str]) -> Spans:
    start, end = minutes_of(window[0]), minutes_of(window[1])
    if start % DAY == end % DAY and (start, end) != (0, DAY):
        raise HoursRefused(f"hours from {window[0]} to {window[1]} begin where they end: give them a length")
    return ((start, end),) if start < end else ((0, end), (start, DAY))


def local_day_of(zone: str, at: datetime) -> int:
    """The ordinal of the date on the wall there."""
    return at.astimezone(_zone(zone)).toordinal()


def earliest_within(zone: str, at: datetime, spans: Spans) -> datetime | None:
    """`at` if the clock there is within the spans, else the first such minute; None if there is none."""
    local = at.astimezone(_zone(zone))
    minute = local.hour * 60 + local.minute
    if any(start <= minute < end for start, end in spans):
        return at
    day = local.toordinal()
    for piece in _pieces(zone, range(day - 1, day + _HOURS_AHEAD)):
        for start, end in spans:
            opens = max(at, piece.start, piece.midnight + timedelta(minutes=start))
            if opens < min(piece.end, piece.midnight + timedelta(minutes=end)):
                return opens
    return None


def earliest_on(zone: str, at: datetime, fits: Callable[[int], bool]) -> datetime | None:
    """`at` if the date there fits, else the beginning of the first day that does; None if none does for long."""
    day = local_day_of(zone, at)
    if fits(day):
        return at
    for ordinal in range(day - 1, day + _DAYS_AHEAD):
        pieces = [piece for piece in local_day(zone, ordinal) if piece.end > at]
        if pieces and fits(ordinal):
            return max(at, pieces[0].start)
    return None


def instant_of(zone: str, day: int, minute: int) -> datetime:
    """That time of that day: the first of two, the first valid minute after where the clock leaves it out."""
    for ordinal in range(day, day + 3):
        for piece in local_day(zone, ordinal):
            at = max(piece.start, piece.midnight + timedelta(minutes=minute if ordinal == day else 0))
            if at < piece.end:
                return at
    raise HoursRefused(f"{zone} has no {date.fromordinal(day)}")


def end_of_day(zone: str, day: int) -> datetime:
    """The instant at which that local day is over for good."""
    pieces = local_day(zone, day)
    return max(piece.end for piece in pieces) if pieces else instant_of(zone, day + 1, 0)


@lru_cache(maxsize=16384)
def local_day(zone: str, day: int) -> tuple[Piece, ...]:
    """The pieces of a local date; none where a country skipped it."""
    base = datetime.combine(date.fromordinal(day), time(0), UTC)
    pieces = []
    for start, end, offset in _steady(_zone(zone), base - _MARGIN, base + timedelta(days=1) + _MARGIN):
        midnight = base - offset
        piece = Piece(max(start, midnight), min(end, midnight + timedelta(days=1)), midnight)
        if piece.start < piece.end:
            pieces.append(piece)
    return tuple(pieces)


def _steady(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Stretches with one offset from UTC."""
    began, offset = start, _offset(zone, start)
    at = start
    while at < end:
        then = min(at + _STRIDE, end)
        if (after := _offset(zone, then)) != offset:
            turn = _turn(zone, at, offset)
            yield began, turn, offset
            began, offset = turn, after
        at = then
    yield began, end, offset


def _turn(zone: ZoneInfo, at: datetime, before: timedelta) -> datetime:
    def changed(second: int) -> bool:
        return _offset(zone, at + timedelta(seconds=second)) != before

    return at + timedelta(seconds=bisect_left(range(_STRIDE.seconds), True, key=changed))


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


def _pieces(zone: str, days: Iterable[int]) -> list[Piece]:
    return sorted(piece for day in days for piece in local_day(zone, day))


def _zone(name: str) -> ZoneInfo:
    zone = zone_named(name)
    if zone is None:
        raise HoursRefused(f"{name!r} is no time zone: write an IANA name such as Asia/Singapore")
    return zone
