"""Pages of the inbox kept in this process: what changed is read once for all of them and put in; the rest stays."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

from console.inbox.patching import SHOWN, SPARE, Change, KeptPage, kept_page, patched
from console.inbox.wanted import Wanted
from console.live.part import Look
from crm_store.database import Store
from crm_store.queue.queue import QueuePage
from crm_store.queue.queue_changes import Standing
from crm_store.queue.queue_filter import QueueFilter
from crm_store.staff.scope import Scope

FEW = 40
"""Of more changes than these a page is read as a whole."""
ROOM = 150
"""Pages kept; 100 to 150 KB each when they share no lines."""

Key = tuple[Scope, QueueFilter]


@dataclass
class Place:
    """Where a page is kept. Whoever reads holds the lock: an older reading never comes after a newer one."""

    page: KeptPage | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Pages:
    """One for each process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._places: OrderedDict[Key, Place] = OrderedDict()

    async def top(self, look: Look, scope: Scope, wanted: Wanted, limit: int) -> QueuePage:
        """The first `limit` lines, 50 at most, as new as the stamp of `look` at least. Raises `StoreUnavailable`."""
        key = (scope, wanted.filter)
        place = self._place(key)

        async def read() -> KeptPage:
            async with place.lock:
                place.page = await self._patched(place.page, look, key) or await self._whole(look, key)
                return place.page

        return (await look.together.once(("inbox.page", key), read)).shown(limit)

    def _place(self, key: Key) -> Place:
        place = self._places.setdefault(key, Place())
        self._places.move_to_end(key)
        if len(self._places) > ROOM:
            self._places.popitem(last=False)
        return place

    async def _whole(self, look: Look, key: Key) -> KeptPage:
        async with self._store.reading() as crm:
            return kept_page(await crm.queue.page(*key, look.now, None, SHOWN + SPARE), look.stamp)

    async def _patched(self, kept: KeptPage | None, look: Look, key: Key) -> KeptPage | None:
        numbers = look.changed("desk", kept.stamp) if kept is not None else None
        if kept is None or numbers is None or len(numbers) > FEW:
            return None
        standing = await self._standing(look, numbers) if numbers else []
        return patched(kept, Change(numbers, standing, look.stamp), *key) if standing is not None else None

    async def _standing(self, look: Look, numbers: frozenset[int]) -> list[Standing] | None:
        """Read once for all who may see it or not: to whom it is shown is decided line by line."""

        async def read() -> list[Standing] | None:
            cases = [number for number in numbers if number > 0]
            talks = [-number for number in numbers if number < 0]
            async with self._store.reading() as crm:
                return await crm.queue.standing(cases, talks, look.now)

        return await look.together.once(("inbox.standing", numbers), read)
