"""The care of one lane: letters are claimed while others are on their way, looked at once more, sent and settled.

Of those whose intent is written no more than `MOST` are ever unsettled: so many, at most, are unknown after a kill.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot.channels.base import Result, SendResult
from crm_store.database import Store
from crm_store.errors import StoreUnavailable
from crm_store.sending.due import Due
from crm_store.sending.letter import Letter
from scheduler.care.books import Books, Ended
from scheduler.care.campaign_paces import CampaignPaces
from scheduler.care.door import Door
from scheduler.care.doubts import Doubts
from scheduler.care.terms import CareTerms
from scheduler.outbound import outbound_of

MOST = 256
CHUNK = 96
CLAIM = 256
SOON = 0.2
"""Seconds before it is handed over in which a letter may have its intent."""
AT_ONCE = 48
"""Below what a channel has of connections: a reply never waits for one."""
SWEEP_EVERY = 1.0
AFTER_REPLIES = timedelta(seconds=2)
"""Once a lane has rested, replies try first whether it goes again."""
GATHER = 0.06
"""Seconds to wait for more endings before they are written."""
PATIENCE = 10.0
"""Seconds for what is on its way when we stop."""
BROKEN_OFF = SendResult(Result.UNKNOWN, detail="broken off while it was handed over")

log = structlog.get_logger(__name__)


class CareLane:
    """To be run by whoever holds the lane, beside its replies."""

    def __init__(self, store: Store, door: Door, terms: CareTerms, now: Callable[[], datetime]) -> None:
        self._store = store
        self._door = door
        self._now = now
        self._books = Books(store, door, terms, now)
        self._paces = CampaignPaces()
        self._doubts = Doubts(self._asked_again)
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._woken = asyncio.Event()
        self._begin()

    def _begin(self) -> None:
        self._ready: list[Letter] = []
        self._looking: list[Letter] = []
        self._claiming: asyncio.Task[list[Letter]] | None = None
        self._under_way: dict[asyncio.Task[SendResult | None], Letter] = {}
        self._handed: set[int] = set()
        self._ended: list[Ended] = []
        self._unsettled = 0
        self._some_ended = asyncio.Event()
        self._moved = asyncio.Event()
        self._closing = asyncio.Event()
        self._lost = asyncio.Event()

    async def take_over(self) -> None:
        """Settle what whoever had the lane before has left. Raises `StoreUnavailable`."""
        self._begin()
        await self._books.take_over()

    async def run(self, lost: asyncio.Event) -> None:
        """Send what is due until the lane is lost or this is cancelled; what is on its way is settled first."""
        self._lost = lost
        settling = asyncio.create_task(self._settle_for_ever())
        settling.add_done_callback(lambda _: self._moved.set())
        signals = self._store.signals
        wakes = {"care": self._wake, "campaign": self._wake}
        with signals.listening_to(wakes), signals.listening_to(self._doubts.listeners):
            try:
                while not lost.is_set() and not settling.done():
                    self._woken.clear()
                    if not await self._advance():
                        await self._rest()
            finally:
                await self._wind_up(settling)

    def _wake(self, _: int) -> None:
        self._woken.set()

    async def _rest(self) -> None:
        await self._books.tell()
        try:
            async with asyncio.timeout(SWEEP_EVERY):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _advance(self) -> bool:
        """One chunk further; False when there is nothing to do just now."""
        self._looking = await self._next_chunk()
        if not self._looking:
            return False
        if not self._has_room(len(self._looking)):
            self._moved.clear()
            self._ready, self._looking = self._looking + self._ready, []
            await self._moved.wait()
            return True
        # Before the look: what is said during it is not to be missed.
        self._doubts.watch(self._looking)
        looked, going = self._looking, await self._books.look(self._looking)
        self._looking = []
        for letter in looked:
            if letter.id in going:
                self._start(letter)
            else:
                self._doubts.gone(letter)
        return True

    def _start(self, letter: Letter) -> None:
        self._unsettled += 1
        task = asyncio.create_task(self._send(letter))
        self._under_way[task] = letter
        task.add_done_callback(self._came_back)

    def _most(self) -> int:
        """Letters with an intent at once. A lane on probation sends one."""
        return 1 if self._door.breaker.probes(self._now()) else MOST

    def _has_room(self, many: int) -> bool:
        """The intent is written shortly before: what is not handed over when we die is called unknown all the same."""
        waiting = len(self._under_way) - len(self._handed)
        soon = min(2 * AT_ONCE, self._door.pace.a_second * SOON)
        return not self._unsettled or (self._unsettled + many <= self._most() and waiting + many <= max(soon, many))

    async def _next_chunk(self) -> list[Letter]:
        if self._must_rest():
            await self._give_back_ready()
            return []
        size = min(CHUNK, self._most(), max(1, int(self._door.pace.a_second * SOON / 2)))
        if not self._ready:
            claiming, self._claiming = self._claiming, None
            self._ready = await (claiming or self._claim())
        chunk, self._ready = self._ready[:size], self._ready[size:]
        if chunk and len(self._ready) < size and self._claiming is None and self._most() > 1:
            self._claiming = asyncio.create_task(self._claim())
        return chunk

    def _must_rest(self) -> bool:
        now = self._now()
        breaker = self._door.breaker
        return self._door.must_wait(now) or (breaker.trips > 0 and breaker.rests(now - AFTER_REPLIES))

    async def _claim(self) -> list[Letter]:
        most = 1 if self._most() == 1 else min(CLAIM, self._door.pace.a_second)
        return await self._books.claim(most, self._room)

    def _room(self, due: Sequence[Due]) -> Mapping[int, int]:
        here = (*self._ready, *self._looking, *self._under_way.values())
        return self._paces.room(due, [letter.campaign_id for letter in here])

    async def _asked_again(self, letters: Sequence[Letter]) -> set[int]:
        withdrawn, due = await self._books.doubted(letters)
        self._paces.heed(due)
        return withdrawn

    async def _send(self, letter: Letter) -> SendResult | None:
        async with self._at_once:
            await self._paces.slot(letter.campaign_id)
            await self._door.pace.leftover(letter.address)
            if not await self._may_go(letter):
                return None
            self._handed.add(letter.id)
            self._moved.set()
            return await self._door.hand_over(outbound_of(letter))

    def _came_back(self, task: asyncio.Task[SendResult | None]) -> None:
        letter = self._under_way.pop(task)
        result: SendResult | None = None
        if not task.cancelled() and task.exception() is None:
            result = task.result()
        elif letter.id in self._handed:
            result = BROKEN_OFF
        self._doubts.gone(letter)
        self._handed.discard(letter.id)
        self._ended.append((letter, result))
        self._some_ended.set()

    async def _may_go(self, letter: Letter) -> bool:
        may = await self._doubts.may_go(letter)
        over = self._closing.is_set() or self._lost.is_set()
        return may and not over and not self._door.must_wait(self._now())

    async def _settle_for_ever(self) -> None:
        """Until closing, and then until everything has ended."""
        while self._unsettled or not self._closing.is_set():
            await self._some_ended.wait()
            if len(self._ended) < min(self._unsettled, CHUNK):
                await asyncio.sleep(GATHER)
            self._some_ended.clear()
            try:
                await self._settle()
            except StoreUnavailable:
                # What is known of them is not given up: it is written when the store is back.
                log.warning("care_not_settled", lane=self._door.name, reason="database away")
                await asyncio.sleep(SWEEP_EVERY)
                self._some_ended.set()

    async def _settle(self) -> None:
        ended = tuple(self._ended)
        await self._books.settle(ended)
        del self._ended[: len(ended)]
        self._unsettled -= len(ended)
        self._moved.set()

    async def _wind_up(self, settling: asyncio.Task[None]) -> None:
        """Nothing more is handed over; what was is settled, what was not waits on as before."""
        self._closing.set()
        self._some_ended.set()
        for task, letter in self._under_way.items():
            if letter.id not in self._handed:
                task.cancel()
        try:
            async with asyncio.timeout(PATIENCE):
                if self._claiming is not None:
                    self._ready += await self._claiming
                self._ready += self._looking
                await settling
                await self._give_back_ready()
        except (StoreUnavailable, TimeoutError):
            log.warning("care_left_adrift", lane=self._door.name, letters=self._unsettled)
            settling.cancel()

    async def _give_back_ready(self) -> None:
        if self._ready:
            await self._books.give_back(self._ready)
            self._ready = []
