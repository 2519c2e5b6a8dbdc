"""The one way out: claims outbox rows lane by lane, sends them, settles them. Nobody else calls `Channel.send`."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

import structlog

from bot.channels.base import Channel, Choice, Idempotency, Outbound, Result, SendResult, Verdict
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.desk_signals import tell_lists
from crm_store.errors import StoreUnavailable
from crm_store.locks import LockKind
from crm_store.talks.lanes import lane_number
from crm_store.talks.outbox import OutboxMessage, OutState
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
        self._channel = channel
        self._now = now
        self._told_to_wait: datetime | None = None
        self._pace = Pace(channel.capabilities.rate, channel.capabilities.rate_per_address)

    async def take_over(self) -> None:
        """Rows found half-sent when the lane is taken: may have been sent, so their purpose decides."""
        async with self._store.transaction() as crm:
            adrift = await crm.outbox.adrift(self.name)
            lost = SendResult(Result.UNKNOWN, detail="the sender stopped between sending and settling")
            fates = [self._fate_of_adrift(message, lost) for message in adrift]
            await crm.outbox.settle([fate.settlement for fate in fates], self._now())
            await crm.lanes.halt(self.name, None)  # a new holder comes with a new configuration

    def _fate_of_adrift(self, message: OutboxMessage, lost: SendResult) -> Fate:
        if self._channel.capabilities.idempotency is Idempotency.NATIVE:
            lost = SendResult(Result.RETRY_AT, retry_after=0.001, detail=lost.detail)
        return fate_of(message, lost, self._now())

    async def drain(self) -> bool:
        """Send what is due; True when there may be more."""
        if self._channel.capabilities.idempotency is Idempotency.NATIVE:
            return await self._drain_repeatable()
        async with self._store.transaction() as crm:
            lane = await crm.lanes.get(self.name)
            if lane is not None and (lane.halted or (lane.blocked_until and lane.blocked_until > self._now())):
                return False
            messages = await crm.outbox.claim(self.name, self._now(), BATCH)
            if messages:
                await crm.outbox.intend(messages, self._now())
            addresses = [message.address for message in messages]
            states = await crm.identities.reachability(self._channel.name, self._channel.account, addresses)
        fates = await self._send_all(messages, states)
        async with self._store.transaction() as crm:
            await self._settle(crm, messages, fates)
        return len(messages) == BATCH

    async def _drain_repeatable(self) -> bool:
        """A channel where sending twice does no harm needs no intent on disk: claim, send and settle in one commit."""
        async with self._store.transaction() as crm:
            messages = await crm.outbox.claim(self.name, self._now(), BATCH)
            if messages:
                await self._settle(crm, messages, await self._send_all(messages, {}), at_once=True)
        return len(messages) == BATCH

    async def _settle(self, crm: Crm, messages: list[OutboxMessage], fates: list[Fate], at_once: bool = False) -> None:
        if not fates:
            return
        await crm.outbox.settle([fate.settlement for fate in fates], self._now(), at_once)
        gone = [message.interaction_id for message, fate in zip(messages, fates, strict=True) if fate.address_is_gone]
        await crm.identities.lost([interaction_id for interaction_id in gone if interaction_id is not None])
        for fate in fates:
            if fate.block_lane_until is not None:
                await crm.lanes.block(self.name, fate.block_lane_until)
            if fate.halt_lane is not None:
                await crm.lanes.halt(self.name, fate.halt_lane)
        for message in messages:
            if message.conversation_id is not None:
                crm.nudge("thread", message.conversation_id)
                crm.nudge("talk", message.conversation_id)
        said = {
            each.conversation_id for each in messages if each.author == "staff" and each.conversation_id is not None
        }
        if said:
            crm.nudge("promises")
            await tell_lists(crm, said)

    async def _send_all(self, messages: list[OutboxMessage], states: Mapping[str, str]) -> list[Fate]:
        """Different addresses side by side; the messages of one address in order."""
        in_order = sorted(messages, key=attrgetter("address", "id"))
        groups = [list(group) for _, group in groupby(in_order, key=attrgetter("address"))]
        fates: dict[int, Fate] = {}
        for sent in await asyncio.gather(*(self._send_in_order(group, states) for group in groups)):
            fates |= sent
        return [fates[message.id] for message in messages]

    async def _send_in_order(self, messages: list[OutboxMessage], states: Mapping[str, str]) -> dict[int, Fate]:
        """One that has to wait holds back those after it: a thread is never told in another order."""
        fates: dict[int, Fate] = {}
        held: SendResult | None = None
        for message in messages:
            result = held or await self._send_one(message, states.get(message.address, "ok"))
            fates[message.id] = fate_of(message, result, self._now())
            if fates[message.id].settlement.state is OutState.QUEUED:
                held = held or replace(result, result=Result.RETRY_AT, detail="waits for an earlier message")
        return fates

    async def _send_one(self, message: OutboxMessage, reachability: str) -> SendResult:
        outbound = _outbound(message)
        verdict = self._channel.check(outbound, reachability)
        if verdict is not Verdict.ALLOWED:
            return SendResult(Result.REJECTED, detail=verdict)
        await self._pace.slot(message.address)
        if self._told_to_wait is not None and self._told_to_wait > self._now():
            wait = (self._told_to_wait - self._now()).total_seconds()
            return SendResult(Result.RETRY_AT, retry_after=wait, whole_account=True, detail="the account has to wait")
        result = await self._channel.send(self._channel.render(outbound))
        self._ended(self._channel.name, result.result)
        if result.whole_account:
            self._told_to_wait = self._now() + timedelta(seconds=result.retry_after)
        return result


class Dispatcher:
    """All lanes of this process. Woken by a signal, and by the clock in case one was lost."""

    def __init__(
        self, store: Store, channels: Mapping[str, Channel], now: Callable[[], datetime], ended: Ended
    ) -> None:
        self._store = store
        self.lanes = {name: LaneDispatcher(store, name, channel, now, ended) for name, channel in channels.items()}

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
                        await self._run_lane(lane)
            except StoreUnavailable:
                log.warning("lane_interrupted", lane=name, reason="database away")
            except Exception as error:
                # One of the outermost loops: a lane that breaks starts again, and the other lanes go on.
                log.error("lane_broke", lane=name, error=type(error).__name__)
            await asyncio.sleep(SWEEP_EVERY)

    async def _run_lane(self, lane: LaneDispatcher) -> None:
        lost = self._store.locks.lost
        await lane.take_over()
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


def _outbound(message: OutboxMessage) -> Outbound:
    body = message.body
    return Outbound(
        outbox_id=message.id,
        address=message.address,
        text=str(body["text"]),
        choices=tuple(Choice(choice["id"], choice["label"]) for choice in body.get("choices", [])),
        asks_contact=str(body.get("asks_contact", "")),
        subject=str(body.get("subject", "")),
        language=str(body.get("language", "en")),
    )
