"""Pure: when a shopper may be asked something that is not urgent, by their own clock and their own rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crm_store.shop.opening import next_opening, open_until

OPENS, CLOSES = "09:00", "20:00"
EVERY_DAY = range(7)


@dataclass(frozen=True)
class AskingHours:
    """Between two times of the day on some days (0 = Monday) in their zone; the span may cross midnight."""

    zone: ZoneInfo
    opens: str = OPENS
    closes: str = CLOSES
    days: tuple[int, ...] = tuple(EVERY_DAY)

    def earliest(self, at: datetime) -> datetime:
        """`at` when it is allowed then, else the next moment it is."""
        hours = {str(day): [[self.opens, self.closes]] for day in self.days}
        if open_until(hours, at, self.zone) is not None:
            return at
        return next_opening(hours, at, self.zone) or at


def asking_hours(zone: str, rules: Mapping[str, Mapping[str, Any]]) -> AskingHours:
    """Of somebody's `hours` and `days` rules (see `Preference`); what they do not say is ours to choose."""
    told = rules.get("hours", {})
    opens, closes = told.get("from"), told.get("to")
    opens = opens or (OPENS if not closes or closes > OPENS else "00:00")
    closes = closes or (CLOSES if opens < CLOSES else "24:00")
    days = tuple(rules.get("days", {}).get("days") or EVERY_DAY)
    return AskingHours(_zone(zone), opens, closes, days)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
