"""Pure: a day as shoppers say it, solar or lunar, in both languages: "3 May", "3/5", "5月3日", "农历八月十五"."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from crm_store.words import folded

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_DAY_MONTH = re.compile(rf"(?<!\d){_DAY}\s*(?:of\s+|day of\s+)?(?<![a-z]){_MONTH}(?![a-z])")
_MONTH_DAY = re.compile(rf"(?<![a-z]){_MONTH}\.?\s*(?:the\s+)?{_DAY}(?!\d)")
_FIGURES = re.compile(r"(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})(?![\d])(?:[/.-]\d{2,4})?")
_YEAR_FIRST = re.compile(r"(?<!\d)(?:19|20)\d{2}[/.-](\d{1,2})[/.-](\d{1,2})(?!\d)")
_FOUR = re.compile(r"(?<!\d)(0[1-9]|1[0-2])([0-3]\d)(?!\d)")
_HAN_NUMBER = r"([0-9]{1,2}|[一二三四五六七八九十廿卅]{1,3})"
_HAN_DATE = re.compile(rf"(闰)?(?:{_HAN_NUMBER}|(正|冬|腊))月\s*(初)?{_HAN_NUMBER}(?:日|号)?")
_NTH_OF_NTH = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?\s+(?:day\s+)?of\s+the\s+(\d{1,2})(?:st|nd|rd|th)?\s+(?:lunar\s+)?month"
)
_LUNAR = re.compile(r"农历|阴历|旧历|lunar|初[一二三四五六七八九十]|正月|腊月|冬月|闰")
_TENS = {"十": 10, "廿": 20, "卅": 30}
_UNITS = {name: index for index, name in enumerate("一二三四五六七八九", start=1)}
_NAMED_MONTHS = {"正": 1, "冬": 11, "腊": 12}
_LUNAR_DAYS = 30


@dataclass(frozen=True)
class SpokenDay:
    """Month 1-12 and day; `calendar` is `solar` or `lunar`. The year, if any was said, is left out."""

    month: int
    day: int
    calendar: str = "solar"

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
    return next((day for day in (SpokenDay(*pair, kind) for pair in _pairs(line)) if day.exists), None)


def is_lunar(text: str) -> bool:
    """Whether the lunar calendar is meant."""
    return _LUNAR.search(folded(text)) is not None


def next_on(day: SpokenDay, today: date) -> date:
    """The coming solar date of a solar day, today included; 29 February falls on 28 in a common year."""
    dates = [_on(year, day) for year in (today.year, today.year + 1)]
    return next(on for on in dates if on >= today)


def month_in(text: str) -> int | None:
    """A month named without a day: "till March", "三月之前"."""
    line = folded(text)
    if found := re.search(rf"(?<![a-z]){_MONTH}(?![a-z])", line):
        return _MONTHS.index(found[1][:3]) + 1
    found = re.search(rf"{_HAN_NUMBER}月", line)
    month = han_number(found[1]) if found else 0
    return month if 1 <= month <= 12 else None


def han_number(word: str) -> int:
    """1-39 from digits or Chinese figures; 0 for anything else."""
    if word.isdigit():
        return int(word)
    total = 0
    for sign in word:
        if sign in _TENS:
            total = _TENS[sign] * max(total, 1) if sign == "十" else _TENS[sign]
        elif sign in _UNITS:
            total += _UNITS[sign]
        else:
            return 0
    return total


def _on(year: int, day: SpokenDay) -> date:
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def _pairs(line: str) -> list[tuple[int, int]]:
    """Candidates as (month, day), the surest way of writing first."""
    pairs = [(int(month), int(day)) for day, month in _NTH_OF_NTH.findall(line)]
    pairs += [_named(month, day) for day, month in _DAY_MONTH.findall(line)]
    pairs += [_named(month, day) for month, day in _MONTH_DAY.findall(line)]
    pairs += [
        (_NAMED_MONTHS.get(named, 0) or han_number(month), han_number(day))
        for _, month, named, _, day in _HAN_DATE.findall(line)
    ]
    pairs += [(int(month), int(day)) for month, day in _YEAR_FIRST.findall(line)]
    for first, second in _FIGURES.findall(line):
        pairs += [(int(second), int(first)), (int(first), int(second))]
    return pairs + [(int(month), int(day)) for month, day in _FOUR.findall(line)]


def _named(month: str, day: str) -> tuple[int, int]:
    return _MONTHS.index(month[:3]) + 1, int(day)
