"""Pure: hours, frequencies and pauses as shoppers say them, in lines already folded."""

import re
from datetime import date, timedelta
from typing import Any

from crm_store.spoken_dates import SpokenDay, day_in, han_number, month_in, next_on
from crm_store.words import WordLists

_CLOCK = (
    r"(?:(早上|上午|早|中午|下午|晚上|晚|夜里|凌晨|傍晚)?\s*([0-2]?\d|[一二两三四五六七八九十]{1,3})\s*(?:点|时|[:：])\s*(半|[0-5]\d)?分?(?![\d])"
    r"|([0-2]?\d)(?::([0-5]\d))?\s*(am|pm|a\.m\.|p\.m\.|o'clock)|(noon|midnight|midday))"
)
_BEFORE_EN = re.compile(rf"(?:before|earlier than|until|till)\s+{_CLOCK}")
_AFTER_EN = re.compile(rf"(?:after|later than|past|from)\s+{_CLOCK}")
_BEFORE_ZH = re.compile(rf"{_CLOCK}\s*(?:之前|以前|前)")
_AFTER_ZH = re.compile(rf"{_CLOCK}\s*(?:之后|以后|过后|后)")
_BETWEEN = re.compile(rf"(?:between\s+|from\s+|从)?{_CLOCK}\s*(?:and|to|-|–|~|到|至)\s*{_CLOCK}")
_NUMBER = r"(\d{1,2}|once|twice|one|two|three|four|five|[一二两三四五六七八九十]{1,2})"
_AT_MOST_EN = re.compile(rf"{_NUMBER}\s*(?:[a-z]+\s+)?(?:a|per|every|each|/|in a)\s*(day|week|month|mth|year)")
_AT_MOST_ZH = re.compile(
    rf"(?<!前)(?:一个?|每个?|1个?)(天|日|周|星期|礼拜|月|年)(?:里|内)?[^，。,0-9一二两三四五六七八九十]{{0,6}}{_NUMBER}\s*(?:次|条|封|则|回|个)"
)
_AT_MOST_HAN_PER = re.compile(
    r"(\d{1,2}|[一二两三四五六七八九十]{1,2})\s*(?:次|条|封)\s*(?:每|一)(?:个)?(天|周|星期|礼拜|月|年)"
)
_ADVERBS = re.compile(r"(?<![a-z])(daily|weekly|monthly|yearly)(?![a-z])")
_FOR = re.compile(r"(?<![a-z0-9])(?:the next\s+)?(a|an|one|two|three|four|six|\d{1,2})\s+(day|week|month|year)s?")
_FOR_ZH = re.compile(r"(\d{1,2}|[一二两三四五六七八九十]{1,2}|半)个?(天|日|周|星期|礼拜|月|年)")
_REFUSED = re.compile(r"(?:别|不要|勿)[^，。,]{0,2}$")
_MONTH_END = re.compile(r"月(?:底|末)|end of")
_PARTS_PM = frozenset({"下午", "晚上", "晚", "傍晚", "夜里"})
_EN_NUMBERS = {"a": 1, "an": 1, "once": 1, "twice": 2, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_UNITS = {"天": "day", "日": "day", "周": "week", "星期": "week", "礼拜": "week", "月": "month", "年": "year"}
_ADVERB_UNITS = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def hours_in(line: str, negative: bool) -> dict[str, Any] | None:
    """Allowed hours. "Not before 10" and "after 10" begin at 10; "not after 9pm" and "before 9pm" end there."""
    if between := _BETWEEN.search(line):
        start, end = _clock(between.groups()[:7]), _clock(between.groups()[7:14])
        end = _same_half(start, end)
        return _span(end, start) if negative else _span(start, end)
    before = _first(line, _BEFORE_EN, _BEFORE_ZH)
    after = _first(line, _AFTER_EN, _AFTER_ZH)
    return _span(before, after) if negative else _span(after, before)


def at_most_in(line: str) -> dict[str, Any] | None:
    """How often at most: {"count": 1, "per": "month"}."""
    if found := _AT_MOST_EN.search(line):
        return {"count": _number(found[1]), "per": found[2].replace("mth", "month")}
    if found := _AT_MOST_ZH.search(line):
        if _REFUSED.search(line[: found.start()]):
            return None
        return {"count": _number(found[2]), "per": _UNITS[found[1]]}
    if found := _AT_MOST_HAN_PER.search(line):
        return {"count": _number(found[1]), "per": _UNITS[found[2]]}
    found = _ADVERBS.search(line)
    return {"count": 1, "per": _ADVERB_UNITS[found[1]]} if found else None


def without_limits(line: str) -> str:
    """The line without what it says of frequency: in 一周一次 there is no Monday (周一)."""
    for pattern in (_AT_MOST_EN, _AT_MOST_ZH, _AT_MOST_HAN_PER):
        line = pattern.sub(" ", line)
    return line


def snooze_until(line: str, today: date, words: WordLists) -> date | None:
    """The first day on which messages may come again; a month means its first day."""
    if not words.finds("pause", line):
        return None
    if found := _FOR.search(line):
        return today + timedelta(days=_number(found[1]) * _DAYS[found[2]])
    day = day_in(line)
    if day is None:
        return _relative(line, today, words) or _for_han(line, today) or _from_month(line, today)
    return next_on(SpokenDay(day.month, day.day), today) if day.calendar == "solar" else None


def _for_han(line: str, today: date) -> date | None:
    found = _FOR_ZH.search(line)
    # 三月 is a month of the year, 三个月 a length of time
    if found is None or (found[2] == "月" and "个" not in found[0]):
        return None
    count = 0.5 if found[1] == "半" else float(_number(found[1]))
    return today + timedelta(days=int(count * _DAYS[_UNITS[found[2]]]))


def _from_month(line: str, today: date) -> date | None:
    month = month_in(line)
    if not month:
        return None
    first = SpokenDay(month % 12 + 1 if _MONTH_END.search(line) else month, 1)
    return next_on(first, today + timedelta(days=1))


def _relative(line: str, today: date, words: WordLists) -> date | None:
    if words.finds("days_from_now", line):
        return today + timedelta(days=1)
    if words.finds("weeks_from_now", line):
        return today + timedelta(days=7 - today.weekday())
    if words.finds("months_from_now", line):
        return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return None


def _first(line: str, *patterns: re.Pattern[str]) -> str | None:
    for pattern in patterns:
        for found in pattern.finditer(line):
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
        late = part in _PARTS_PM or (part == "中午" and number < 11)
    else:
        number, minutes, late = int(hour or 99), int(minute or 0), (half or "").startswith("p")
        number = 0 if number == 12 and (half or "").startswith("a") else number
    number += 12 if late and number < 12 else 0
    return f"{number:02}:{minutes:02}" if number < 24 else None


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


def _number(word: str) -> int:
    return _EN_NUMBERS[word] if word in _EN_NUMBERS else han_number(word.replace("两", "二"))
