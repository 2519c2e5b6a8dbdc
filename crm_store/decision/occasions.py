"""Pure: on which date a personal date falls: solar, 29 February, and Chinese lunar with leap months.

A lunar date of a leap month falls on the leap month in years that have it, else on the plain one. The 30th of a month
that has 29 days this year falls on the 29th. Lunar years are known from 1900 to 2099.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from borax.calendars.lunardate import LCalendars, LunarDate

LEAP_DAY = (2, 29)
_DAYS_IN = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LUNAR_YEARS = range(1900, 2100)
_YEARS_AHEAD = 3


@dataclass(frozen=True, slots=True)
class PersonalDate:
    """`calendar`: `solar` or `lunar`. `year` where it was told; 1 January 1970 is what forms write for "unknown"."""

    month: int
    day: int
    calendar: str = "solar"
    leap_month: bool = False
    year: int | None = None

    @property
    def exists(self) -> bool:
        """Whether some year of its calendar has it."""
        if not 1 <= self.month <= 12 or (self.year, self.month, self.day) == (1970, 1, 1):
            return False
        return 1 <= self.day <= (30 if self.calendar == "lunar" else _DAYS_IN[self.month - 1])


def next_date(of: PersonalDate, since: date, leap_day: str = "02-28") -> date | None:
    """The first date on or after `since` on which it falls; None when it does not exist.

    `leap_day`: when 29 February is kept in common years, "02-28" or "03-01" (`Policy.leap_day`).
    """
    return next((day for day in _falls(of, since.year - 1, leap_day) if day >= since), None) if of.exists else None


def falling_on(day: date, leap_day: str = "02-28") -> frozenset[PersonalDate]:
    """Every personal date, without a year, that falls on that date: the other way round, for whom to write to."""
    return frozenset({*_solar_on(day, leap_day), *_lunar_on(day)})


def _falls(of: PersonalDate, year: int, leap_day: str) -> Iterator[date]:
    for place in range(year, year + _YEARS_AHEAD + 1):
        found = _solar(of, place, leap_day) if of.calendar != "lunar" else _lunar(of, place)
        if found is not None:
            yield found


def _solar(of: PersonalDate, year: int, leap_day: str) -> date:
    if (of.month, of.day) == LEAP_DAY and not _is_leap(year):
        return date.fromisoformat(f"{year}-{leap_day}")
    return date(year, of.month, of.day)


def _lunar(of: PersonalDate, year: int) -> date | None:
    if year not in _LUNAR_YEARS:
        return None
    leap = of.leap_month and LCalendars.leap_month(year) == of.month
    day = min(of.day, month_length(year, of.month, leap))
    return LunarDate(year, of.month, day, leap).to_solar_date()


@lru_cache(maxsize=4096)
def month_length(year: int, month: int, leap: bool) -> int:
    """29 or 30 days of a lunar month."""
    return LCalendars.ndays(year, month, int(leap))


def _solar_on(day: date, leap_day: str) -> Iterator[PersonalDate]:
    yield PersonalDate(day.month, day.day)
    if not _is_leap(day.year) and f"{day:%m-%d}" == leap_day:
        yield PersonalDate(*LEAP_DAY)


def _lunar_on(day: date) -> Iterator[PersonalDate]:
    if day < LunarDate(_LUNAR_YEARS[0], 1, 1).to_solar_date() or day.year >= _LUNAR_YEARS.stop:
        return
    lunar = LunarDate.from_solar(day)
    short = lunar.day == 29 and month_length(lunar.year, lunar.month, bool(lunar.leap)) == 29
    kinds = {bool(lunar.leap)}
    if LCalendars.leap_month(lunar.year) != lunar.month:
        kinds = {False, True}
    for number in (lunar.day, 30) if short else (lunar.day,):
        for leap in kinds:
            yield PersonalDate(lunar.month, number, "lunar", leap)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
