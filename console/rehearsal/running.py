"""Rehearsals under way in this process: carried out behind the pages, told of as they go, stopped when nobody wants
them."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import structlog

from console.frame.frame import Frame
from crm_store.errors import StoreUnavailable
from crm_store.plans.plan import OnEvent, Plan
from crm_store.plans.triggers import Firing
from crm_store.rehearsals.found import Rehearsal
from crm_store.rehearsals.packing import packed
from crm_store.segments.segments import SegmentUnknown
from scheduler.care.rehearsing import NothingFires, Rehearsals, Wanted

AT_ONCE = 2
"""Carried out side by side by one process; others wait."""
TELL, BEAT = 0.4, 15.0
"""Seconds between two looks at how far it is, and between two signs of life."""

log = structlog.get_logger("careloop")


@dataclass
class Told:
    """How far one is: `done` of `parts`."""

    done: int = 0
    parts: int = 0


class Running:
    """Of all members of staff, at most one for each: the store sees to that."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._rehearsals = Rehearsals(frame.store, frame.house.zone.key, frame.now)
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._room = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        """Until cancelled; then none goes on."""
        try:
            await asyncio.Event().wait()
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def begin(self, rehearsal_id: int, wanted: Sequence[Wanted]) -> None:
        """Of one campaign, or of several, one after the other."""
        task = asyncio.create_task(self._work(rehearsal_id, wanted))
        self._tasks[rehearsal_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(rehearsal_id, None))

    def stop(self, rehearsal_id: int) -> None:
        """At once, if it is here; elsewhere it is seen when it next tells how far it is."""
        if task := self._tasks.get(rehearsal_id):
            task.cancel()

    async def _work(self, rehearsal_id: int, wanted: Sequence[Wanted]) -> None:
        told = Told()
        task = asyncio.current_task()
        assert task is not None
        watcher = asyncio.create_task(self._watch(rehearsal_id, told, task))
        try:
            async with self._room:
                found = {
                    str(each.campaign_id): await self._one(each, told, place, len(wanted))
                    for place, each in enumerate(wanted)
                }
            async with self._frame.store.transaction() as crm:
                await crm.care_rehearsals.end(rehearsal_id, found, self._frame.now())
        except Exception as error:
            await self._failed(rehearsal_id, problem_of(error, wanted[0].plan))
            if problem_of(error, wanted[0].plan) == "broken":
                log.warning("rehearsal_failed", rehearsal=rehearsal_id, error=type(error).__name__, exc_info=error)
        finally:
            watcher.cancel()

    async def _one(self, wanted: Wanted, told: Told, place: int, whole: int) -> dict[str, Any]:
        def progress(done: int, pages: int) -> None:
            told.done, told.parts = place * pages + done, whole * pages

        try:
            firing, found = await self._rehearsals.of(wanted, progress)
        except NothingFires:
            if whole == 1:
                raise
            return {"never": True}
        return kept(firing, found)

    async def _watch(self, rehearsal_id: int, told: Told, task: asyncio.Task[None]) -> None:
        """Write down how far it is, and end it once nobody wants it any more."""
        last, waited = (-1, -1), BEAT
        while True:
            if (told.done, told.parts) != last or waited >= BEAT:
                last, waited = (told.done, told.parts), 0.0
                if not await self._tell(rehearsal_id, told):
                    task.cancel()
                    return
            await asyncio.sleep(TELL)
            waited += TELL

    async def _tell(self, rehearsal_id: int, told: Told) -> bool:
        """Whether somebody still wants it, as far as anybody can be asked."""
        try:
            async with self._frame.store.transaction() as crm:
                return await crm.care_rehearsals.tell(rehearsal_id, told.done, told.parts, self._frame.now())
        except StoreUnavailable:
            return True

    async def _failed(self, rehearsal_id: int, problem: str) -> None:
        with suppress(Exception):
            async with self._frame.store.transaction() as crm:
                await crm.care_rehearsals.fail(rehearsal_id, problem, self._frame.now())


def problem_of(error: Exception, plan: Plan) -> str:
    """The word under which the room says it."""
    if isinstance(error, ExceptionGroup):
        return problem_of(error.exceptions[0], plan)
    if isinstance(error, NothingFires):
        return "nothing_happened" if isinstance(plan.trigger, OnEvent) else "nothing_fires"
    return "segment_gone" if isinstance(error, SegmentUnknown) else "broken"


def kept(firing: Firing, found: Rehearsal) -> dict[str, Any]:
    """One campaign's part of a row."""
    told = asdict(firing)
    return {
        "firing": {**told, "due_at": firing.due_at.isoformat(), "expires_at": firing.expires_at.isoformat()},
        "found": packed(found),
    }
