"""Pure: a moment as people say it, in a zone and a language, and the hours in which one may be written to."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crm_store.sentences import Sentences

WAKES, SLEEPS = 8, 21
"""Hours of the wall between which a shopper is told what they did not ask about just now."""


def spoken(sentences: Sentences, language: str, moment: datetime, zone: ZoneInfo) -> str:
    """``on Monday (23/11) at 13:00``."""
    local = moment.astimezone(zone)
    weekday = sentences.say(f"weekday_{local.weekday()}", language)
    day, month = str(local.day), str(local.month)
    return sentences.say("moment", language, weekday=weekday, day=day, month=month, time=f"{local:%H:%M}")


def is_awake(now: datetime, zone: ZoneInfo) -> bool:
    """Whether it is day there."""
    return WAKES <= now.astimezone(zone).hour < SLEEPS


def zone_or(name: str | None, shop: ZoneInfo) -> ZoneInfo:
    """The zone of this name; the shop's when there is none."""
    try:
        return ZoneInfo(name) if name else shop
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return shop
