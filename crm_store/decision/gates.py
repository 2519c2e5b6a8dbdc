"""Pure: the hard gates, each named after its reason. A gate answers with the detail of its no, or None to let pass."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from crm_store.decision.case import Case, permission_for, usable_at
from crm_store.decision.decision import Outcome, Reason
from crm_store.decision.windows import local_day_of
from crm_store.people.consent import Purpose

Gate = Callable[[Case], str | None]


def duplicate(case: Case) -> str | None:
    return str(case.message.occurrence) if case.facts.taken else None


def cancelled(case: Case) -> str | None:
    return "campaign" if case.message.ready == "cancelled" else None


def expired(case: Case) -> str | None:
    return case.last.isoformat() if case.now > case.last else None


def customer_blocked(case: Case) -> str | None:
    return case.standing.blocked or _minor(case)


def address_suppressed(case: Case) -> str | None:
    if case.reachable:
        return None
    states = {reach.channel: reach.state for reach in case.standing.reach}
    return ", ".join(f"{name} {_why_not(states.get(name, 'ok'))}" for name in case.base)


def no_consent(case: Case) -> str | None:
    return None if case.consented else str(case.message.purpose)


def own_preference(case: Case) -> str | None:
    """Service messages skip this gate and no other."""
    if case.exempt:
        return None
    rules, message = case.standing.rules, case.message
    if message.occasion is not None and message.occasion in rules.off:
        return f"off {message.occasion}"
    if rules.only_occasions and message.occasion not in rules.only_occasions:
        return f"only {', '.join(sorted(rules.only_occasions))}"
    if rules.stage is not None and message.stage is not None and message.stage != rules.stage:
        return f"stage {rules.stage}"
    if rules.impersonal and message.personal:
        return "impersonal"
    return None if case.wanted else f"channels {', '.join(rules.only_channels)}"


def open_case(case: Case) -> str | None:
    if case.message.purpose is not Purpose.PROMOTION:
        return None
    if case.standing.hushed:
        return "open"
    until = case.standing.hushed_until
    return f"until {until.isoformat()}" if until is not None and case.now < until else None


def no_longer_eligible(case: Case) -> str | None:
    return None if case.facts.eligible else "segment"


def holdout(case: Case) -> str | None:
    return "control" if case.facts.held_out else None


def pull_only(case: Case) -> str | None:
    return "pull" if case.standing.rules.pull and not case.exempt else None


def no_channel(case: Case) -> str | None:
    if case.addressed and any(usable_at(case, channel, case.now) for channel in case.wanted):
        return None
    return ", ".join(case.message.channels)


HARD_GATES: tuple[tuple[Reason, Outcome, Gate], ...] = (
    (Reason.DUPLICATE, Outcome.SUPPRESS, duplicate),
    (Reason.CANCELLED, Outcome.SUPPRESS, cancelled),
    (Reason.EXPIRED, Outcome.SUPPRESS, expired),
    (Reason.CUSTOMER_BLOCKED, Outcome.SUPPRESS, customer_blocked),
    (Reason.ADDRESS_SUPPRESSED, Outcome.SUPPRESS, address_suppressed),
    (Reason.NO_CONSENT, Outcome.SUPPRESS, no_consent),
    (Reason.OWN_PREFERENCE, Outcome.SUPPRESS, own_preference),
    (Reason.OPEN_CASE, Outcome.SUPPRESS, open_case),
    (Reason.NO_LONGER_ELIGIBLE, Outcome.SUPPRESS, no_longer_eligible),
    (Reason.HOLDOUT, Outcome.HOLDOUT, holdout),
    (Reason.PULL_ONLY, Outcome.PARK, pull_only),
    (Reason.NO_CHANNEL, Outcome.PARK, no_channel),
)
"""In the order in which they are asked; the first that fails names the reason."""


def consent_key(case: Case, channel: str) -> str | None:
    """The permission it rests on; None where none is needed and none was given."""
    permission = permission_for(case.standing, case.message.purpose, channel)
    return permission.key if permission is not None else None


def passed_over(case: Case) -> tuple[tuple[Reason, str], ...]:
    """Channels that a gate took away while it left others, with its reason; for the trace."""
    if len(case.wanted) == len(case.base):
        return ()
    narrowed = (
        (Reason.ADDRESS_SUPPRESSED, case.base, case.reachable),
        (Reason.NO_CONSENT, case.reachable, case.consented),
        (Reason.OWN_PREFERENCE, case.consented, case.wanted),
    )
    return tuple(
        (reason, ", ".join(name for name in before if name not in after))
        for reason, before, after in narrowed
        if len(before) != len(after)
    )


def _why_not(state: str) -> str:
    return "stop" if state == "ok" else state


def _minor(case: Case) -> str | None:
    """Come of age on the local date; born on 29 February, on 1 March."""
    age, born = case.policy.minimum_age.get(case.message.purpose), case.standing.born
    if age is None or born is None:
        return None
    today = local_day_of(case.where(case.now).zones[0], case.now)
    return "minor" if born > _born_by(today, age) else None


@lru_cache(maxsize=1024)
def _born_by(today: int, age: int) -> str:
    """The last date of birth of those who are of that age, ISO: two of them compare as text."""
    day = date.fromordinal(today)
    return f"{day.year - age:04}-{day:%m-%d}"
