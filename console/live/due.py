"""What is to be rendered: marked by signals, each once, and left alone while it rests."""

import asyncio
from collections.abc import Iterable

from console.live.line import Group


class Due:
    """Filled by whoever hears the signals, emptied by whoever renders."""

    def __init__(self) -> None:
        self._dirty: dict[Group, None] = {}
        self._resting: set[Group] = set()
        self._wake = asyncio.Event()

    def mark(self, groups: Iterable[Group]) -> None:
        for group in groups:
            self._dirty[group] = None
            self._wake.set()

    def mark_later(self, group: Group, seconds: float) -> None:
        """Due in so many seconds, or when it is due anyway."""
        if group not in self._resting and group not in self._dirty:
            self._rest(group, seconds)
        self._dirty[group] = None

    def forget(self, group: Group) -> None:
        self._dirty.pop(group, None)

    async def taken(self) -> list[Group]:
        """Waits until there is something; what rests stays marked until it has rested."""
        await self._wake.wait()
        self._wake.clear()
        taken = [group for group in self._dirty if group not in self._resting]
        self._dirty = {group: None for group in self._dirty if group in self._resting}
        for group in taken:
            if group.part.rest:
                self._rest(group, group.part.rest)
        return taken

    def _rest(self, group: Group, seconds: float) -> None:
        self._resting.add(group)
        asyncio.get_running_loop().call_later(seconds, self._rested, group)

    def _rested(self, group: Group) -> None:
        self._resting.discard(group)
        if group in self._dirty:
            self._wake.set()
