"""The clock: APScheduler knows when, the store does what is due. Every job may run in several processes at once."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.desk_signals import tell_desk
from crm_store.errors import StoreUnavailable
from crm_store.holding.calling import call_for

LATE_BY = 300
"""Seconds by which a job may be late and still run."""

Round = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)


class Clock:
    """Housekeeping on time. `raw_kept` is how long a provider's raw event is kept after it was answered."""

    def __init__(self, store: Store, zone: ZoneInfo, raw_kept: timedelta, now: Callable[[], datetime]) -> None:
        self._store = store
        self._raw_kept = raw_kept
        self._now = now
        self._rounds: list[tuple[str, float, Round]] = []
        self._nights: list[tuple[str, int, int, Round]] = []
        self._scheduler = AsyncIOScheduler(
            timezone=zone, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": LATE_BY}
        )

    def every(self, seconds: float, name: str, go: Round) -> None:
        """Add a round of somebody else's; to be said before `start`."""
        self._rounds.append((name, seconds, go))

    def nightly(self, hour: int, minute: int, name: str, go: Round) -> None:
        """Add a round that is gone once a night, in the shop's zone; to be said before `start`."""
        self._nights.append((name, hour, minute, go))

    def start(self) -> None:
        """Set the jobs; the event loop must be running."""
        self._scheduler.add_job(self.open_the_desk, IntervalTrigger(minutes=1), id="open_the_desk")
        self._scheduler.add_job(self.forget_raw_events, CronTrigger(hour=3, minute=30), id="forget_raw_events")
        for name, seconds, go in self._rounds:
            self._scheduler.add_job(self._go_round, IntervalTrigger(seconds=seconds), [name, go], id=name)
        for name, hour, minute, go in self._nights:
            self._scheduler.add_job(self._go_round, CronTrigger(hour=hour, minute=minute), [name, go], id=name)
        self._scheduler.start()

    def stop(self) -> None:
        """Set no more jobs; one that is running is left to its transaction."""
        self._scheduler.shutdown(wait=False)

    async def open_the_desk(self) -> None:
        """Conversations parked until now wait for a person from now on."""
        await self._do("open_the_desk", self._unpark)

    async def forget_raw_events(self) -> None:
        """What the provider sent, beyond our own reading of it, is not kept for ever."""
        await self._do("forget_raw_events", lambda crm: crm.inbox.forget_raw(self._now() - self._raw_kept))

    async def _unpark(self, crm: Crm) -> None:
        opened = await crm.conversations.unpark(self._now())
        if not opened:
            return
        reasons = await crm.handoffs.reasons(opened)
        calls = [call_for(talk, version, reasons.get(talk, "asked")) for talk, version in opened.items()]
        await crm.escalations.raise_for(calls, self._now())
        await tell_desk(crm, *opened)

    async def _go_round(self, name: str, go: Round) -> None:
        """A round that breaks is gone again at its next time, and the others go on."""
        try:
            await go()
        except StoreUnavailable:
            log.warning("clock_job_failed", job=name, reason="database away")
        except Exception as error:
            log.error("clock_job_broke", job=name, error=type(error).__name__)

    async def _do(self, name: str, job: Callable[[Crm], Awaitable[None]]) -> None:
        """A job that finds no database is done at its next time."""
        try:
            async with self._store.transaction() as crm:
                await job(crm)
        except StoreUnavailable:
            log.warning("clock_job_failed", job=name, reason="database away")
