"""What may become of one message for one person, and why: the closed lists, and the answer itself."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """Everything `decide` can answer."""

    SEND = "send"
    DEFER = "defer"
    SUPPRESS = "suppress"
    PARK = "park"
    HOLDOUT = "holdout"


class Reason(StrEnum):
    """Why it is so. One gate owns each; the order of the hard gates is the order here."""

    DUPLICATE = "duplicate"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    CUSTOMER_BLOCKED = "customer_blocked"
    ADDRESS_SUPPRESSED = "address_suppressed"
    NO_CONSENT = "no_consent"
    OWN_PREFERENCE = "own_preference"
    OPEN_CASE = "open_case"
    NO_LONGER_ELIGIBLE = "no_longer_eligible"
    HOLDOUT = "holdout"
    PULL_ONLY = "pull_only"
    NO_CHANNEL = "no_channel"

    SNOOZE = "snooze"
    NOT_YET = "not_yet"
    HOURS = "hours"
    DAYS = "days"
    GAP = "gap"
    CAP_OVERALL = "cap_overall"
    CAP_PURPOSE = "cap_purpose"
    CAP_CHANNEL = "cap_channel"
    OWN_CAP = "own_cap"
    PAUSED = "paused"
    LATE = "late"
    EXPIRED_WAITING = "expired_waiting"
    ALLOWED = "allowed"


@dataclass(frozen=True, slots=True)
class GateStep:
    """What one gate said. `until` is where a time gate moved the message to; `detail` names what of: `promotion`,
    `telegram`, `2 in 7 days`, an occurrence. Machine words: pages and bot have their own for them."""

    gate: str
    passed: bool
    detail: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer. Only `decide` makes one.

    `until` with DEFER: everything is asked again then; `reason` is the gate that moved it furthest, the trace has all.
    `channel` with SEND and DEFER. `consent` is the key of the permission it rests on, such as ``promotion:telegram``;
    the ledger row of that key is kept with the touch. `displaced_by`: the occurrence that has the slot this one wanted.
    """

    outcome: Outcome
    reason: Reason
    trace: tuple[GateStep, ...]
    policy_version: int
    channel: str | None = None
    consent: str | None = None
    until: datetime | None = None
    displaced_by: int | None = None
