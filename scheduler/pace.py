"""How fast a lane may send: the account's rate in every second, and each address's over three, for short bursts.

Replies go first: care leaves a part of every second free for them, stands back while one waits, and goes evenly: what
is on its way for longer than the rest cannot meet too many others at the provider's.
"""

import asyncio
import time
from collections import OrderedDict

from scheduler.rate import SlidingWindow, even_span_for, span_for

BURST_SECONDS = 3.0
"""Providers state a rate per chat and tolerate short bursts: three seconds' worth at once, then the stated rate."""
REMEMBERED = 10_000
LEFT_FOR_REPLIES = 10
"""One part in so many of every second that care leaves alone."""
STAND_BACK = 0.005


class Pace:
    """`rate` and `rate_per_address` in messages per second."""

    def __init__(self, rate: float, rate_per_address: float) -> None:
        self._allowed = rate
        self._lane = SlidingWindow(*span_for(rate))
        self._even = SlidingWindow(*even_span_for(self.a_second))
        self._per_address = rate_per_address
        self._addresses: OrderedDict[str, SlidingWindow] = OrderedDict()
        self._reply_turn = asyncio.Lock()
        self._care_turn = asyncio.Lock()

    @property
    def a_second(self) -> int:
        """Messages of care that may go in a second."""
        return max(1, self._lane.limit - self._kept)

    @property
    def _kept(self) -> int:
        return max(1, self._lane.limit // LEFT_FOR_REPLIES)

    def limit_to(self, rate: float | None) -> None:
        """Staff want it slower than the provider does, or as fast as the provider allows."""
        self._lane.change(*span_for(min(self._allowed, rate or self._allowed)))
        self._even.change(*even_span_for(self.a_second))

    def remember(self, many: int) -> None:
        """So many went out just now by somebody else's hand."""
        self._lane.take(time.monotonic(), many)

    async def slot(self, address: str) -> None:
        """Return when the next reply to `address` goes."""
        await self._turn_of(address, self._reply_turn, 0)

    async def leftover(self, address: str) -> None:
        """Return when the next message of care to `address` goes: from what replies leave."""
        await self._turn_of(address, self._care_turn, self._kept)

    async def _turn_of(self, address: str, turn: asyncio.Lock, keep: int) -> None:
        # Whoever waits for their own chat alone holds up nobody else.
        window = self._window(address)
        while True:
            await _until_free(window)
            async with turn:
                await self._lane_free(keep)
                now = time.monotonic()
                if window.free_at(now) <= now:
                    self._lane.take(now)
                    window.take(now)
                    if keep:
                        self._even.take(now)
                    return

    async def _lane_free(self, keep: int) -> None:
        # What was free when the wait began may not be so after it: only the moment of going counts.
        while (wait := self._wait(keep)) > 0:
            await asyncio.sleep(wait)

    def _wait(self, keep: int) -> float:
        now = time.monotonic()
        if not keep:
            return self._lane.free_at(now) - now
        at = max(self._lane.free_at(now, keep), self._even.free_at(now), now + STAND_BACK * self._reply_turn.locked())
        return at - now

    def _window(self, address: str) -> SlidingWindow:
        window = self._addresses.pop(address, None) or SlidingWindow(self._per_address * BURST_SECONDS, BURST_SECONDS)
        self._addresses[address] = window
        if len(self._addresses) > REMEMBERED:
            self._addresses.popitem(last=False)
        return window


async def _until_free(window: SlidingWindow) -> None:
    while (wait := window.free_at(now := time.monotonic()) - now) > 0:
        await asyncio.sleep(wait)
