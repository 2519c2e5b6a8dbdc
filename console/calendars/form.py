"""Pure: a calendar as somebody types it, read into one as it is stored, and back."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from pydantic import BaseModel, Field

from console.rules.making import Problem
from crm_store.promises.calendar_form import CalendarRefused, read_calendar
from crm_store.promises.calendars import CalendarForm, CalendarVersion

DAYS = tuple(range(7))
NAME = re.compile(r"[^\W_][\w \-]{0,39}")
RESERVED = "new"
_APART = re.compile(r"[,、;\n]+")
_UNTIL = re.compile(r"\s*(?:-|–|—|~|至|to)\s*")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?")
_DATED = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[\s,:]+(.*))?")
_OPEN = {"0": [["00:00", "24:00"]]}


class Written(BaseModel):
    """The form. A day is like ``09:00-13:00, 14:00-18:00``; a holiday a line is like ``2026-12-25 Christmas``."""

    name: str = Field("", max_length=80)
    zone: str = Field("", max_length=80)
    spans_0: str = Field("", max_length=200)
    spans_1: str = Field("", max_length=200)
    spans_2: str = Field("", max_length=200)
    spans_3: str = Field("", max_length=200)
    spans_4: str = Field("", max_length=200)
    spans_5: str = Field("", max_length=200)
    spans_6: str = Field("", max_length=200)
    holidays: str = Field("", max_length=20_000)
    seen: int = 0
    do: str = Field("preview", max_length=20)
    also_running: bool = False

    def day(self, day: int) -> str:
        return str(getattr(self, f"spans_{day}"))

    @property
    def week(self) -> list[tuple[tuple[int, int], ...]]:
        """What can be read of the hours, for the bars beside them."""
        return [_readable(str(day), spans_of(self.day(day))) for day in DAYS]

    def form(self, name: str, made_by: int) -> CalendarForm:
        days = {str(day): spans_of(self.day(day)) for day in DAYS}
        return CalendarForm(name, self.zone.strip(), {k: v for k, v in days.items() if v}, self.listed(), made_by)

    def listed(self) -> list[dict[str, Any]]:
        """The holidays, the first first."""
        return sorted((holiday_of(line) for line in _lines(self.holidays)), key=lambda each: str(each["day"]))

    def problems(self) -> dict[str, Problem]:
        """By field; every part is asked by itself, so that all that is wrong is said at once."""
        asked = {"zone": _refused(self.zone, partial(read_calendar, self.zone.strip(), _OPEN, []))}
        for day in DAYS:
            spans = {str(day): spans_of(self.day(day))}
            if spans[str(day)]:
                asked[f"spans_{day}"] = _refused(self.day(day), partial(read_calendar, "UTC", spans, []))
        if not any(spans_of(self.day(day)) for day in DAYS):
            asked["spans_0"] = _refused("", partial(read_calendar, "UTC", {}, []))
        asked["holidays"] = _wrong_holiday(_lines(self.holidays))
        return {name: problem for name, problem in asked.items() if problem is not None}


def spans_of(text: str) -> list[list[str]]:
    """``9-13, 14:00–18:00`` as ``[["09:00", "13:00"], ["14:00", "18:00"]]``; what is no time stays as it is."""
    parts = (part.strip() for part in _APART.split(unicodedata.normalize("NFKC", text)))
    return sorted([_clock(clock) for clock in _UNTIL.split(part)] for part in parts if part)


def holiday_of(line: str) -> dict[str, Any]:
    plain = unicodedata.normalize("NFKC", line).strip()
    found = _DATED.fullmatch(plain)
    if found is None:
        day, _, name = plain.partition(" ")
        return {"day": day, "name": name.strip()}
    year, month, day, name = found.groups()
    return {"day": f"{year}-{int(month):02}-{int(day):02}", "name": (name or "").strip()}


def typed(row: CalendarVersion, seen: int) -> Written:
    """A stored version as one would type it; `seen` is the current version."""
    days = {f"spans_{day}": hours_text(row.spans.get(str(day), [])) for day in DAYS}
    lines = "\n".join(f"{each['day']} {each['name']}".strip() for each in row.holidays)
    return Written(name=row.name, zone=row.zone, holidays=lines, seen=seen, **days)


def hours_text(spans: Iterable[Iterable[str]]) -> str:
    return ", ".join("-".join(span) for span in spans)


def _readable(day: str, spans: list[list[str]]) -> tuple[tuple[int, int], ...]:
    try:
        return read_calendar("UTC", {day: spans}, []).week[int(day)]
    except CalendarRefused:
        return ()


def _clock(text: str) -> str:
    found = _CLOCK.fullmatch(text.strip())
    return f"{int(found[1]):02}:{found[2] or '00'}" if found else text.strip()


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _refused(shown: str, read: Callable[[], object]) -> Problem | None:
    try:
        read()
    except CalendarRefused as refused:
        return Problem(f"calendars.problem_{refused.reason}", {"text": shown})
    return None


def _wrong_holiday(lines: list[str]) -> Problem | None:
    for line in lines:
        problem = _refused(line.strip()[:60], partial(read_calendar, "UTC", _OPEN, [holiday_of(line)]))
        if problem is not None:
            return problem
    often = Counter(holiday_of(line)["day"] for line in lines).most_common(1)
    return Problem("calendars.problem_twice", {"text": often[0][0]}) if often and often[0][1] > 1 else None
