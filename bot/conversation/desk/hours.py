"""When people are at the desk, and how the next opening is said."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
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


WhenOpen = Callable[[Crm], Awaitable[Hours]]
"""Reads the hours that hold now; staff may change them at any time."""


@dataclass(frozen=True)
class DeskHours:
    """The same span on each of `days` (0 = Monday), in the shop's zone."""

    days: frozenset[int]
    opens: time
    closes: time
    zone: ZoneInfo

    async def read(self, crm: Crm) -> Hours:
        """These hours, whatever the store says."""
        return self

    def open_at(self, now: datetime) -> bool:
        here = now.astimezone(self.zone)
        return here.weekday() in self.days and self.opens <= here.time() < self.closes

    def next_opening(self, now: datetime) -> datetime:
        """The earliest opening after `now`. The local wall time is built first, then placed in its zone."""
        here = now.astimezone(self.zone)
        for ahead in range(9):
            day = here.date() + timedelta(days=ahead)
            opening = datetime.combine(day, self.opens, self.zone)
            if day.weekday() in self.days and opening > now:
                return opening
        raise ValueError("the desk never opens")


def spoken(opening: datetime, zone: ZoneInfo, sentences: Sentences, language: str) -> str:
    """Day and time on the wall of the shop, in the shopper's words."""
    local = opening.astimezone(zone)
    weekday = sentences.say(f"weekday_{local.weekday()}", language)
    day, month = str(local.day), str(local.month)
    return sentences.say("opening", language, weekday=weekday, day=day, month=month, time=f"{local:%H:%M}")
