"""Pure: what differs between two versions of the rules, one line for each thing one would say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from console.contact_rules.form import ALL_DAY, length_of
from crm_store.campaigns.policies import ContactPolicy
from crm_store.decision.message import Cap, Policy
from crm_store.decision.policy_text import policy_of
from crm_store.people.consent import Purpose


@dataclass(frozen=True)
class Line:
    """`kind` says how the values are read: `hours`, `unsure`, `caps`, `gap`, `age`, `holidays`, `quiet`, `leap_day` or
    `zone`; `about` is a purpose, a channel, or empty for all. Caps are (count, length, unit)."""

    kind: str
    about: str
    before: Any
    after: Any


def changes(before: Policy, after: Policy) -> list[Line]:
    return [line for line in _lines(before, after) if line.before != line.after]


def history(rows: Sequence[ContactPolicy]) -> list[tuple[ContactPolicy, list[Line]]]:
    """Newest first, each with what it changed; the first version changed nothing."""
    rules = [policy_of(row.definition) for row in rows]
    made = [changes(older, newer) for newer, older in pairwise(rules)]
    return list(zip(rows, [*made, []], strict=False))


def _lines(before: Policy, after: Policy) -> Iterator[Line]:
    for purpose in Purpose:
        yield Line("hours", purpose, before.hours.get(purpose, ALL_DAY), after.hours.get(purpose, ALL_DAY))
    yield Line("unsure", "", before.unsure_hours, after.unsure_hours)
    yield Line("caps", "overall", _said(before.overall), _said(after.overall))
    for purpose in Purpose:
        old, new = before.by_purpose.get(purpose, ()), after.by_purpose.get(purpose, ())
        yield Line("caps", f"purpose:{purpose}", _said(old), _said(new))
    for channel in sorted({*before.by_channel, *after.by_channel}):
        old, new = before.by_channel.get(channel, ()), after.by_channel.get(channel, ())
        yield Line("caps", f"channel:{channel}", _said(old), _said(new))
    yield Line("gap", "", _hours(before), _hours(after))
    for purpose in Purpose:
        yield Line("age", purpose, before.minimum_age.get(purpose), after.minimum_age.get(purpose))
    yield Line("holidays", "", sorted(before.holidays), sorted(after.holidays))
    yield Line("quiet", "", sorted(before.quiet_on_holidays), sorted(after.quiet_on_holidays))
    yield Line("leap_day", "", before.leap_day, after.leap_day)
    yield Line("zone", "", before.zone, after.zone)


def _said(caps: Sequence[Cap]) -> list[tuple[int, int, str]]:
    return [(cap.count, *length_of(cap)) for cap in caps]


def _hours(policy: Policy) -> int:
    return int(policy.gap.total_seconds() // 3600)
