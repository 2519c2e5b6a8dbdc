"""Touches as PostgreSQL's binary COPY takes them: what people have in common is encoded once and then only joined."""

import json
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.decision.decision import Decision, Outcome
from crm_store.planning.briefing import Briefing
from crm_store.planning.deciding import Answer
from crm_store.planning.page_rows import Row
from crm_store.planning.touches import TouchState
from crm_store.planning.traces import Steps

STATES = {
    Outcome.SEND: TouchState.WAITING,
    Outcome.DEFER: TouchState.WAITING,
    Outcome.SUPPRESS: TouchState.SUPPRESSED,
    Outcome.PARK: TouchState.PARKED,
    Outcome.HOLDOUT: TouchState.HOLDOUT,
}
_COLUMNS = (
    "customer_id, identity_id, consent_id, event_id, lane, occurrence_id, state, outcome, reason, channel, due_at, "
    "expires_at, decided_at, policy_version, trace_id, displaced_by"
)
COPY = f"copy touches ({_COLUMNS}) from stdin (format binary)"
_START = struct.Struct("!hiq")
_COUNT = _COLUMNS.count(",") + 1
_HEAD, _TAIL = b"PGCOPY\n\xff\r\n\0" + bytes(8), struct.pack("!h", -1)
_NULL = struct.pack("!i", -1)
_EPOCH, _MICROSECOND = datetime(2000, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_LONG = struct.Struct("!iq")


@dataclass(frozen=True)
class Frame:
    """What all touches that are decided at one instant have in common."""

    occurrence: bytes
    expires_at: bytes
    decided_at: bytes
    now: datetime


def frame_of(briefing: Briefing, now: datetime) -> Frame:
    message = briefing.message
    return Frame(_long(message.occurrence), _moment(message.expires_at), _moment(now), now)


async def copy_in(session: AsyncSession, data: bytes) -> None:
    """Store what `rows_of` made, in this transaction."""
    raw = await (await session.connection()).get_raw_connection()
    assert raw.driver_connection is not None
    async with raw.driver_connection.cursor() as cursor, cursor.copy(COPY) as copy:
        await copy.write(data)


def pack(answers: Iterable[Answer], frame: Frame, trace_of: Callable[[Steps], int]) -> None:
    """Encode what everybody with one of these answers has in common."""
    for answer in answers:
        answer.packed = _common(answer.decision, frame, trace_of(answer.decision.trace))


def rows_of(people: Iterable[tuple[Row, Answer]], lanes: Mapping[str, str]) -> bytes:
    """All rows of a page; every answer is packed."""
    rows = [_HEAD]
    for row, answer in people:
        rows.append(_own(row, answer.decision, lanes))
        rows.append(answer.packed)
    rows.append(_TAIL)
    return b"".join(rows)


def _own(row: Row, decision: Decision, lanes: Mapping[str, str]) -> bytes:
    """Customer, identity, consent, event and lane."""
    customer_id, _, permissions, addresses, _, event_id = row
    start, event = _START.pack(_COUNT, 8, customer_id), _long(event_id)
    if decision.channel is None:
        return start + _NULL + _NULL + event + _NULL
    identity, lane = json.loads(addresses)[decision.channel]
    consent = json.loads(permissions).get(decision.consent) if decision.consent is not None else None
    return start + _long(identity) + _long(consent) + event + _text(lanes.get(decision.channel, lane))


def _common(decision: Decision, frame: Frame, trace_id: int) -> bytes:
    due = frame.now if decision.outcome is Outcome.SEND else decision.until
    told = (STATES[decision.outcome], decision.outcome, decision.reason, decision.channel)
    return b"".join(
        (
            frame.occurrence,
            *(_text(each) for each in told),
            _moment(due),
            frame.expires_at,
            frame.decided_at,
            _int(decision.policy_version),
            _int(trace_id),
            _long(decision.displaced_by),
        )
    )


@lru_cache(maxsize=1024)
def _text(value: str | None) -> bytes:
    if value is None:
        return _NULL
    data = value.encode()
    return struct.pack("!i", len(data)) + data


def _long(value: int | None) -> bytes:
    return _NULL if value is None else _LONG.pack(8, value)


def _int(value: int) -> bytes:
    return struct.pack("!ii", 4, value)


def _moment(value: datetime | None) -> bytes:
    """Microseconds since 2000, in UTC."""
    return _long(None if value is None else (value - _EPOCH) // _MICROSECOND)
