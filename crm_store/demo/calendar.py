"""Days and times of the shop, told from today."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TIME_ZONE = "Asia/Singapore"


def moment(day: date, minutes: int) -> datetime:
    """`minutes` after midnight in the shop, as UTC."""
    return (datetime.combine(day, time(), ZoneInfo(TIME_ZONE)) + timedelta(minutes=minutes)).astimezone(UTC)


def days(count: int) -> timedelta:
    return timedelta(days=count)


def end_of_next_year(day: date) -> date:
    return date(day.year + 1, 12, 31)


def end_of_next_month(day: date) -> date:
    first_of_month = day.replace(day=1)
    return (first_of_month + days(62)).replace(day=1) - days(1)
