"""Works the inbox off: conversations side by side, the turns of each in order, one process at a time for each."""

import asyncio
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.conversation.turn import Turn
from crm_store.database import Store
from crm_store.errors import StoreUnavailable
from crm_store.locks import LockKind
from crm_store.talks.inbox import Waiting

SIDE_BY_SIDE = 64
SWEEP_EVERY = 1.0
GIVE_UP_AFTER = 5
"""Tries after which an event that breaks the turn itself is set aside for a person to look at."""

BROKEN_PAUSE = timedelta(seconds=5)

log = structlog.get_logger(__name__)


class Worker:
    """Runs until cancelled. A signal starts a conversation at once; the sweep finds what a crash or a rival left.

    `took` is told the seconds from an event's arrival to the end of its turn.
    """

    def __init__(self, store: Store, turn: Turn, now: Callable[[], datetime], took: Callable[[float], None]) -> None:
        self._store = store
        self._turn = turn
        self._now = now
        self._took = took
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._once_more: set[int] = set()
        self._places = asyncio.Semaphore(SIDE_BY_SIDE)

    async def run(self) -> None:
        """Sweep for ever; at cancellation the turns under way are ended before the method returns."""
        try:
            with self._store.signals.listening("inbox", self.wake):
                while True:
                    await self._sweep()
                    await asyncio.sleep(SWEEP_EVERY)
        finally:
            for task in self._busy.values():
                task.cancel()
            await asyncio.gather(*self._busy.values(), return_exceptions=True)

    def wake(self, conversation_id: int) -> None:
        """Work on this conversation now, or once more when it is being worked on."""
        if conversation_id in self._busy:
            self._once_more.add(conversation_id)
            return
        task = asyncio.ensure_future(self._work_off(conversation_id))
        self._busy[conversation_id] = task
        task.add_done_callback(lambda _: self._finished(conversation_id))

    def _finished(self, conversation_id: int) -> None:
        del self._busy[conversation_id]
        if conversation_id in self._once_more:
            self._once_more.discard(conversation_id)
            self.wake(conversation_id)

    async def _sweep(self) -> None:
        try:
            async with self._store.transaction() as crm:
                waiting = await crm.inbox.conversations_waiting(self._now())
        except StoreUnavailable:
            log.warning("inbox_sweep_failed", reason="database away")
            return
        for conversation_id in waiting:
            if conversation_id not in self._busy:
                self.wake(conversation_id)

    async def _work_off(self, conversation_id: int) -> None:
        try:
            async with self._places, self._store.locks.holding(LockKind.CONVERSATION, conversation_id) as have:
                if have:
                    self._store.signals.here("typing", conversation_id)
                    await self._in_order(conversation_id)
        except StoreUnavailable:
            log.warning("turn_interrupted", conversation=conversation_id, reason="database away")
        finally:
            self._store.signals.here("quiet", conversation_id)

    async def _in_order(self, conversation_id: int) -> None:
        """One event after the other. What arrives meanwhile wakes us once more, so the last look costs nothing."""
        lost = self._store.locks.lost
        after, more = 0, True
        behind: datetime | None = None
        while more and not lost.is_set():
            async with self._store.reading() as crm:
                found = await crm.inbox.waiting(conversation_id, after, limit=2)
            if not found:
                return
            waiting, more = found[0], len(found) > 1
            after = waiting.event.id
            again_at = await self._take(waiting, behind)
            behind = behind or again_at

    async def _take(self, waiting: Waiting, behind: datetime | None) -> datetime | None:
        """None when the event is done, else when it is tried again."""
        event, now = waiting.event, self._now()
        if event.retry_at is not None and event.retry_at > now:
            return event.retry_at
        try:
            again_at = await self._turn.take(waiting, now, behind)
        except StoreUnavailable:
            raise
        except Exception as error:
            # One of the two outermost loops: a message that breaks its turn must not block the others.
            log.error("turn_failed", event_id=event.id, error=type(error).__name__, where=_where(error))
            return await self._set_aside(waiting, type(error).__name__)
        if again_at is None:
            self._took((self._now() - event.received_at).total_seconds())
        return again_at

    async def _set_aside(self, waiting: Waiting, error: str) -> datetime | None:
        event, again_at = waiting.event, self._now() + BROKEN_PAUSE
        async with self._store.transaction() as crm:
            if event.tries + 1 < GIVE_UP_AFTER:
                await crm.inbox.later(event.id, again_at, error, None)
                return again_at
            await crm.inbox.quarantine(event.id, error)
        await self._turn.give_up(waiting, self._now())
        return None


def _where(error: BaseException) -> str:
    """The lines it came from, without a word of what anybody wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
