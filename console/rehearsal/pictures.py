"""Pure: whom it reaches by the hour and by the day on their own clocks, as columns that lead to the people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from console.charts.drawing import Columns, Place, columns

FEWEST, MOST = 3, 31
"""Days shown at least and at most."""
Says = Callable[[str, int], str]
"""What a column says in full: its name, how many people."""


@dataclass(frozen=True)
class Bars:
    """A chart, and the same as rows: figure, name, people."""

    chart: Columns
    rows: list[tuple[str, str, int]]


def by_hour(hours: Mapping[int, int], to: Callable[[str], str], says: Says) -> Bars:
    """All 24, for the empty ones tell as much."""
    named = [(f"hour:{hour}", f"{hour:02}:00–{(hour + 1) % 24:02}:00", hours.get(hour, 0)) for hour in range(24)]
    places = [Place(f"{hour:02}", says(name, many), (to(figure),)) for hour, (figure, name, many) in enumerate(named)]
    return Bars(columns(places, [[many] for _, _, many in named]), [row for row in named if row[2]])


def by_day(days: Mapping[str, int], to: Callable[[str], str], says: Says, name: Callable[[date], str]) -> Bars | None:
    """From the first to the last, with those between; None for none."""
    if not days:
        return None
    first = date.fromisoformat(min(days))
    many = max((date.fromisoformat(max(days)) - first).days + 1, FEWEST)
    listed = [first + timedelta(days=place) for place in range(min(many, MOST))]
    named = [(f"day:{day}", name(day), days.get(day.isoformat(), 0)) for day in listed]
    places = [
        Place(f"{day.day}.{day.month}.", says(full, people), (to(figure),))
        for day, (figure, full, people) in zip(listed, named, strict=True)
    ]
    return Bars(columns(places, [[people] for _, _, people in named]), [row for row in named if row[2]])
