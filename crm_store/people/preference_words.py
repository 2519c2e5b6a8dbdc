"""Pure: a shopper's own rules for being written to, out of their words (`preference_words.yml`)."""

import re
from datetime import date
from typing import Any

from crm_store.people.language_words import language_wanted
from crm_store.people.rules import PreferenceRule
from crm_store.people.scope_words import impersonal_in, only_in, stage_in
from crm_store.people.spoken_limits import at_most_in, hours_in, snooze_until, without_counts
from crm_store.people.zone_words import stay_in, without_stay
from crm_store.words import folded, word_lists

_WORDS = word_lists(__file__)
_CLAUSES = re.compile(r"[,.;!?，。；！？]+")
_WEEKEND, _WEEKDAYS = [5, 6], [0, 1, 2, 3, 4]


def read_preferences(text: str, today: date) -> list[PreferenceRule]:
    """Every rule that can be read without doubt, one of a kind; empty when none can."""
    line = folded(text)
    style = _style(line)
    if style == "pull":
        return [PreferenceRule("style", {"style": "pull"})]
    stay, stage = stay_in(line, today), stage_in(line)
    line = without_stay(line) if stay else line
    negative = _WORDS.finds("negative", line)
    hours, count = hours_in(line, negative), at_most_in(line)
    until = None if hours or count else snooze_until(line, today, _WORDS)
    found = {
        "only": only_in(line),
        "zone": {"zone": stay.zone, "until": stay.until.isoformat()} if stay else None,
        "stage": stage,
        "impersonal": impersonal_in(line),
        "style": {"style": style} if style else None,
        "hours": hours,
        "at_most": count,
        "snooze": {"until": until.isoformat()} if until else None,
        "days": None if until else _days(without_counts(line), negative),
        "channels": _channels(line, negative),
        "language": _language(line),
    }
    told = [PreferenceRule(kind, value) for kind, value in found.items() if value]
    return told or [PreferenceRule(kind, {}) for kind in lifted_in(line)]


def lifted_in(line: str) -> list[str]:
    """Kinds of rules that are no longer to hold: "any time is fine again"."""
    rest = line
    lifted = _WORDS.found("lift", line)
    for kind in lifted:
        rest = _WORDS.pattern_in("lift", kind).sub(" ", rest)
    return [] if _WORDS.finds("negative", rest) else lifted


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
    only = [name for clause in clauses for name in only_channels(clause)]
    if only:
        return {"only": only}
    first = [name for clause in clauses if _WORDS.finds("prefer", clause) for name in _in_order(clause)]
    return {"first": first} if first and not negative else None


def only_channels(clause: str) -> tuple[str, ...]:
    """The channels of "only by e-mail", in the order they were named; none when it says no such thing."""
    return tuple(_in_order(clause)) if _WORDS.regex("only_by").search(clause) else ()


def _in_order(clause: str) -> list[str]:
    named = _WORDS.found("channels", clause)
    return sorted(named, key=lambda name: _start(name, clause))


def _start(name: str, clause: str) -> int:
    found = _WORDS.pattern_in("channels", name).search(clause)
    return found.start() if found else len(clause)


def _language(line: str) -> dict[str, Any] | None:
    wanted = language_wanted(_WORDS.without("festivals", line))
    return {"language": wanted} if wanted else None
