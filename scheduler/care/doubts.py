"""Letters looked at and not handed over yet: what is said or moved meanwhile reaches them, too.

Whatever changes what a person allows, or a campaign, tells every process at its commit; then those that are still here
are looked at again before the next one is handed over.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from crm_store.sending.letter import Letter

Listener = Callable[[int], None]


class Doubts:
    """`ask` gives the ids of those that may not go any more."""

    def __init__(self, ask: Callable[[Sequence[Letter]], Awaitable[set[int]]]) -> None:
        self._ask = ask
        self._asking = asyncio.Lock()
        self._pending: dict[int, Letter] = {}
        self._withdrawn: set[int] = set()
        self._raised = False

    @property
    def listeners(self) -> Mapping[str, Listener]:
        """By topic of a signal."""
        return {"standing": self._person, "campaign": self._campaign, "care": self._anything}

    def watch(self, letters: Sequence[Letter]) -> None:
        """They have been looked at."""
        self._pending.update({letter.id: letter for letter in letters})

    def gone(self, letter: Letter) -> None:
        """It was handed over, or is not going to be."""
        self._pending.pop(letter.id, None)
        self._withdrawn.discard(letter.id)

    async def may_go(self, letter: Letter) -> bool:
        """Asked just before it is handed over; costs nothing unless something was said."""
        # Whoever comes while somebody asks waits for the answer.
        while self._raised or self._asking.locked():
            await self._settled()
        return letter.id not in self._withdrawn

    async def _settled(self) -> None:
        async with self._asking:
            if self._raised:
                # What is said while we ask is asked about again.
                self._raised = False
                try:
                    self._withdrawn |= await self._ask(list(self._pending.values()))
                except BaseException:
                    self._raised = True
                    raise

    def _person(self, customer_id: int) -> None:
        if not customer_id or any(letter.customer_id == customer_id for letter in self._pending.values()):
            self._raised = bool(self._pending)

    def _campaign(self, campaign_id: int) -> None:
        if any(letter.campaign_id == campaign_id for letter in self._pending.values()):
            self._raised = True

    def _anything(self, _: int) -> None:
        self._raised = bool(self._pending)
