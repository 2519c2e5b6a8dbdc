"""Pure: a day as shoppers say it, solar or lunar, in both languages: "3 May", "3/5", "5月3日", "农历八月十五"."""

import calendar
from dataclasses import dataclass
from datetime import date

from crm_store.words import folded, word_lists

_WORDS = word_lists(__file__)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_LUNAR_DAYS = 30


@dataclass(frozen=True)
class SpokenDay:
    """Month 1-12 and day; `calendar` is `solar` or `lunar`, `leap`: of a leap month. The year is left out."""

    month: int
    day: int
    calendar: str = "solar"
    leap: bool = False

    @property
    def exists(self) -> bool:
        if not 1 <= self.month <= 12:
            return False
        last = _LUNAR_DAYS if self.calendar == "lunar" else calendar.monthrange(2024, self.month)[1]
        return 1 <= self.day <= last


def day_in(text: str) -> SpokenDay | None:
    """The first day named. Figures alone are read day first (3/5 is 3 May), unless only the other order exists."""
    line = folded(text)
    kind = "lunar" if is_lunar(line) else "solar"
    leap = kind == "lunar" and _WORDS.regex("leap").search(line) is not None
    return next((day for day in (SpokenDay(*pair, kind, leap) for pair in _pairs(line)) if day.exists), None)


def is_lunar(text: str) -> bool:
    """Whether the lunar calendar is meant."""
    return _WORDS.regex("lunar").search(folded(text)) is not None


def next_on(day: SpokenDay, today: date) -> date:
    """The coming solar date of a solar day, today included; 29 February falls on 28 in a common year."""
    dates = [_on(year, day) for year in (today.year, today.year + 1)]
    return next(on for on in dates if on >= today)


def month_in(text: str) -> int | None:
    """A month named without a day: "till March", "三月之前"."""
    line = folded(text)
    if found := _WORDS.regex("month").search(line):
        return _MONTHS.index(found[1][:3]) + 1
    found = _WORDS.regex("han_month").search(line)
    month = han_number(found[1]) if found else 0
    return month if 1 <= month <= 12 else None


def han_number(word: str) -> int:
    """1-39 from digits or Chinese figures; 0 for anything else."""
    if word.isdigit():
        return int(word)
    tens, units, total = _WORDS.values("tens"), _WORDS.values("units"), 0
    for sign in word:
        if sign in tens:
            total = 10 * max(total, 1) if tens[sign] == 10 else tens[sign]
        elif sign in units:
            total += units[sign]
        else:
            return 0
    return total


def count_of_days(line: str) -> int:
    """How many days are named in a folded line."""
    names = ("nth_of_nth", "day_month", "month_day", "han_date", "year_first", "figures")
    found = 0
    for name in names:
        line, times = _WORDS.regex(name).subn(" ; ", line)
        found += times
    return found


def without_days(line: str) -> str:
    """`line` (folded) with every day and month blanked."""
    for name in ("nth_of_nth", "day_month", "month_day", "han_date", "year_first", "figures", "month", "han_month"):
        line = _WORDS.regex(name).sub(" ", line)
    return line


def _on(year: int, day: SpokenDay) -> date:
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def _pairs(line: str) -> list[tuple[int, int]]:
    """Candidates as (month, day), the surest way of writing first."""
    named_months: dict[str, int] = _WORDS.values("named_months")
    pairs = [(int(month), int(day)) for day, month in _WORDS.regex("nth_of_nth").findall(line)]
    pairs += [_named(month, day) for day, month in _WORDS.regex("day_month").findall(line)]
    pairs += [_named(month, day) for month, day in _WORDS.regex("month_day").findall(line)]
    pairs += [
        (named_months.get(named, 0) or han_number(month), han_number(day))
        for month, named, day in _WORDS.regex("han_date").findall(line)
    ]
    pairs += [(int(month), int(day)) for month, day in _WORDS.regex("year_first").findall(line)]
    for first, second in _WORDS.regex("figures").findall(line):
        pairs += [(int(second), int(first)), (int(first), int(second))]
    return pairs + [(int(month), int(day)) for month, day in _WORDS.regex("four").findall(line)]


def _named(month: str, day: str) -> tuple[int, int]:
    return _MONTHS.index(month[:3]) + 1, int(day)
