"""May we write? Asked here and nowhere else: when planning, rehearsing, sending, and explaining afterwards."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from crm_store.decision.caps import counted
from crm_store.decision.case import Case, opened, usable_at
from crm_store.decision.decision import Decision, GateStep, Outcome, Reason
from crm_store.decision.facts import Facts
from crm_store.decision.gates import HARD_GATES, consent_key, passed_over
from crm_store.decision.message import Message, Policy
from crm_store.decision.waits import COMMON, Log, Move, settled, settled_on
from crm_store.decision.wishes import late

PAUSE_LOOK = timedelta(minutes=1)
"""A paused message is asked about again this soon."""

_PASSED = tuple(GateStep(reason.value, True) for reason, _, _ in HARD_GATES)
_NARROWING = frozenset({Reason.ADDRESS_SUPPRESSED, Reason.NO_CONSENT, Reason.OWN_PREFERENCE})


def decide(facts: Facts, message: Message, now: datetime, policy: Policy) -> Decision:
    """The same answer for the same arguments, always: no clock, no database, no network."""
    case = opened(facts, message, now.astimezone(UTC), policy)
    for place, (reason, outcome, gate) in enumerate(HARD_GATES):
        detail = gate(case)
        if detail is not None:
            return _refused(case, place, outcome, GateStep(reason.value, False, detail))
    return _in_time(case)


def _refused(case: Case, place: int, outcome: Outcome, step: GateStep) -> Decision:
    return Decision(outcome, Reason(step.gate), (*_hard_steps(case)[:place], step), case.policy.version)


def _in_time(case: Case) -> Decision:
    if late(case):
        return _ended(case, Outcome.SUPPRESS, Reason.LATE, (GateStep(Reason.LATE.value, False),))
    case.counted = counted(case.facts.contacts, case.message)
    log: Log = {}
    at = settled(case, COMMON, case.now, log)
    if at is None:
        return _expired_waiting(case, log)
    channel = next((name for name in case.wanted if usable_at(case, name, at)), None)
    if channel is None:
        return _shut(case, log)
    at = settled_on(case, channel, at, log)
    if at is None:
        return _expired_waiting(case, log)
    if not usable_at(case, channel, at):
        return _shut(case, log)
    return _allowed(case, channel, _resumed(case, at, log), log)


def _resumed(case: Case, at: datetime, log: Log) -> datetime:
    """Nothing of a paused campaign goes now; when it would, it is asked about again and again."""
    if case.message.ready != "paused" or at > case.now:
        return at
    until = min(case.now + PAUSE_LOOK, case.last)
    log[Reason.PAUSED] = Move(until, "campaign")
    return until


def _allowed(case: Case, channel: str, at: datetime, log: Log) -> Decision:
    now_it_is = at == case.now and case.message.ready != "paused"
    return Decision(
        Outcome.SEND if now_it_is else Outcome.DEFER,
        Reason.ALLOWED if now_it_is else _mover(at, log),
        (*_hard_steps(case)[:-1], _passed(Reason.NO_CHANNEL, channel), *_time_steps(log)),
        case.policy.version,
        channel,
        consent_key(case, channel),
        None if now_it_is else at,
        _winner(log),
    )


def _shut(case: Case, log: Log) -> Decision:
    """By the time it may go, the provider takes nothing more from us until they write."""
    step = GateStep(Reason.NO_CHANNEL.value, False, ", ".join(case.wanted))
    return _ended(case, Outcome.PARK, Reason.NO_CHANNEL, (*_time_steps(log), step), _winner(log))


def _expired_waiting(case: Case, log: Log) -> Decision:
    step = GateStep(Reason.EXPIRED_WAITING.value, False, case.last.isoformat())
    return _ended(case, Outcome.SUPPRESS, Reason.EXPIRED_WAITING, (*_time_steps(log), step), _winner(log))


def _ended(
    case: Case, outcome: Outcome, reason: Reason, steps: tuple[GateStep, ...], winner: int | None = None
) -> Decision:
    return Decision(outcome, reason, (*_hard_steps(case), *steps), case.policy.version, displaced_by=winner)


def _hard_steps(case: Case) -> tuple[GateStep, ...]:
    """All of them passed; with the channels that a gate took away while it left others."""
    if len(case.wanted) == len(case.base):
        return _PASSED
    return tuple(
        _passed(reason, passed_over(case, reason)) if reason in _NARROWING else step
        for step, (reason, _, _) in zip(_PASSED, HARD_GATES, strict=True)
    )


def _time_steps(log: Log) -> tuple[GateStep, ...]:
    return tuple(
        _passed(reason, "") if move is None else GateStep(reason.value, False, move.detail, move.until)
        for reason, move in log.items()
    )


def _mover(at: datetime, log: Log) -> Reason:
    """The gate that moved it to where it is now."""
    return next(reason for reason, move in log.items() if move is not None and move.until == at)


def _winner(log: Log) -> int | None:
    return next((move.winner for move in log.values() if move is not None and move.winner is not None), None)


@lru_cache(maxsize=1024)
def _passed(reason: Reason, detail: str) -> GateStep:
    return GateStep(reason.value, True, detail)
