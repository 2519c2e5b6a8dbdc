"""Pure: which days the calendar shows, by month or by week. What an address says wrong, it does not say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm_store.plans.festivals import festival_day, festivals

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 2000, 2099


@dataclass(frozen=True)
class Days:
    """From the `first` to the `last`, whole weeks from Monday. `month`: its first day, None for a single week."""

    first: date
    last: date
    month: date | None
    zone: ZoneInfo

    @property
    def all(self) -> list[date]:
        return [self.first + timedelta(days=place) for place in range((self.last - self.first).days + 1)]

    @property
    def weeks(self) -> list[list[date]]:
        days = self.all
        return [days[place : place + 7] for place in range(0, len(days), 7)]

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From the first instant to the end, as UTC."""
        return self._midnight(self.first), self._midnight(self.last + DAY)

    @property
    def before(self) -> str:
        """As an address asks for it."""
        if self.month is None:
            return f"week={self.first - WEEK}"
        return f"month={(self.month - DAY):%Y-%m}"

    @property
    def after(self) -> str:
        if self.month is None:
            return f"week={self.first + WEEK}"
        return f"month={_next_month(self.month):%Y-%m}"

    def holds(self, day: date) -> bool:
        """Whether the day belongs to what is shown, and is not there only to fill a week."""
        return self.month is None or (day.year, day.month) == (self.month.year, self.month.month)

    def festivals(self) -> dict[date, list[str]]:
        """Names of festivals by day."""
        found: dict[date, list[str]] = {}
        for name in sorted(festivals()):
            for year in {self.first.year, self.last.year}:
                day = festival_day(name, year)
                if day is not None and self.first <= day <= self.last:
                    found.setdefault(day, []).append(name)
        return found

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


def days_asked(query: Mapping[str, str], now: datetime, zone: ZoneInfo) -> Days:
    """The week an address names by one of its days, or its month; else this month."""
    today = now.astimezone(zone).date()
    week = _day(query.get("week", ""))
    if week is not None:
        monday = week - timedelta(days=week.weekday())
        return Days(monday, monday + timedelta(days=6), None, zone)
    month = _day(f"{query.get('month', '')}-01") or today.replace(day=1)
    end = _next_month(month) - DAY
    return Days(month - timedelta(days=month.weekday()), end + timedelta(days=6 - end.weekday()), month, zone)


def _next_month(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def _day(told: str) -> date | None:
    try:
        day = date.fromisoformat(told)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
