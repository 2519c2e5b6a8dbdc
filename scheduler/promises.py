"""Promises on time: clocks whose moment has come are looked at, and what nobody has acknowledged climbs.

Any number of processes may do this at once: cases are shared out by their locks, and each step is taken once.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from crm_store.database import Store
from crm_store.errors import StoreUnavailable

BATCH = 100
PUT_OFF = timedelta(hours=1)

log = structlog.get_logger(__name__)


class Promises:
    """Looks at clocks every few seconds, and at once when told to. What came due while nobody ran is caught up with."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    async def run(self) -> None:
        """Look whenever somebody nudges `promises`, until cancelled; the clock looks beside it."""
        woken = asyncio.Event()
        with self._store.signals.listening("promises", lambda _: woken.set()):
            while True:
                await woken.wait()
                woken.clear()
                try:
                    await self.look()
                except StoreUnavailable:
                    log.warning("promises_interrupted", reason="database away")

    async def look(self) -> None:
        """Take every step that is due, and let climb what has waited too long."""
        while await self._batch() == BATCH:
            pass
        async with self._store.transaction() as crm:
            await crm.escalations.climb(self._now())

    async def look_again(self) -> None:
        """Now and then: answers that were delivered while their case was in other hands."""
        async with self._store.transaction() as crm:
            await crm.clocks.look_again(self._now())
            crm.nudge("promises")

    async def _batch(self) -> int:
        try:
            async with self._store.transaction() as crm:
                due = await crm.clocks.due_now(self._now(), BATCH)
                await crm.clocks.refresh(due, self._now())
                return len(due)
        except StoreUnavailable:
            raise
        except Exception as error:
            # One case that cannot be read must not stop the promises of all others.
            log.error("promises_batch_broke", error=type(error).__name__)
            return await self._one_by_one()

    async def _one_by_one(self) -> int:
        async with self._store.transaction() as crm:
            due = await crm.clocks.due_now(self._now(), BATCH)
        for complaint_id in due:
            try:
                async with self._store.transaction() as crm:
                    await crm.clocks.refresh([complaint_id], self._now())
            except StoreUnavailable:
                raise
            except Exception as error:
                log.error("promise_broke", complaint=complaint_id, error=type(error).__name__)
                async with self._store.transaction() as crm:
                    await crm.clocks.put_off(complaint_id, self._now() + PUT_OFF)
        return len(due)
