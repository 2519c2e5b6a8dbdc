"""Pure: how moments are shown. All in the shop's own time zone, whoever looks."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

DAYS = {"en": "%a %-d %b %Y", "zh": "%Y-%m-%d"}


def exact(moment: datetime) -> str:
    """For machines, e.g. ``2026-11-21T09:00:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def time_words(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%H:%M")


def day_words(moment: datetime, zone: ZoneInfo, language: str) -> str:
    return moment.astimezone(zone).strftime(DAYS[language])


def date_words(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """Day and time."""
    return f"{day_words(moment, zone, language)} {time_words(moment, zone)}"
