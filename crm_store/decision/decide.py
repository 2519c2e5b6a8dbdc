"""May we write? Asked here and nowhere else: when planning, rehearsing, sending, and explaining afterwards."""

from datetime import UTC, datetime, timedelta

from crm_store.decision.caps import counted
from crm_store.decision.case import Case, opened, usable_at
from crm_store.decision.decision import Decision, GateStep, Outcome, Reason
from crm_store.decision.facts import Facts
from crm_store.decision.gates import HARD_GATES, consent_key, passed_over
from crm_store.decision.message import Message, Policy
from crm_store.decision.trace import Log, Move, hard_steps
from crm_store.decision.waits import COMMON, settled, settled_on
from crm_store.decision.wishes import late

PAUSE_LOOK = timedelta(minutes=1)
"""A paused message is asked about again this soon."""


def decide(facts: Facts, message: Message, now: datetime, policy: Policy) -> Decision:
    """The same answer for the same arguments, always: no clock, no database, no network."""
    case = opened(facts, message, now.astimezone(UTC), policy)
    for place, (reason, outcome, gate) in enumerate(HARD_GATES):
        detail = gate(case)
        if detail is not None:
            steps = (*hard_steps(passed_over(case))[:place], GateStep(reason.value, False, detail))
            return Decision(outcome, reason, steps, policy.version)
    if late(case):
        return _ended(case, Outcome.SUPPRESS, Reason.LATE, Log())
    return _in_time(case)


def _in_time(case: Case) -> Decision:
    """The channel is chosen for when it may go, before the cap of a channel is asked: that one never changes it."""
    case.counted = counted(case.facts.contacts, case.message)
    log = Log()
    at = settled(case, COMMON, case.now, log)
    if at is None:
        return _ended(case, Outcome.SUPPRESS, Reason.EXPIRED_WAITING, log)
    channel = next((name for name in case.wanted if usable_at(case, name, at)), None)
    if channel is None:
        return _ended(case, Outcome.PARK, Reason.NO_CHANNEL, log)
    at = settled_on(case, channel, at, log)
    if at is None:
        return _ended(case, Outcome.SUPPRESS, Reason.EXPIRED_WAITING, log)
    if not usable_at(case, channel, at):
        return _ended(case, Outcome.PARK, Reason.NO_CHANNEL, log)
    return _waiting(case, channel, at, log) if at > case.now else _free(case, channel, log)


def _free(case: Case, channel: str, log: Log) -> Decision:
    """Now, save when the campaign pauses: then it is asked about again and again."""
    if case.message.ready == "paused":
        until = min(case.now + PAUSE_LOOK, case.last)
        log.moved(Reason.PAUSED, Move(until, "campaign"), case.now)
        return _waiting(case, channel, until, log)
    steps = hard_steps(passed_over(case), channel) + log.steps
    consent = consent_key(case, channel)
    return Decision(Outcome.SEND, Reason.ALLOWED, steps, case.policy.version, channel, consent)


def _waiting(case: Case, channel: str, until: datetime, log: Log) -> Decision:
    steps = hard_steps(passed_over(case), channel) + log.steps
    version, consent = case.policy.version, consent_key(case, channel)
    return Decision(Outcome.DEFER, log.mover, steps, version, channel, consent, until, log.winner)


def _ended(case: Case, outcome: Outcome, reason: Reason, log: Log) -> Decision:
    """No instant is left at which it may go, or no channel at the one there is."""
    detail = ", ".join(case.wanted) if reason is Reason.NO_CHANNEL else case.last.isoformat()
    steps = (*hard_steps(passed_over(case)), *log.steps, GateStep(reason.value, False, detail))
    return Decision(outcome, reason, steps, case.policy.version, displaced_by=log.winner)
