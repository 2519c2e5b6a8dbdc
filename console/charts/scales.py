"""Pure: axes. Which round values an axis names, and where a value stands on it."""

from dataclasses import dataclass
from itertools import count
from math import ceil

MINUTE, HOUR, DAY = 60, 3600, 86_400
LENGTHS = (
    *(each * MINUTE for each in (1, 5, 10, 15, 30)),
    *(each * HOUR for each in (1, 2, 4, 6, 12)),
    *(each * DAY for each in (1, 2, 5, 10, 30)),
)
"""Steps in which one reads time, in seconds."""
MOST = 5


def ticks(top: float, most: int = MOST) -> list[int]:
    """Whole even steps of 1, 2 or 5 times a power of ten, from 0 to the first at or above `top`."""
    steps = (base * 10**power for power in count() for base in (1, 2, 5))
    return _even(next(step for step in steps if step * most >= top), top)


def time_ticks(top: float, most: int = MOST) -> list[int]:
    """The same for seconds, in minutes, hours or days."""
    months = (LENGTHS[-1] * each for each in count(2))
    step = next((step for step in LENGTHS if step * most >= top), None)
    return _even(step or next(step for step in months if step * most >= top), top)


def named(how_many: int, most: int = 7) -> list[int]:
    """Which of so many places get their name written: even ones, the first always."""
    return list(range(0, how_many, max(1, ceil(how_many / most))))


@dataclass(frozen=True)
class Scale:
    """From values 0 to `top` to places `start` to `end`, which may run backwards."""

    top: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """What is outside stands at the edge; to a tenth."""
        share = min(max(value / self.top, 0.0), 1.0) if self.top else 0.0
        return round(self.start + (self.end - self.start) * share, 1)


def _even(step: int, top: float) -> list[int]:
    return [step * each for each in range(max(1, ceil(top / step)) + 1)]
