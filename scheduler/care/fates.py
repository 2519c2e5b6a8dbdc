"""Pure: what becomes of a letter and of its touch after a try.

A try that came to nothing is never repeated from its own row: the touch waits, and is decided anew at its time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.base import Result, SendResult
from crm_store.planning.touches import TouchState
from crm_store.sending.letter import Ending, Letter
from crm_store.talks.outbox import OutState
from scheduler.settling import BACK_OFF, MAX_TRIES

MAY_REPEAT = frozenset({"service"})
"""Purposes whose message is written once more when nobody knows whether it arrived."""

_LATER = frozenset({Result.RETRY_AT, Result.QUOTA})


@dataclass(frozen=True)
class CareFate:
    """The ending of one letter, and what it means for its lane and its address. `opted_out`: the provider told us."""

    ending: Ending
    block_lane_until: datetime | None = None
    halt_lane: str | None = None
    address_is_gone: bool = False
    opted_out: bool = False


def care_fate_of(letter: Letter, result: SendResult, now: datetime) -> CareFate:
    """Every result has exactly one fate; nothing is tried for ever."""
    if result.result is Result.ACCEPTED:
        return CareFate(_ending(letter, result, OutState.SENT, TouchState.SENT))
    if result.result is Result.UNKNOWN:
        return CareFate(_unknown(letter, result, now))
    if result.result is Result.CONFIG:
        back = _ending(letter, result, OutState.FAILED, TouchState.WAITING, now)
        return CareFate(back, halt_lane=result.detail or "configuration")
    if result.result is Result.GONE and letter.tries < MAX_TRIES:
        # Another of their channels may do: asked again, without this address.
        return CareFate(_ending(letter, result, OutState.FAILED, TouchState.WAITING, now), address_is_gone=True)
    if result.result in _LATER:
        return _later(letter, result, now)
    gone = result.result in {Result.GONE, Result.OPTED_OUT}
    failed = _ending(letter, result, OutState.FAILED, TouchState.FAILED)
    return CareFate(failed, address_is_gone=gone, opted_out=result.result is Result.OPTED_OUT)


def _later(letter: Letter, result: SendResult, now: datetime) -> CareFate:
    """When the whole account has to wait it is not this message's fault, and does not count against it."""
    if letter.tries >= MAX_TRIES and not result.whole_account:
        return CareFate(_ending(letter, result, OutState.FAILED, TouchState.FAILED))
    wait = result.retry_after or BACK_OFF[min(letter.tries - 1, len(BACK_OFF) - 1)]
    due_at = now + timedelta(seconds=wait)
    back = _ending(letter, result, OutState.FAILED, TouchState.WAITING, due_at)
    return CareFate(back, block_lane_until=due_at if result.whole_account else None)


def _unknown(letter: Letter, result: SendResult, now: datetime) -> Ending:
    if letter.purpose in MAY_REPEAT and letter.tries < 2:
        again = now + timedelta(seconds=BACK_OFF[0])
        return _ending(letter, result, OutState.UNKNOWN, TouchState.WAITING, again)
    return _ending(letter, result, OutState.UNKNOWN, TouchState.UNKNOWN)


def _ending(
    letter: Letter, result: SendResult, state: OutState, touch: TouchState, due_at: datetime | None = None
) -> Ending:
    return Ending(letter.id, state, result.result, touch, result.provider_id or None, result.detail or None, due_at)
