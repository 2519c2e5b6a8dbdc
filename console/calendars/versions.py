"""Pure: what changed from one version of a calendar to the next, and how much of the week it is open."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from console.calendars.form import DAYS, hours_text
from console.rules.making import Change
from crm_store.promises.calendars import CalendarForm, CalendarVersion

Hours = CalendarVersion | CalendarForm
"""A calendar, stored or to be stored."""


def changes(before: Hours | None, after: Hours) -> tuple[Change, ...]:
    """Field by field; holidays one by one. All of it where there was none before."""
    old = _fields(before) if before is not None else {}
    new = _fields(after)
    names = dict.fromkeys([*new, *old])
    return tuple(Change(name, old.get(name, ""), new.get(name, "")) for name in names if old.get(name) != new.get(name))


def history(rows: Sequence[CalendarVersion]) -> list[tuple[CalendarVersion, tuple[Change, ...]]]:
    """Each version, newest first as given, with what it changed."""
    steps = [(row, changes(older, row)) for row, older in pairwise(rows)]
    return [*steps, *((row, ()) for row in rows[-1:])]


def weekly_minutes(spans: dict[str, Any]) -> int:
    return sum(_minutes(end) - _minutes(start) for listed in spans.values() for start, end in listed)


def _fields(hours: Hours) -> dict[str, str]:
    days = {f"spans_{day}": hours_text(hours.spans.get(str(day), [])) for day in DAYS}
    free = {f"holiday {each['day']}": str(each["name"]) or "–" for each in hours.holidays}
    return {"zone": hours.zone, **{name: text for name, text in days.items() if text}, **free}


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
