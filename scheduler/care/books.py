"""What a lane of care reads and writes: claims, last looks, endings; each a transaction for many letters at once."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot.channels.base import Result, SendResult
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.sending.due import Due, shares
from crm_store.sending.letter import Letter
from crm_store.talks.lanes import Lane
from scheduler.care.door import Door
from scheduler.care.fates import CareFate, care_fate_of
from scheduler.care.terms import CareTerms

TELL_EVERY = 1.0
LOST = SendResult(Result.UNKNOWN, detail="the sender stopped between sending and settling")
WINDOW = timedelta(seconds=1.5)
"""What was handed over so lately counts for the rate of whoever takes the lane."""

Ended = tuple[Letter, SendResult | None]
"""A letter and how its try ended; None when it was surely not handed over."""
Room = Callable[[Sequence[Due]], Mapping[int, int]]
"""How many more messages each campaign's own rate allows just now."""

log = structlog.get_logger(__name__)


class Books:
    """Of one lane. Raises `StoreUnavailable`."""

    def __init__(self, store: Store, door: Door, terms: CareTerms, now: Callable[[], datetime]) -> None:
        self._store = store
        self._door = door
        self._terms = terms
        self._now = now
        self._mine = ""
        self._fenced = False
        self._trips = 0
        self._told: dict[int, float] = {}
        self._untold: set[int] = set()

    async def take_over(self) -> None:
        """Letters of whoever had the lane before: those it may have handed over are unknown, the others wait again."""
        async with self._store.transaction() as crm:
            found = await crm.sending.adrift(self._door.name)
            harmless = [each.letter for each in found if not each.tried or self._door.is_repeatable]
            await crm.sending.give_back(harmless)
            await self._write(crm, [(each.letter, LOST) for each in found if each.letter not in harmless])
            self._door.pace.remember(await crm.sending.just_sent(self._door.name, self._now(), WINDOW))
            sealed = await crm.fence.look(self._terms.address, self._now())
        self._mine, self._trips = sealed.mine, self._door.breaker.trips
        self._fence(not sealed.is_ours)

    async def claim(self, most: int, room: Room) -> list[Letter]:
        """Letters to be looked at; none while the lane may not send, or when this database is a copy."""
        async with self._store.transaction() as crm:
            now = self._now()
            lane = await crm.lanes.get(self._door.name)
            if lane is None or _is_shut(lane, now) or await self._is_fenced(crm):
                return []
            self._door.pace.limit_to(lane.rate)
            due = await crm.sending.due(self._door.name, now, most)
            wanted = shares(due, most, room(due))
            return await crm.sending.claim(self._door.name, now, most, self._terms.sender, wanted)

    async def look(self, letters: Sequence[Letter]) -> set[int]:
        """The ids of those that may go still; their intent is written. The others have gone back."""
        async with self._store.transaction() as crm:
            not_now = await crm.sending.look(self._door.name, letters, self._now())
        return {letter.id for letter in letters}.difference(not_now)

    async def doubted(self, letters: Sequence[Letter]) -> tuple[set[int], list[Due]]:
        """Of those looked at before: the ids of those that may not go any more; and the campaigns as they stand."""
        name, now = self._door.name, self._now()
        async with self._store.reading() as crm:
            lane = await crm.lanes.get(name)
            self._door.pace.limit_to(lane.rate if lane else None)
            return set(await crm.sending.doubted(name, letters, now)), await crm.sending.due(name, now, 1)

    async def give_back(self, letters: Sequence[Letter]) -> None:
        """They were not handed over: they wait as before."""
        async with self._store.transaction() as crm:
            await crm.sending.give_back(letters)

    async def settle(self, ended: Sequence[Ended]) -> None:
        """Write how the tries ended, and what that means for addresses and lane."""
        async with self._store.transaction() as crm:
            await crm.sending.give_back([letter for letter, result in ended if result is None])
            await self._write(crm, [(letter, result) for letter, result in ended if result is not None])
            self._tell(crm)

    async def tell(self) -> None:
        """Whoever watches a campaign sees where it stands now."""
        if self._untold:
            async with self._store.transaction() as crm:
                self._tell(crm, at_once=True)

    async def _write(self, crm: Crm, ended: Sequence[tuple[Letter, SendResult]]) -> None:
        now = self._now()
        fates = [(letter, care_fate_of(letter, result, now)) for letter, result in ended]
        await crm.sending.settle([(letter, fate.ending) for letter, fate in fates], now)
        for letter in [letter for letter, fate in fates if fate.address_is_gone]:
            await crm.identities.mark(letter.identity_id, "blocked")
        opted_out = [letter.id for letter, fate in fates if fate.opted_out]
        await crm.sending.opted_out(opted_out, self._door.channel_name, now)
        await self._heed(crm, [fate for _, fate in fates])
        for letter, _ in fates:
            self._untold.add(letter.campaign_id)
            self._show(crm, letter)

    async def _heed(self, crm: Crm, fates: list[CareFate]) -> None:
        name, breaker = self._door.name, self._door.breaker
        waits = [fate.block_lane_until for fate in fates if fate.block_lane_until is not None]
        if waits:
            await crm.lanes.block(name, max(waits))
        halts = [fate.halt_lane for fate in fates if fate.halt_lane is not None]
        if halts:
            await crm.lanes.halt(name, halts[0])
        if breaker.trips != self._trips:
            self._trips = breaker.trips
            await crm.lanes.rest(name, breaker.trips, breaker.until)

    def _show(self, crm: Crm, letter: Letter) -> None:
        """To whoever reads the thread just now."""
        if self._door.is_read_here:
            crm.nudge("thread", letter.conversation_id)
        if letter.held:
            crm.nudge("talk", letter.conversation_id)

    def _tell(self, crm: Crm, at_once: bool = False) -> None:
        """At most once a second of each campaign: who watches is to see it move, not each message of it."""
        now = time.monotonic()
        for campaign_id in tuple(self._untold):
            if at_once or now - self._told.get(campaign_id, 0.0) >= TELL_EVERY:
                self._told[campaign_id] = now
                self._untold.discard(campaign_id)
                crm.nudge("campaign", campaign_id)

    async def _is_fenced(self, crm: Crm) -> bool:
        self._fence(not await crm.fence.is_sealed_by(self._mine))
        return self._fenced

    def _fence(self, fenced: bool) -> None:
        if fenced and not self._fenced:
            log.warning("care_held", lane=self._door.name, reason="copied database", remedy="./careloop sending allow")
        self._fenced = fenced


def _is_shut(lane: Lane, now: datetime) -> bool:
    waits = lane.blocked_until is not None and lane.blocked_until > now
    return waits or lane.care_paused or lane.halted is not None
