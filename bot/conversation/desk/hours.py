"""When people are at the desk, and how the next opening is said."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from crm_store.crm import Crm
from crm_store.sentences import Sentences


class Hours(Protocol):
    """Business time in one zone."""

    @property
    def zone(self) -> ZoneInfo: ...

    def open_at(self, now: datetime) -> bool: ...

    def next_opening(self, now: datetime) -> datetime:
        """The first opening after `now`."""
        ...


DESK = "desk"
"""The calendar the handlers work by; staff may change it at any time."""


@dataclass(frozen=True)
class AlwaysOpen:
    """For a shop without that calendar: who waits is in the queue, and no opening is named."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    def open_at(self, now: datetime) -> bool:
        return True

    def next_opening(self, now: datetime) -> datetime:
        return now


async def desk_hours(crm: Crm) -> Hours:
    """The hours that hold now."""
    stored = await crm.calendars.current(DESK)
    return stored.hours if stored is not None else AlwaysOpen()


def spoken(opening: datetime, zone: ZoneInfo, sentences: Sentences, language: str) -> str:
    """Day and time on the wall of the shop, in the shopper's words."""
    local = opening.astimezone(zone)
    weekday = sentences.say(f"weekday_{local.weekday()}", language)
    day, month = str(local.day), str(local.month)
    return sentences.say("opening", language, weekday=weekday, day=day, month=month, time=f"{local:%H:%M}")
