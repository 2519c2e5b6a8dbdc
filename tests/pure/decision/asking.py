"""A person, a message and rules that end in SEND; each test changes what its rule is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from crm_store.decision.decide import decide
from crm_store.decision.decision import Decision, Reason
from crm_store.decision.facts import Contact, Facts, Permission, Reach, Rules, Standing, Zone
from crm_store.decision.message import Message, Policy
from crm_store.decision.policy_text import DEFAULTS
from crm_store.people.consent import Purpose

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
"""A Tuesday, noon in Singapore."""

POLICY = replace(DEFAULTS, version=3)
SINGAPORE = Zone("Asia/Singapore", "said", "SG")
YES = tuple(
    Permission(purpose, "*", True, place)
    for place, purpose in enumerate((Purpose.CARE, Purpose.SURVEY, Purpose.PROMOTION))
)
STOP = tuple(replace(permission, granted=False) for permission in YES)


def standing(**changes: Any) -> Standing:
    base = Standing("en", SINGAPORE, permissions=YES, reach=(Reach("email", "ok"), Reach("telegram", "ok")))
    rules = {name: changes.pop(name) for name in Rules.__dataclass_fields__ if name in changes}
    return replace(base, rules=Rules(**rules), **changes)


def facts(**changes: Any) -> Facts:
    own = {name: changes.pop(name) for name in Facts.__dataclass_fields__ if name in changes}
    return Facts(standing(**changes), **own)


def message(**changes: Any) -> Message:
    base = Message(7, Purpose.PROMOTION, ("telegram", "email"), NOW + timedelta(days=30))
    return replace(base, **changes)


def rules(**changes: Any) -> Policy:
    return replace(POLICY, **changes)


def sent(hours_ago: float, purpose: Purpose = Purpose.CARE, channel: str = "telegram") -> Contact:
    return Contact(NOW - timedelta(hours=hours_ago), purpose, channel)


def reserved(by: Message, hours_ahead: float = 0, channel: str = "telegram") -> Contact:
    return Contact(NOW + timedelta(hours=hours_ahead), by.purpose, channel, by.rank)


def asked(given: Facts | None = None, of: Message | None = None, at: datetime = NOW, by: Policy = POLICY) -> Decision:
    return decide(given or facts(), of or message(), at, by)


def step(decision: Decision, reason: Reason) -> tuple[bool, str]:
    return next((step.passed, step.detail) for step in decision.trace if step.gate == reason)


def utc(text: str) -> datetime:
    """An instant as "2026-11-24 04:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
