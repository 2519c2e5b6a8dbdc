"""Pure: a wall-clock time as an instant, also where the clock jumps over it or shows it twice."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """`wall` has no zone. Shown twice: the first. Never shown: the first minute after the gap. As UTC."""
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None, fold=0) == wall:
        return instant
    before, offset = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), instant.astimezone(zone).utcoffset()
    while instant - before > timedelta(seconds=1):
        middle = before + (instant - before) // 2
        before, instant = (before, middle) if middle.astimezone(zone).utcoffset() == offset else (middle, instant)
    return instant.replace(microsecond=0)
