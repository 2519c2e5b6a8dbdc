"""Pure: which days a report is about. What an address says wrong, it does not say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm_store.desk.report_cases import Group, Span

SPANS = (7, 30, 90)
LONGEST = 366
DAYS_APART = 92
"""A chart of more days than this shows weeks."""


@dataclass(frozen=True)
class Period:
    """From the `first` day to the `last`, both counted; `days` is one of `SPANS`, 0 for days of one's own."""

    first: date
    last: date
    days: int
    zone: ZoneInfo

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def span(self) -> Span:
        return Span(self._midnight(self.first), self._midnight(self.last + timedelta(days=1)), self.zone.key)

    @property
    def before(self) -> "Period":
        """As many days, up to the day before."""
        last = self.first - timedelta(days=1)
        return Period(last - timedelta(days=self.length - 1), last, 0, self.zone)

    @property
    def named(self) -> dict[str, str]:
        """The same again, to be read by `period_of`."""
        return {"first": self.first.isoformat(), "last": self.last.isoformat()}

    def pieces(self) -> list["Period"]:
        """Its days, or its weeks when there are many; the last week may be short."""
        step = 1 if self.length <= DAYS_APART else 7
        firsts = [self.first + timedelta(days=place) for place in range(0, self.length, step)]
        ends = [min(first + timedelta(days=step - 1), self.last) for first in firsts]
        return [Period(first, end, 0, self.zone) for first, end in zip(firsts, ends, strict=True)]

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


def period_of(query: Mapping[str, str], now: datetime, zone: ZoneInfo) -> Period:
    """The days an address asks for: so many up to today, or its own `first` and `last`; else the last thirty.

    Days of one's own are put in order, end today and are a year at most.
    """
    today = now.astimezone(zone).date()
    first, last = _day(query.get("first", "")), _day(query.get("last", ""))
    if first is None or last is None:
        days = next((days for days in SPANS if str(days) == query.get("days")), SPANS[1])
        return Period(today - timedelta(days=days - 1), today, days, zone)
    first, last = sorted((min(first, today), min(last, today)))
    return Period(max(first, last - timedelta(days=LONGEST - 1)), last, 0, zone)


def group_of(query: Mapping[str, str]) -> Group:
    """By category where nothing known is asked for."""
    told = query.get("by", "")
    return Group(told) if told in set(Group) else Group.CATEGORY


def _day(told: str) -> date | None:
    try:
        day = date.fromisoformat(told)
    except ValueError:
        return None
    return day if 2000 <= day.year < 9000 else None
