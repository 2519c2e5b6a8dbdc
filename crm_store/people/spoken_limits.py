"""Pure: hours, frequencies and pauses as shoppers say them, in lines already folded."""

from datetime import date, timedelta
from typing import Any

from crm_store.spoken_dates import SpokenDay, day_in, han_number, month_in, next_on
from crm_store.words import WordLists, word_lists

_WORDS = word_lists(__file__)
HOURS = (
    "between", "before_en", "before_zh", "after_en", "after_zh", "bare_between", "bare_before", "bare_after",
)  # fmt: skip
LENGTHS = ("adverb", "length_en", "length_zh", "month_end")
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def hours_in(line: str, negative: bool) -> dict[str, Any] | None:
    """Allowed hours. "Not before 10" and "after 10" begin at 10; "not after 9pm" and "before 9pm" end there."""
    if between := _WORDS.regex("between").search(line):
        start, end = _clock(between.groups()[:7]), _clock(between.groups()[7:14])
        end = _same_half(start, end)
        return _span(end, start) if negative else _span(start, end)
    if between := _WORDS.regex("bare_between").search(line):
        start, end = _bare(between[1], None, late=6), _bare(between[2], between[3] or between[4], late=11)
        return _span(end, start) if negative else _span(start, end)
    # Without am or pm: nobody wants messages before two in the night, or none after nine in the morning.
    before = _first(line, "before_en", "before_zh") or _bare_in(line, "bare_before", late=5 if negative else 7)
    after = _first(line, "after_en", "after_zh") or _bare_in(line, "bare_after", late=11 if negative else 7)
    return _span(before, after) if negative else _span(after, before)


def at_most_in(line: str) -> dict[str, Any] | None:
    """How often at most: {"count": 1, "per": "month"}."""
    if found := _WORDS.regex("at_most_en").search(line):
        return {"count": _number(found[1]), "per": found[2].replace("mth", "month")}
    if found := _WORDS.regex("at_most_zh").search(line):
        if _WORDS.regex("refused").search(line[: found.start()]):
            return None
        return {"count": _number(found[2]), "per": _units()[found[1]]}
    if found := _WORDS.regex("at_most_per").search(line):
        return {"count": _number(found[1]), "per": _units()[found[2]]}
    found = _WORDS.regex("adverb").search(line)
    return {"count": 1, "per": _units()[found[1]]} if found else None


def without_counts(line: str) -> str:
    """The line without what it says of frequency: in 一周一次 there is no Monday (周一)."""
    return _blanked(line, ("at_most_en", "at_most_zh", "at_most_per"))


def without_limits(line: str) -> str:
    """The line without every hour, frequency and length of time."""
    return _blanked(without_counts(line), HOURS + LENGTHS)


def _blanked(line: str, names: tuple[str, ...]) -> str:
    for name in names:
        line = _WORDS.regex(name).sub(" ", line)
    return line


def snooze_until(line: str, today: date, words: WordLists) -> date | None:
    """The first day on which messages may come again; a month means its first day."""
    if not words.finds("pause", line):
        return None
    if found := _WORDS.regex("length_en").search(line):
        return today + timedelta(days=_number(found[1]) * _DAYS[found[2]])
    day = day_in(line)
    if day is None:
        return _relative(line, today, words) or _for_han(line, today) or month_begins(line, today)
    return next_on(SpokenDay(day.month, day.day), today) if day.calendar == "solar" else None


def _for_han(line: str, today: date) -> date | None:
    found = _WORDS.regex("length_zh").search(line)
    # 三月 is a month of the year, 三个月 a length of time
    if found is None or (found[2] == "月" and "个" not in found[0]):
        return None
    count = 0.5 if found[1] == "半" else float(_number(found[1]))
    return today + timedelta(days=int(count * _DAYS[_units()[found[2]]]))


def month_begins(line: str, today: date) -> date | None:
    """The first day of the month named ("till March"), of the one after it where its end is meant."""
    month = month_in(line)
    if not month:
        return None
    first = SpokenDay(month % 12 + 1 if _WORDS.regex("month_end").search(line) else month, 1)
    return next_on(first, today + timedelta(days=1))


def _relative(line: str, today: date, words: WordLists) -> date | None:
    if words.finds("days_from_now", line):
        return today + timedelta(days=1)
    if words.finds("weeks_from_now", line):
        return today + timedelta(days=7 - today.weekday())
    if words.finds("months_from_now", line):
        return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return None


def _first(line: str, *names: str) -> str | None:
    for name in names:
        for found in _WORDS.regex(name).finditer(line):
            clock = _clock(found.groups())
            if clock:
                return clock
    return None


def _clock(groups: tuple[str | None, ...]) -> str | None:
    part, han_hour, han_minute, hour, minute, half, named = groups
    if named:
        return "00:00" if named == "midnight" else "12:00"
    if han_hour:
        number, minutes = _number(han_hour), 30 if han_minute == "半" else int(han_minute or 0)
        late = (part is not None and _WORDS.finds("afternoon", part)) or (part == "中午" and number < 11)
    else:
        number, minutes, late = int(hour or 99), int(minute or 0), (half or "").startswith("p")
        number = 0 if number == 12 and (half or "").startswith("a") else number
    number += 12 if late and number < 12 else 0
    return f"{number:02}:{minutes:02}" if number < 24 else None


def _bare_in(line: str, name: str, late: int) -> str | None:
    found = _WORDS.regex(name).search(line)
    return _bare(found[1], found[2] or found[3], late) if found else None


def _bare(hour: str, part: str | None, late: int) -> str:
    """An hour of twelve; without a part of the day those up to `late` are after noon."""
    number = _number(hour) % 12 if part else _number(hour)
    afternoon = part != "morning" if part else number <= late
    return f"{number + 12 * (afternoon and number < 12):02}:00"


def _same_half(start: str | None, end: str | None) -> str | None:
    # 中午十二点到两点: the second time is of the same half day as the first unless that would be earlier
    if not start or not end or end > start:
        return end
    later = f"{int(end[:2]) + 12:02}{end[2:]}"
    return later if start < later < "24:00" else end


def _span(start: str | None, end: str | None) -> dict[str, Any] | None:
    # Equal ends would allow either nothing or everything; better not to guess.
    if start == end:
        return None
    return {name: clock for name, clock in (("from", start), ("to", end)) if clock}


def _units() -> dict[str, str]:
    return _WORDS.values("units")


def _number(word: str) -> int:
    named: dict[str, int] = _WORDS.values("numbers")
    return named[word] if word in named else han_number(word.replace("两", "二"))
