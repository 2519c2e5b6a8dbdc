"""Sending a batch: different addresses side by side, the messages of one address in order."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from bot.channels.base import Result, SendResult
from crm_store.talks.outbox import OutboxMessage, OutState
from scheduler.settling import Fate, fate_of

SendOne = Callable[[OutboxMessage], Awaitable[SendResult]]


async def send_all(messages: list[OutboxMessage], send_one: SendOne, now: Callable[[], datetime]) -> list[Fate]:
    """What became of each, in the order given."""
    in_order = sorted(messages, key=attrgetter("address", "id"))
    groups = [list(group) for _, group in groupby(in_order, key=attrgetter("address"))]
    fates: dict[int, Fate] = {}
    for sent in await asyncio.gather(*(_send_in_order(group, send_one, now) for group in groups)):
        fates |= sent
    return [fates[message.id] for message in messages]


async def _send_in_order(
    messages: list[OutboxMessage], send_one: SendOne, now: Callable[[], datetime]
) -> dict[int, Fate]:
    """One that has to wait holds back those after it: a thread is never told in another order."""
    fates: dict[int, Fate] = {}
    held: SendResult | None = None
    for message in messages:
        result = held or await send_one(message)
        fates[message.id] = fate_of(message, result, now())
        if fates[message.id].settlement.state is OutState.QUEUED:
            held = held or replace(result, result=Result.RETRY_AT, detail="waits for an earlier message")
    return fates
