"""Pure: a rate that holds in every window, not only on average."""

import math
from collections import deque

SLACK = 0.05
"""Seconds by which a window is longer than it has to be: two messages may be on their way for unlike times."""
GRAIN = 0.05
"""Seconds within which it does not matter when a message goes."""


class SlidingWindow:
    """At most `limit` events in any `seconds`. Times are seconds of one monotonic clock, given by the caller."""

    def __init__(self, limit: float, seconds: float = 1.0) -> None:
        self.limit = max(1, int(limit))
        self._seconds = seconds
        self._taken: deque[float] = deque()

    def change(self, limit: float, seconds: float = 1.0) -> None:
        """Another rate from now on; what was taken before counts under it."""
        self.limit, self._seconds = max(1, int(limit)), seconds

    def free_at(self, now: float, keep: int = 0) -> float:
        """The earliest time ≥ now at which one more may go, with room for `keep` others beside it."""
        self._forget(now)
        limit = max(1, self.limit - keep)
        return now if len(self._taken) < limit else max(now, self._taken[-limit] + self._seconds)

    def room(self, now: float) -> int:
        """How many may go at `now`."""
        self._forget(now)
        return max(0, self.limit - len(self._taken))

    def take(self, at: float, many: int = 1) -> None:
        """Count one event, or many at once."""
        self._taken.extend([at] * many)

    def _forget(self, now: float) -> None:
        while self._taken and self._taken[0] <= now - self._seconds:
            self._taken.popleft()


def even_span_for(rate: float) -> tuple[float, float]:
    """Limit and seconds of a short window that spreads a rate over its second instead of using it up at once."""
    return (math.ceil(rate * GRAIN), GRAIN) if rate * GRAIN > 1 else (1, 1.0 / rate)


def span_for(rate: float, slack: float = SLACK) -> tuple[float, float]:
    """Limit and seconds of the window that keeps a rate; below one a second, a single message in more than a second."""
    return (rate, 1.0 + slack) if rate >= 1 else (1, 1.0 / rate + slack)
