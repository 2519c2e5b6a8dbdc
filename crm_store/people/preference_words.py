"""Pure: a shopper's own rules for being written to, out of their words (`preference_words.yml`)."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from crm_store.people.language_words import language_wanted
from crm_store.people.spoken_limits import at_most_in, hours_in, snooze_until, without_limits
from crm_store.words import folded, word_lists

_WORDS = word_lists(__file__)
_CLAUSES = re.compile(r"[,.;!?，。；！？]+")
_WEEKEND, _WEEKDAYS = [5, 6], [0, 1, 2, 3, 4]


@dataclass(frozen=True)
class PreferenceRule:
    """`kind` and `value` as `Preference` stores them:

    `hours` {"from": "10:00", "to": "21:00"} (either may be missing) · `days` {"days": [5, 6]}, 0 = Monday · `at_most`
    {"count": 1, "per": "month"} · `channels` {"only": [...]} or {"first": [...]} · `snooze` {"until": "2027-03-01"}
    · `style` {"style": "pull"} · `language` {"language": "zh"}.
    """

    kind: str
    value: dict[str, Any]


def read_preferences(text: str, today: date) -> list[PreferenceRule]:
    """Every rule that can be read without doubt, one of a kind; empty when none can."""
    line = folded(text)
    style = _style(line)
    if style == "pull":
        return [PreferenceRule("style", {"style": "pull"})]
    negative = _WORDS.finds("negative", line)
    hours, count = hours_in(line, negative), at_most_in(line)
    until = None if hours or count else snooze_until(line, today, _WORDS)
    found = {
        "style": {"style": style} if style else None,
        "hours": hours,
        "at_most": count,
        "snooze": {"until": until.isoformat()} if until else None,
        "days": None if until else _days(without_limits(line), negative),
        "channels": _channels(line, negative),
        "language": _language(line),
    }
    return [PreferenceRule(kind, value) for kind, value in found.items() if value]


def loosens(before: dict[str, Any], rule: PreferenceRule) -> bool:
    """Whether `rule` allows anything that the rule of its kind before it did not: then a clear yes is needed first."""
    after = rule.value
    match rule.kind:
        case "at_most":
            return _per_month(after) > _per_month(before)
        case "days":
            return not set(after["days"]) <= set(before["days"])
        case "hours":
            earlier = after.get("from", "00:00") < before.get("from", "00:00")
            return bool(earlier or after.get("to", "24:00") > before.get("to", "24:00"))
        case "snooze":
            return bool(after["until"] < before["until"])
        case "style":
            return bool(before["style"] == "pull" and after["style"] == "push")
        case "channels":
            return "only" in before and not set(after.get("only", ["any"])) <= set(before["only"])
    return False


def _per_month(value: dict[str, Any]) -> float:
    return float(value["count"]) * {"day": 30.0, "week": 4.3, "month": 1.0, "year": 1 / 12}[value["per"]]


def _style(line: str) -> str | None:
    if _WORDS.finds("pull", line):
        return "pull"
    return "push" if _WORDS.finds("push", line) else None


def _days(line: str, negative: bool) -> dict[str, Any] | None:
    named: set[int] = set()
    for name in _WORDS.found("days", line):
        named.update({"weekend": _WEEKEND, "weekday": _WEEKDAYS}.get(name) or [int(name)])
    if not named:
        return None
    only = _WORDS.finds("only", line)
    return {"days": sorted(set(range(7)) - named if negative and not only else named)}


def _channels(line: str, negative: bool) -> dict[str, Any] | None:
    clauses = [_WORDS.regex("instead").split(clause)[0] for clause in _CLAUSES.split(line)]
    only = [name for clause in clauses if _WORDS.regex("only_by").search(clause) for name in _in_order(clause)]
    if only:
        return {"only": only}
    first = [name for clause in clauses if _WORDS.finds("prefer", clause) for name in _in_order(clause)]
    return {"first": first} if first and not negative else None


def _in_order(clause: str) -> list[str]:
    named = _WORDS.found("channels", clause)
    return sorted(named, key=lambda name: _start(name, clause))


def _start(name: str, clause: str) -> int:
    found = _WORDS.pattern_in("channels", name).search(clause)
    return found.start() if found else len(clause)


def _language(line: str) -> dict[str, Any] | None:
    wanted = language_wanted(_WORDS.without("festivals", line))
    return {"language": wanted} if wanted else None
