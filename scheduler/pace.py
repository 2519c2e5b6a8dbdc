"""How fast a lane may send: the account's rate in every second, and each address's over three, for short bursts."""

import asyncio
import time
from collections import OrderedDict

from scheduler.rate import SlidingWindow

BURST_SECONDS = 3.0
"""Providers state a rate per chat and tolerate short bursts: three seconds' worth at once, then the stated rate."""
REMEMBERED = 10_000


class Pace:
    """`rate` and `rate_per_address` in messages per second."""

    def __init__(self, rate: float, rate_per_address: float) -> None:
        self._lane = SlidingWindow(rate)
        self._per_address = rate_per_address
        self._addresses: OrderedDict[str, SlidingWindow] = OrderedDict()

    async def slot(self, address: str) -> None:
        """Return when the next message to `address` may go."""
        for window in (self._window(address), self._lane):
            now = time.monotonic()
            at = window.free_at(now)
            window.take(at)
            if at > now:
                await asyncio.sleep(at - now)

    def _window(self, address: str) -> SlidingWindow:
        window = self._addresses.pop(address, None) or SlidingWindow(self._per_address * BURST_SECONDS, BURST_SECONDS)
        self._addresses[address] = window
        if len(self._addresses) > REMEMBERED:
            self._addresses.popitem(last=False)
        return window
