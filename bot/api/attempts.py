"""Wrong keys shown by one address, counted for a minute in bounded memory."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

WINDOW = timedelta(minutes=1)


@dataclass
class _Count:
    begun: datetime
    failures: int = 0


class FailedAttempts:
    """More than `most` failures within a minute and an address waits until the minute is over.

    At most `room` addresses are remembered; the ones counted longest ago are forgotten first.
    """

    def __init__(self, most: int = 20, room: int = 4096) -> None:
        self._most = most
        self._room = room
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    def too_many(self, address: str, now: datetime) -> bool:
        count = self._counts.get(_network(address))
        return count is not None and count.failures >= self._most and now - count.begun < WINDOW

    def note(self, address: str, now: datetime) -> None:
        """One more failure."""
        network = _network(address)
        count = self._counts.pop(network, None)
        if count is None or now - count.begun >= WINDOW:
            count = _Count(now)
        count.failures += 1
        self._counts[network] = count
        if len(self._counts) > self._room:
            self._counts.popitem(last=False)


def _network(address: str) -> str:
    """One household has a /64 of IPv6 addresses: they count as one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(int(parsed) >> 64) if isinstance(parsed, IPv6Address) else address
