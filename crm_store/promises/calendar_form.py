"""Pure: a calendar as it is written down and stored, read into one that can be counted with."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crm_store.errors import CareLoopError
from crm_store.promises.calendar import DAY, WorkingCalendar

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")
_DAYS = tuple(str(day) for day in range(7))


class CalendarRefused(CareLoopError):
    """A calendar that cannot be meant. `field` is e.g. ``zone``, ``spans.0``, ``holidays.2``.

    `reason` is one word for what is wrong: zone, weekday, closed, overlap, span, backwards, time, day.
    """

    code = "calendar_refused"

    def __init__(self, field: str, remedy: str, reason: str) -> None:
        super().__init__(f"{field}: {remedy}")
        self.field = field
        self.reason = reason


def read_calendar(
    zone: str, spans: Mapping[str, Sequence[Sequence[str]]], holidays: Sequence[Mapping[str, Any]]
) -> WorkingCalendar:
    """Spans as ``{"0": [["09:00", "12:30"], ["13:30", "24:00"]]}``, "0" is Monday; holidays as ``{"day", "name"}``.

    Raises `CalendarRefused`.
    """
    unknown = sorted(set(spans) - set(_DAYS))
    if unknown:
        raise CalendarRefused(f"spans.{unknown[0]}", "days are 0 (Monday) to 6 (Sunday)", "weekday")
    week = tuple(_day(f"spans.{day}", spans.get(day, [])) for day in _DAYS)
    if not any(week):
        raise CalendarRefused("spans", "name at least one span: a calendar that never opens keeps no promise", "closed")
    free = dict(_holiday(f"holidays.{place}", holiday) for place, holiday in enumerate(holidays))
    return WorkingCalendar(_zone(zone), week, free)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CalendarRefused("zone", "must be an IANA zone such as Asia/Singapore", "zone") from error


def _day(field: str, listed: Sequence[Sequence[str]]) -> tuple[tuple[int, int], ...]:
    spans = sorted(_span(f"{field}.{place}", each) for place, each in enumerate(listed))
    for (_, end), (start, _) in pairwise(spans):
        if start < end:
            raise CalendarRefused(field, "two spans overlap", "overlap")
    return tuple(spans)


def _span(field: str, listed: Sequence[str]) -> tuple[int, int]:
    if len(listed) != 2:
        raise CalendarRefused(field, "a span is a start and an end", "span")
    start, end = (_seconds(field, each) for each in listed)
    if start >= end:
        remedy = "must end after it starts; what runs past midnight goes on with the next day"
        raise CalendarRefused(field, remedy, "backwards")
    return start, end


def _seconds(field: str, clock: str) -> int:
    if not _CLOCK.fullmatch(str(clock)):
        raise CalendarRefused(field, "times are like 09:00, the end of the day is 24:00", "time")
    hours, minutes = clock.split(":")
    return min(int(hours) * 3600 + int(minutes) * 60, DAY)


def _holiday(field: str, listed: Mapping[str, Any]) -> tuple[date, str]:
    try:
        return date.fromisoformat(str(listed.get("day", ""))), str(listed.get("name", ""))
    except ValueError as error:
        raise CalendarRefused(field, "the day is like 2026-12-25", "day") from error
