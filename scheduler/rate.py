"""Pure: a rate that holds in every window, not only on average."""

from collections import deque


class SlidingWindow:
    """At most `limit` events in any `seconds`. Times are seconds of one monotonic clock, given by the caller."""

    def __init__(self, limit: float, seconds: float = 1.0) -> None:
        self._limit = max(1, int(limit))
        self._seconds = seconds
        self._taken: deque[float] = deque()

    def free_at(self, now: float) -> float:
        """The earliest time ≥ now at which one more may go."""
        while self._taken and self._taken[0] <= now - self._seconds:
            self._taken.popleft()
        if len(self._taken) < self._limit:
            return now
        return self._taken[-self._limit] + self._seconds

    def take(self, at: float) -> None:
        """Count one event."""
        self._taken.append(at)
