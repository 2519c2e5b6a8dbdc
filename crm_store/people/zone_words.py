"""Pure: where a shopper is for a while, out of their words: a place of `zone_words.yml` and its last day."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from crm_store.model import Words
from crm_store.people.spoken_limits import month_begins
from crm_store.spoken_dates import day_in, han_number, next_on, without_days
from crm_store.words import HAN, pattern_of, word_lists

_WORDS = word_lists(__file__)
LONGEST = timedelta(days=366)
SPANS = (
    "weekday_en", "weekday_zh", "length_en", "length_zh", "this_week", "weekend", "this_month", "today", "tomorrow",
    "until",
)  # fmt: skip
"""Patterns that say until when, the longer ones first."""


@dataclass(frozen=True)
class Stay:
    """An IANA zone, and the last day there (included)."""

    zone: str
    until: date


def stay_in(line: str, today: date) -> Stay | None:
    """Of a folded line. None without a known place or without an end: a clock is not changed on a guess.

    So is a stay that begins later, and one that is over.
    """
    if _WORDS.regex("next").search(line):
        return None
    named = _place(line)
    if named is None:
        return None
    zone, start, end = named
    until = _until(line[end:], today) or _until(line[:start], today)
    return Stay(zone, until) if until is not None and today <= until <= today + LONGEST else None


def without_stay(line: str) -> str:
    """`line` with the words blanked that say where somebody is and until when."""
    named = _place(line)
    if named is None:
        return line
    rest = f"{line[: named[1]]} {line[named[2] :]}"
    for name in SPANS:
        rest = _WORDS.regex(name).sub(" ", rest)
    return without_days(rest)


def clock_name(zone: str) -> Words:
    """What a zone is called in each language; one we do not know by the name it has in the tables of zones."""
    named: Words | None = _WORDS.values("clocks").get(zone)
    return named or {"en": zone.rpartition("/")[2].replace("_", " ")}


def _place(line: str) -> tuple[str, int, int] | None:
    """Zone, and from where to where the words "I'm in Tokyo" stand; None when it is not plain that they are there."""
    if not _any_place().search(line):
        return None
    for zone in _WORDS.values("places"):
        for found in _WORDS.pattern_in("places", zone).finditer(line):
            before = line[: found.start()]
            verb = _last(before, "stay_zh" if HAN.search(found[0]) else "stay_en")
            if verb is not None and not _WORDS.regex("moving").search(line[: found.end()]):
                return zone, verb, found.end()
    return None


@cache
def _any_place() -> re.Pattern[str]:
    """All places at once: most messages name none."""
    return pattern_of(word for words in _WORDS.values("places").values() for word in words)


def _last(before: str, name: str) -> int | None:
    """Where the verb begins that stands directly before the place."""
    found = [match for match in _WORDS.regex(name).finditer(before) if match.end() == len(before)]
    return found[-1].start() if found else None


def _until(words: str, today: date) -> date | None:
    sunday = today + timedelta(days=6 - today.weekday())
    if _WORDS.regex("today").search(words):
        return today
    if _WORDS.regex("tomorrow").search(words):
        return today + timedelta(days=1)
    if _WORDS.regex("this_week").search(words) or _WORDS.regex("weekend").search(words):
        return sunday
    if _WORDS.regex("this_month").search(words):
        return today.replace(day=calendar.monthrange(today.year, today.month)[1])
    return _weekday(words, today) or _length(words, today) or _day(words, today)


def _weekday(words: str, today: date) -> date | None:
    found = _WORDS.regex("weekday_en").search(words) or _WORDS.regex("weekday_zh").search(words)
    if found is None:
        return None
    return today + timedelta(days=(_WORDS.values("weekdays")[found[1]] - today.weekday()) % 7)


def _length(words: str, today: date) -> date | None:
    found = _WORDS.regex("length_en").search(words) or _WORDS.regex("length_zh").search(words)
    if found is None:
        return None
    named: dict[str, int] = _WORDS.values("numbers")
    count = named.get(found[1]) or han_number(found[1])
    return today + timedelta(days=count * _WORDS.values("units")[found[2]] - 1) if count else None


def _day(words: str, today: date) -> date | None:
    if not _WORDS.regex("until").search(words):
        return None
    day = day_in(words)
    if day is None:
        month = month_begins(words, today)
        return month - timedelta(days=1) if month else None
    return next_on(day, today) if day.calendar == "solar" else None
