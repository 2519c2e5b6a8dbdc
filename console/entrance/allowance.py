"""How often one network address may try to sign in, counted in bounded memory."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

TRIES = 30
WITHIN = timedelta(minutes=5)
ROOM = 10_000


class Tries:
    """At most `TRIES` from one address `WITHIN`; the addresses heard of longest ago are forgotten beyond `ROOM`."""

    def __init__(self) -> None:
        self._made: OrderedDict[str, deque[datetime]] = OrderedDict()

    def may(self, address: str, now: datetime) -> bool:
        """Count one more; False when that is too many."""
        made = self._made.pop(address, None) or deque()
        self._made[address] = made
        if len(self._made) > ROOM:
            self._made.popitem(last=False)
        while made and now - made[0] >= WITHIN:
            made.popleft()
        if len(made) >= TRIES:
            return False
        made.append(now)
        return True
