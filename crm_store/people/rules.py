"""Pure: a shopper's own rules as values, and which of two allows more."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Value = dict[str, Any]


@dataclass(frozen=True)
class PreferenceRule:
    """`kind` and `value` as `Preference` stores them:

    `hours` {"from": "10:00", "to": "21:00"} (either may be missing) · `days` {"days": [5, 6]}, 0 = Monday · `at_most`
    {"count": 1, "per": "month"} · `channels` {"only": [...]} or {"first": [...]} · `snooze` {"until": "2027-03-01"}
    (the first day on which messages may come again) · `style` {"style": "pull"} · `language` {"language": "zh"}
    · `only` {"occasions": ["birthday"]} · `stage` {"stage": "before"} · `impersonal` {"impersonal": true}
    · `zone` {"zone": "Asia/Tokyo", "until": "2026-11-29"} (to the end of that day there).

    An empty value lifts the rule of that kind.
    """

    kind: str
    value: dict[str, Any]


def loosens(before: Value, rule: PreferenceRule) -> bool:
    """Whether `rule` allows anything that the rule of its kind before it did not: then a clear yes is needed first."""
    if not before:
        return False
    if not rule.value:
        return limits(rule.kind, before)
    wider = _WIDER.get(rule.kind)
    return wider is not None and wider(before, rule.value)


def limits(kind: str, value: Value) -> bool:
    """Whether a rule keeps anything from being sent."""
    match kind:
        case "style":
            return bool(value["style"] == "pull")
        case "channels":
            return "only" in value
        case "impersonal":
            return bool(value["impersonal"])
    return kind in {"hours", "days", "at_most", "snooze", "only", "stage"}


def minutes_of(hours: Value) -> frozenset[int]:
    """The allowed minutes of a day; across midnight when the window ends before it begins."""
    start, end = (_minute(hours.get(name, clock)) for name, clock in (("from", "00:00"), ("to", "24:00")))
    return frozenset(range(start, end)) if start < end else frozenset(range(start, 1440)) | frozenset(range(end))


def _minute(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _per_month(value: Value) -> float:
    return float(value["count"]) * {"day": 30.0, "week": 4.3, "month": 1.0, "year": 1 / 12}[value["per"]]


_WIDER: dict[str, Callable[[Value, Value], bool]] = {
    "at_most": lambda before, after: _per_month(after) > _per_month(before),
    "days": lambda before, after: not set(after["days"]) <= set(before["days"]),
    "hours": lambda before, after: not minutes_of(after) <= minutes_of(before),
    "snooze": lambda before, after: bool(after["until"] < before["until"]),
    "style": lambda before, after: bool(before["style"] == "pull" and after["style"] == "push"),
    "channels": lambda before, after: "only" in before and not set(after.get("only", ["any"])) <= set(before["only"]),
    "only": lambda before, after: not set(after["occasions"]) <= set(before["occasions"]),
    "stage": lambda before, after: bool(after["stage"] != before["stage"]),
    "impersonal": lambda before, after: bool(before["impersonal"] and not after["impersonal"]),
}
