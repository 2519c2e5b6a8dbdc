"""Pure: what becomes of an outbox row after a try."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.base import Result, SendResult
from crm_store.talks.outbox import OutboxMessage, OutState, Settlement

MAX_TRIES = 6
BACK_OFF = (1.0, 3.0, 10.0, 30.0, 120.0)
REPEATABLE = frozenset({"reply", "code"})
"""Purposes for which a message that may have been sent is sent once more: silence would be worse than a repeat."""

_FAILED = frozenset({Result.GONE, Result.OPTED_OUT, Result.REJECTED, Result.WINDOW_CLOSED})


@dataclass(frozen=True)
class Fate:
    """The settlement of the row, and what it means for its lane and its address. `opted_out`: the provider told us."""

    settlement: Settlement
    block_lane_until: datetime | None = None
    halt_lane: str | None = None
    address_is_gone: bool = False
    opted_out: bool = False


def fate_of(message: OutboxMessage, result: SendResult, now: datetime) -> Fate:
    """Every result has exactly one fate; nothing is retried for ever."""
    if result.result is Result.ACCEPTED:
        return Fate(_settled(message, OutState.SENT, result))
    if result.result in _FAILED:
        gone = result.result in {Result.GONE, Result.OPTED_OUT}
        opted_out = result.result is Result.OPTED_OUT
        return Fate(_settled(message, OutState.FAILED, result), address_is_gone=gone, opted_out=opted_out)
    if result.result is Result.CONFIG:
        # Due at once: the halt keeps it, and whoever sets the lane going again expects it to go.
        return Fate(_settled(message, OutState.QUEUED, result), halt_lane=result.detail or "configuration")
    if result.result is Result.UNKNOWN:
        return Fate(_unknown(message, result, now))
    return _later(message, result, now)


def _later(message: OutboxMessage, result: SendResult, now: datetime) -> Fate:
    if message.tries >= MAX_TRIES:
        return Fate(_settled(message, OutState.FAILED, result))
    wait = result.retry_after or BACK_OFF[min(message.tries - 1, len(BACK_OFF) - 1)]
    retry_at = now + timedelta(seconds=wait)
    return Fate(
        _settled(message, OutState.QUEUED, result, retry_at),
        block_lane_until=retry_at if result.whole_account else None,
    )


def _unknown(message: OutboxMessage, result: SendResult, now: datetime) -> Settlement:
    if message.purpose in REPEATABLE and message.tries < 2:
        return _settled(message, OutState.QUEUED, result, now + timedelta(seconds=BACK_OFF[0]))
    return _settled(message, OutState.UNKNOWN, result)


def _settled(
    message: OutboxMessage, state: OutState, result: SendResult, retry_at: datetime | None = None
) -> Settlement:
    return Settlement(
        message.id,
        state,
        result.result,
        result.provider_id or None,
        result.detail or None,
        retry_at,
        by_staff=message.author == "staff",
    )
