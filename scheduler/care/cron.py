"""Pure: five cron fields as an instant. Weekdays are those of every crontab (0 and 7 are Sunday); names work too."""

from datetime import datetime, timedelta
from functools import lru_cache

from apscheduler.triggers.cron import CronTrigger

NAMES = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = 5
_MOMENT = timedelta(microseconds=1)


def next_cron(fields: str, after: datetime, zone: str) -> datetime | None:
    """The first instant strictly after `after`; None when there is none, such as 30 February.

    Raises ValueError for what is no cron expression, and for one that names both days of the month and weekdays: of
    those some clocks take either and others take both.
    """
    found: datetime | None = _trigger(fields, zone).get_next_fire_time(None, after + _MOMENT)
    return found


@lru_cache(maxsize=512)
def _trigger(fields: str, zone: str) -> CronTrigger:
    parts = fields.split()
    if len(parts) != _FIELDS:
        raise ValueError("cron: write five fields: minute, hour, day of the month, month, weekday")
    minute, hour, day, month, weekday = parts
    if day != "*" and weekday != "*":
        raise ValueError("cron: name days of the month or weekdays, not both")
    return CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=_weekdays(weekday), timezone=zone)


def _weekdays(field: str) -> str:
    """By name, one by one: numbers would be counted from Monday, and no range may pass Sunday."""
    if field == "*":
        return field
    chosen = sorted({day for part in field.split(",") for day in _range(part)})
    return ",".join(NAMES[day] for day in chosen)


def _range(part: str) -> list[int]:
    span, _, step = part.partition("/")
    first, _, last = ("0-6" if span == "*" else span).partition("-")
    begin, end = _number(first), _number(last or ("6" if step else first))
    days = range(begin, (end if end >= begin else end + 7) + 1, int(step or 1))
    return [day % 7 for day in days]


def _number(word: str) -> int:
    name = word.lower()[:3]
    number = NAMES.index(name) if name in NAMES else int(word)
    if not 0 <= number <= 7:
        raise ValueError(f"cron: there is no weekday {word}; Sunday is 0 or 7")
    return number
