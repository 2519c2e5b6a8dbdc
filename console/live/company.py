"""Company: who of the staff looks at a conversation right now, and who is typing there. Kept in memory alone.

A page says so again and again while it lasts; every process hears it by a signal, and forgets it soon after the last.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from crm_store.database import Store
from crm_store.errors import StoreUnavailable
from crm_store.staff.scope import Scope

TOLD = "company"
"""The topic between processes: its number holds who, what and where."""
CHANGED = "looking"
"""The topic for live parts, with the conversation's id."""
LOOKS_FOR = 40.0
TYPES_FOR = 6.0
SPAN = 1 << 40


@dataclass(frozen=True)
class Companion:
    staff_id: int
    types: bool


class Company:
    """One for each process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._until: dict[int, dict[tuple[int, bool], float]] = defaultdict(dict)

    async def run(self) -> None:
        """Listen, until cancelled."""
        with self._store.signals.listening(TOLD, self._hear):
            await asyncio.Event().wait()

    async def heard(self, scope: Scope, said: Mapping[str, object]) -> None:
        """What a page said: ``{"looking": id}`` or ``{"typing": id}``. Of what is not in sight nothing is told on."""
        for word, types in (("looking", False), ("typing", True)):
            conversation_id = said.get(word)
            if isinstance(conversation_id, int) and 0 < conversation_id < SPAN:
                await self._tell(scope, conversation_id, types)

    async def _tell(self, scope: Scope, conversation_id: int, types: bool) -> None:
        try:
            async with self._store.transaction() as crm:
                if await crm.queue.talk(scope, conversation_id) is not None:
                    crm.nudge(TOLD, (scope.staff_id * 2 + types) * SPAN + conversation_id)
        except StoreUnavailable:
            # It will be said again in a moment.
            return

    def with_(self, conversation_id: int, but: int) -> list[Companion]:
        """Everybody there but oneself, each once."""
        now = asyncio.get_running_loop().time()
        there = [key for key, until in self._until.get(conversation_id, {}).items() if until > now and key[0] != but]
        typing = {staff_id for staff_id, types in there if types}
        return [Companion(staff_id, staff_id in typing) for staff_id in sorted({staff_id for staff_id, _ in there})]

    def _hear(self, number: int) -> None:
        who, conversation_id = divmod(number, SPAN)
        key = (who // 2, bool(who % 2))
        loop = asyncio.get_running_loop()
        lasts = TYPES_FOR if key[1] else LOOKS_FOR
        is_new = key not in self._until[conversation_id]
        self._until[conversation_id][key] = loop.time() + lasts
        loop.call_later(lasts + 0.1, self._forget, conversation_id, key)
        if is_new:
            self._store.signals.here(CHANGED, conversation_id)

    def _forget(self, conversation_id: int, key: tuple[int, bool]) -> None:
        there = self._until.get(conversation_id, {})
        if there.get(key, 0.0) <= asyncio.get_running_loop().time() and there.pop(key, None) is not None:
            self._store.signals.here(CHANGED, conversation_id)
        if not there:
            self._until.pop(conversation_id, None)
