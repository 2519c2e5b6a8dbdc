"""The fetcher: brings what shoppers sent from the provider into our own house, whatever breaks meanwhile."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from bot.channels.base import Channel, Fetched, FetchEnd, FetchesFiles
from bot.conversation.media import NotKept
from bot.files.intake import MEGABYTE, Intake
from bot.files.refused import FileRefused, NoRoom, Why
from crm_store.cases.attachments import Attachment, AttachmentState
from crm_store.cases.fetching import Errand
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.errors import StoreUnavailable
from crm_store.sentences import Sentences

SIDE_BY_SIDE = 4
SWEEP_EVERY = 2.0
LEASE = timedelta(minutes=3)
"""A process that has not ended an errand by then is dead; longer than a download and its drawing may take."""
RETRY_STEPS = (2, 5, 15, 60, 300, 900, 1800)
"""Seconds until the next try, by number of tries so far; after the last one it is LOST."""
NO_ROOM_SECONDS = 60.0
LOST = "lost"
"""The reason, and with ``media_`` before it the sentence, of a file that could not be had."""

log = structlog.get_logger(__name__)


class Fetcher:
    """Runs until cancelled, in any number of processes; `lanes` are the channel accounts of this one."""

    def __init__(
        self,
        store: Store,
        lanes: Mapping[str, Channel],
        intake: Intake,
        sentences: Sentences,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._lanes = lanes
        self._intake = intake
        self._not_kept = NotKept(sentences, intake.most // MEGABYTE)
        self._now = now

    async def run(self) -> None:
        """Woken by a signal, and by the clock for what is tried again and what a dead process has left."""
        await asyncio.to_thread(self._intake.vault.tidy, self._now() - timedelta(hours=1))
        woken = asyncio.Event()
        with self._store.signals.listening("files", lambda _: woken.set()):
            while True:
                woken.clear()
                if not await self._fetch_some():
                    await _either(woken, SWEEP_EVERY)

    async def _fetch_some(self) -> bool:
        try:
            errands = await self.fetch_due()
        except StoreUnavailable:
            log.warning("fetching_interrupted", reason="database away")
            return False
        return errands > 0

    async def fetch_due(self) -> int:
        """One round: a few errands side by side; gives how many there were."""
        lanes = [name for name, channel in self._lanes.items() if isinstance(channel, FetchesFiles)]
        if not lanes:
            return 0
        now = self._now()
        async with self._store.transaction() as crm:
            errands = await crm.fetching.claim(lanes, now, now + LEASE, SIDE_BY_SIDE)
        ends = await asyncio.gather(*(self._run(errand) for errand in errands), return_exceptions=True)
        for errand, end in zip(errands, ends, strict=True):
            if isinstance(end, StoreUnavailable):
                raise end
            if isinstance(end, Exception):
                # One of the outermost loops: the lease ends, and then it is tried again.
                log.error("fetch_broke", attachment=errand.id, error=type(end).__name__)
        return len(errands)

    async def _run(self, errand: Errand) -> None:
        if errand.tries > len(RETRY_STEPS) + 1:
            # Taken again and again and never ended: it kills whoever touches it.
            await self._give_up(errand, AttachmentState.LOST, LOST)
            return
        channel = self._lanes[errand.lane]
        assert isinstance(channel, FetchesFiles)
        fetched = await channel.fetch(errand.provider_ref, self._intake.most)
        match fetched.end:
            case FetchEnd.FETCHED:
                await self._take_in(errand, fetched.content)
            case FetchEnd.TOO_LARGE:
                await self._give_up(errand, AttachmentState.REFUSED, Why.TOO_LARGE)
            case FetchEnd.GONE:
                await self._give_up(errand, AttachmentState.LOST, LOST)
            case FetchEnd.WAIT:
                await self._wait(errand, fetched.retry_after, fetched.detail)
            case FetchEnd.RETRY:
                await self._try_again(errand, fetched)

    async def _take_in(self, errand: Errand, content: bytes) -> None:
        try:
            kept = await self._intake.keep(content, errand.name)
        except FileRefused as refused:
            await self._give_up(errand, AttachmentState.REFUSED, refused.why)
            return
        except NoRoom as error:
            log.error("no_room_for_files", remedy=str(error))
            await self._wait(errand, NO_ROOM_SECONDS, error.code)
            return
        async with self._store.transaction() as crm:
            attachment = await crm.fetching.kept(errand.id, kept)
            if attachment is not None:
                _tell_the_desk(crm, attachment)

    async def _give_up(self, errand: Errand, state: AttachmentState, reason: str) -> None:
        async with self._store.transaction() as crm:
            attachment = await crm.fetching.not_kept(errand.id, state, reason)
            if attachment is not None:
                await self._not_kept.tell(crm, attachment, self._now())
                _tell_the_desk(crm, attachment)

    async def _wait(self, errand: Errand, seconds: float, detail: str) -> None:
        async with self._store.transaction() as crm:
            until = self._now() + timedelta(seconds=max(1.0, seconds))
            await crm.fetching.later(errand.id, until, detail, counts=False)

    async def _try_again(self, errand: Errand, fetched: Fetched) -> None:
        if errand.tries > len(RETRY_STEPS):
            await self._give_up(errand, AttachmentState.LOST, LOST)
            return
        async with self._store.transaction() as crm:
            until = self._now() + timedelta(seconds=RETRY_STEPS[errand.tries - 1])
            await crm.fetching.later(errand.id, until, fetched.detail)


def _tell_the_desk(crm: Crm, attachment: Attachment) -> None:
    crm.nudge("thread", attachment.conversation_id)
    crm.nudge("talk", attachment.conversation_id)
    if attachment.complaint_id is not None:
        crm.nudge("case", attachment.complaint_id)


async def _either(woken: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await woken.wait()
    except TimeoutError:
        return
