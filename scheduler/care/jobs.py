"""Jobs: the long work of care messages, shared out among any number of processes by a queue in the database.

Every job may be killed at any moment and done again: it goes on where the tables say it had got to.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from psycopg.conninfo import conninfo_to_dict

from crm_store.errors import CareLoopError
from crm_store.wires import patient

SCHEMA = "jobs"
TRIES = 8
RETRY = RetryStrategy(max_attempts=TRIES, exponential_wait=2)
"""Again after 2, 4, 8 … seconds; then it is given up."""
RESTED = timedelta(minutes=15)
"""What was given up is taken up again so long after its last try, for one try more."""
GRACE = 5.0
"""Seconds a job has to end when we stop; then it is broken off, and done again later."""
DEAD_AFTER = 30.0
CONNECTIONS = 8

log = structlog.get_logger(__name__)

Do = Callable[[int, int], Awaitable[None]]


class Queue(StrEnum):
    """Kept apart, so that planning for millions never holds up what is due this minute."""

    PLANNING = "planning"
    TENDING = "tending"


AT_ONCE = {Queue.PLANNING: 2, Queue.TENDING: 1}
"""Jobs of a queue side by side in one process."""


class CareJobBroke(CareLoopError):
    """A job of care messages broke; the log names the error, which may quote what people wrote."""

    code = "care_job_broke"


class CareJobs:
    """The queue: what kinds of work there are, putting work in, and doing it. A job is a kind and two numbers."""

    def __init__(self, database_url: str, now: Callable[[], datetime]) -> None:
        conninfo = patient(database_url)
        given = str(conninfo_to_dict(conninfo).get("options") or "")
        options = {"options": f"{given} -c search_path={SCHEMA}".strip()}
        connector = PsycopgConnector(conninfo=conninfo, kwargs=options, min_size=1, max_size=CONNECTIONS)
        self._app = App(connector=connector)
        # It logs tracebacks, and those quote what people wrote; what breaks we say ourselves.
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
        self._now = now
        self.is_open = False

    def kind(self, name: str, queue: Queue, do: Do) -> None:
        """Add a kind of work; to be said before any is put in or done."""

        async def go(number: int, part: int) -> None:
            try:
                await do(number, part)
            except Exception as error:
                log.error("care_job_broke", kind=name, number=number, part=part, error=type(error).__name__)
                raise CareJobBroke(f"{name} {number}: {type(error).__name__}") from None

        self._app.task(name=name, queue=queue, retry=RETRY)(go)

    async def put(self, name: str, number: int = 0, part: int = 0) -> bool:
        """Have it done by somebody, soon; False when it is in the queue already."""
        task = self._app.configure_task(name, queueing_lock=_lock(name, number, part))
        try:
            await task.defer_async(number=number, part=part)
        except AlreadyEnqueued:
            return False
        return True

    async def take_up(self, name: str, number: int = 0) -> None:
        """Have it done unless it waits or is being done; what was given up, once more when it has rested."""
        jobs = list(await self._app.job_manager.list_jobs_async(queueing_lock=_lock(name, number)))
        if not jobs:
            await self.put(name, number)
        elif all(self._has_rested(job) for job in jobs):
            log.warning("care_job_taken_up", kind=name, number=number, tries=jobs[-1].attempts)
            # Somebody else may be as fast.
            with suppress(UniqueViolation, ConnectorException):
                await self._app.job_manager.retry_job(jobs[-1], retry_at=self._now())

    def _has_rested(self, job: Job) -> bool:
        last_try = job.scheduled_at
        return job.status == Status.FAILED.value and last_try is not None and last_try <= self._now() - RESTED

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connected to the database while the block runs."""
        async with self._app.open_async():
            self.is_open = True
            try:
                yield
            finally:
                self.is_open = False

    async def run(self) -> None:
        """Do what there is to do, until cancelled; what is being done then has a moment to end."""
        async with self.opened(), asyncio.TaskGroup() as tasks:
            for queue in Queue:
                tasks.create_task(self._for_ever(queue))

    async def _for_ever(self, queue: Queue) -> None:
        """A worker whose connection is lost ends as if all were well: then all of them begin anew."""
        await self.work(queue)
        raise CareJobBroke(f"{queue}: its worker has stopped")

    async def work(self, queue: Queue, wait: bool = True) -> None:
        """One queue; with `wait` False only what is in it now."""
        await self._app.run_worker_async(
            queues=[queue],
            name=queue,
            concurrency=AT_ONCE[queue],
            wait=wait,
            install_signal_handlers=False,
            listen_notify=wait,
            delete_jobs="successful",
            shutdown_graceful_timeout=GRACE,
        )

    async def recover(self, dead_after: float = DEAD_AFTER) -> int:
        """Put back what was being done by somebody who has not been heard of; gives how many."""
        stalled = list(await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=dead_after))
        for job in stalled:
            await self._put_back(job)
        return len(stalled)

    async def _put_back(self, job: Job) -> None:
        manager = self._app.job_manager
        log.warning("care_job_recovered", kind=job.task_name, tries=job.attempts)
        try:
            if job.attempts >= TRIES:
                await manager.finish_job(job, Status.FAILED, delete_job=False)
            else:
                await manager.retry_job(job, retry_at=self._now() + timedelta(seconds=1))
        except UniqueViolation:
            # Somebody has put the same work in anew.
            await manager.finish_job(job, Status.ABORTED, delete_job=True)
        except ConnectorException:
            return  # another process put it back first


def _lock(name: str, number: int, part: int = 0) -> str:
    return f"{name}:{number}:{part}"
