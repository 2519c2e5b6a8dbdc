"""How often one address may do a thing, counted in bounded memory."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta


class Allowance:
    """At most `limit` in any `seconds` for each name; the names heard of longest ago are forgotten beyond `room`."""

    def __init__(self, limit: int, seconds: float, room: int = 10_000) -> None:
        self._limit = limit
        self._span = timedelta(seconds=seconds)
        self._room = room
        self._taken: OrderedDict[str, deque[datetime]] = OrderedDict()

    def take(self, name: str, now: datetime) -> bool:
        """Count one more; False when that is too many, and then it is not counted."""
        taken = self._taken.pop(name, None) or deque()
        self._taken[name] = taken
        if len(self._taken) > self._room:
            self._taken.popitem(last=False)
        while taken and now - taken[0] >= self._span:
            taken.popleft()
        if len(taken) >= self._limit:
            return False
        taken.append(now)
        return True
