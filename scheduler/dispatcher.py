"""The one way out: claims outbox rows lane by lane, sends them, settles them. Nobody else calls `Channel.send`.

Replies and codes here, what nobody asked for in `scheduler.care`; both through the same door at the same pace.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from bot.channels.base import Channel, Idempotency, Outbound, Result, SendResult, Verdict
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.errors import StoreUnavailable
from crm_store.locks import LockKind
from crm_store.stopping import stoppable
from crm_store.talks.lanes import Lane, lane_number
from crm_store.talks.outbox import OutboxMessage
from scheduler.breaker import Breaker
from scheduler.care.lane import CareLane
from scheduler.care.terms import CareTerms
from scheduler.in_order import send_all
from scheduler.outbound import outbound_of
from scheduler.pace import Pace
from scheduler.settling import Fate, fate_of

BATCH = 64
SWEEP_EVERY = 1.0

Ended = Callable[[str, str], None]
"""Told channel and result of every send."""

log = structlog.get_logger(__name__)


class LaneDispatcher:
    """One lane's way out. Only the holder of the lane's lock works, so the rate limit is local and exact."""

    def __init__(self, store: Store, lane: str, channel: Channel, now: Callable[[], datetime], ended: Ended) -> None:
        self._store = store
        self._ended = ended
        self.name = lane
        self.channel_name = channel.name
        self._channel = channel
        self._now = now
        self._told_to_wait: datetime | None = None
        self._states: Mapping[str, str] = {}
        self._trips = 0
        self.pace = Pace(channel.capabilities.rate, channel.capabilities.rate_per_address)
        self.breaker = Breaker()

    @property
    def is_repeatable(self) -> bool:
        return self._channel.capabilities.idempotency is Idempotency.NATIVE

    @property
    def is_read_here(self) -> bool:
        return self._channel.capabilities.read_on_return

    async def take_over(self) -> None:
        """Rows found half-sent when the lane is taken: may have been sent, so their purpose decides."""
        async with self._store.transaction() as crm:
            lane = await crm.lanes.get(self.name)
            adrift = await crm.outbox.adrift(self.name)
            lost = SendResult(Result.UNKNOWN, detail="the sender stopped between sending and settling")
            fates = [self._fate_of_adrift(message, lost) for message in adrift]
            await crm.outbox.settle([fate.settlement for fate in fates], self._now())
            await crm.lanes.halt(self.name, None)  # a new holder comes with a new configuration
        if lane is not None:
            self.breaker, self._trips = Breaker(lane.trips, lane.rests_until), lane.trips

    def _fate_of_adrift(self, message: OutboxMessage, lost: SendResult) -> Fate:
        if self.is_repeatable:
            lost = SendResult(Result.RETRY_AT, retry_after=0.001, detail=lost.detail)
        return fate_of(message, lost, self._now())

    async def drain(self) -> bool:
        """Send what is due; True when there may be more."""
        if self.is_repeatable:
            return await self._drain_repeatable()
        if self.breaker.rests(self._now()):
            return False
        most = 1 if self.breaker.probes(self._now()) else BATCH
        async with self._store.transaction() as crm:
            lane = await crm.lanes.get(self.name)
            if lane is not None and _is_shut(lane, self._now()):
                return False
            self.pace.limit_to(lane.rate if lane else None)
            messages = await crm.outbox.claim(self.name, self._now(), most)
            if messages:
                await crm.outbox.intend(messages, self._now())
            addresses = [message.address for message in messages]
            self._states = await crm.identities.reachability(self.channel_name, self._channel.account, addresses)
        fates = await send_all(messages, self._send_one, self._now)
        async with self._store.transaction() as crm:
            await self._settle(crm, messages, fates)
        return len(messages) == most

    async def _drain_repeatable(self) -> bool:
        """A channel where sending twice does no harm needs no intent on disk: claim, send and settle in one commit."""
        async with self._store.transaction() as crm:
            messages = await crm.outbox.claim(self.name, self._now(), BATCH)
            if messages:
                fates = await send_all(messages, self._send_one, self._now)
                await self._settle(crm, messages, fates, at_once=True)
        return len(messages) == BATCH

    async def _settle(self, crm: Crm, messages: list[OutboxMessage], fates: list[Fate], at_once: bool = False) -> None:
        if not fates:
            return
        await crm.outbox.settle([fate.settlement for fate in fates], self._now(), at_once)
        await self._heed(crm, messages, fates)
        for message in messages:
            if message.conversation_id is not None:
                crm.nudge("thread", message.conversation_id)
                crm.nudge("talk", message.conversation_id)
        if any(message.author == "staff" for message in messages):
            crm.nudge("promises")
            crm.nudge("desk")

    async def _heed(self, crm: Crm, messages: list[OutboxMessage], fates: list[Fate]) -> None:
        """What the results say of addresses and of the lane."""
        both = [(message.interaction_id, fate) for message, fate in zip(messages, fates, strict=True)]
        await crm.identities.lost([id for id, fate in both if id is not None and fate.address_is_gone])
        opted_out = [message.id for message, fate in zip(messages, fates, strict=True) if fate.opted_out]
        await crm.sending.opted_out(opted_out, self.channel_name, self._now())
        for fate in fates:
            if fate.block_lane_until is not None:
                await crm.lanes.block(self.name, fate.block_lane_until)
            if fate.halt_lane is not None:
                await crm.lanes.halt(self.name, fate.halt_lane)
        if self.breaker.trips != self._trips:
            self._trips = self.breaker.trips
            await crm.lanes.rest(self.name, self.breaker.trips, self.breaker.until)

    async def _send_one(self, message: OutboxMessage) -> SendResult:
        outbound = outbound_of(message)
        verdict = self._channel.check(outbound, self._states.get(message.address, "ok"))
        if verdict is not Verdict.ALLOWED:
            return SendResult(Result.REJECTED, detail=verdict)
        await self.pace.slot(message.address)
        if self._told_to_wait is not None and self._told_to_wait > self._now():
            wait = (self._told_to_wait - self._now()).total_seconds()
            return SendResult(Result.RETRY_AT, retry_after=wait, whole_account=True, detail="the account has to wait")
        return await self._sent(outbound)

    def must_wait(self, now: datetime) -> bool:
        """The provider has asked for it, or answers nothing useful."""
        return self.breaker.rests(now) or (self._told_to_wait is not None and self._told_to_wait > now)

    async def hand_over(self, message: Outbound) -> SendResult:
        """To the provider, once it is its turn."""
        verdict = self._channel.check(message, "ok")
        if verdict is not Verdict.ALLOWED:
            return SendResult(Result.REJECTED, detail=verdict)
        return await self._sent(message)

    async def _sent(self, message: Outbound) -> SendResult:
        result = await self._channel.send(self._channel.render(message))
        self._ended(self.channel_name, result.result)
        self.breaker = self.breaker.after(result, self._now())
        if result.whole_account:
            self._told_to_wait = self._now() + timedelta(seconds=result.retry_after)
        return result


class Dispatcher:
    """All lanes of this process. Woken by a signal, and by the clock in case one was lost.

    Without `care` nothing leaves that nobody asked for.
    """

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        now: Callable[[], datetime],
        ended: Ended,
        care: CareTerms | None = None,
    ) -> None:
        self._store = store
        self.lanes = {name: LaneDispatcher(store, name, channel, now, ended) for name, channel in channels.items()}
        self._care = {name: CareLane(store, lane, care, now) for name, lane in self.lanes.items()} if care else {}

    async def run(self) -> None:
        """Run every lane until cancelled."""
        async with self._store.transaction() as crm:
            await crm.lanes.ensure(list(self.lanes))
        async with asyncio.TaskGroup() as tasks:
            for name, lane in self.lanes.items():
                tasks.create_task(self._keep_running(name, lane))

    async def _keep_running(self, name: str, lane: LaneDispatcher) -> None:
        while True:
            try:
                async with self._store.locks.holding(LockKind.LANE, lane_number(name)) as have:
                    if have:
                        await stoppable(self._run_lane(lane))
            except* StoreUnavailable:
                log.warning("lane_interrupted", lane=name, reason="database away")
            except* Exception as errors:
                # One of the outermost loops: a lane that breaks starts again, and the other lanes go on.
                log.error("lane_broke", lane=name, error=type(errors.exceptions[0]).__name__)
            await asyncio.sleep(SWEEP_EVERY)

    async def _run_lane(self, lane: LaneDispatcher) -> None:
        lost, care = self._store.locks.lost, self._care.get(lane.name)
        await lane.take_over()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._replies(lane, lost))
            if care is not None:
                await care.take_over()
                tasks.create_task(care.run(lost))

    async def _replies(self, lane: LaneDispatcher, lost: asyncio.Event) -> None:
        woken = asyncio.Event()
        number = lane_number(lane.name)
        with self._store.signals.listening("outbox", lambda nudged: woken.set() if nudged == number else None):
            while not lost.is_set():
                woken.clear()
                if not await lane.drain():
                    await _either(woken, SWEEP_EVERY)


async def _either(woken: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await woken.wait()
    except TimeoutError:
        return


def _is_shut(lane: Lane, now: datetime) -> bool:
    return lane.halted is not None or (lane.blocked_until is not None and lane.blocked_until > now)
