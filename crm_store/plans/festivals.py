"""Pure: the days of the year that everybody shares, solar and lunar (`festivals.yml`), and names of occasions."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from borax.calendars.lunardate import LunarDate

from crm_store.model import in_language
from crm_store.yaml_file import read_yaml

PERSONAL = frozenset({"birthday", "wedding", "child_birthday", "family_birthday", "membership_day"})
"""Everybody has their own day of these."""


@cache
def _file() -> dict[str, Any]:
    data: dict[str, Any] = read_yaml(Path(__file__).with_suffix(".yml"))
    return data


def festivals() -> frozenset[str]:
    """Every festival by name, such as `mid_autumn`."""
    return frozenset(name for group in ("fixed", "weekday", "lunar") for name in _file()[group])


def festival_day(name: str, year: int) -> date | None:
    """The day in the Gregorian `year`; None for lunar ones outside 1900-2099, where no calendar is known."""
    told = _file()
    if name in told["fixed"]:
        return date(year, *told["fixed"][name])
    if name in told["weekday"]:
        month, weekday, which = told["weekday"][name]
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))
    month, day = told["lunar"][name]
    try:
        found: date = LunarDate(year, month, day).to_solar_date()
    except ValueError:
        return None
    return found


def festival_after(name: str, day: date) -> date | None:
    """The first one later than `day`."""
    days = (festival_day(name, year) for year in range(day.year, day.year + 2))
    return next((found for found in days if found is not None and found > day), None)


def occasion_of(name: str) -> str:
    """The occasion a shopper switches this festival off by."""
    found: str = _file()["occasion"].get(name, name)
    return found


def occasion_name(name: str, language: str) -> str:
    """What it is called: "the Mid-Autumn Festival", 中秋节. Empty for one that is not known."""
    return in_language(_file()["names"].get(name, {}), language)
