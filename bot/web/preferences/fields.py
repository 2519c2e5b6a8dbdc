"""Pure: the fields of the preference page: out of a sheet, out of a posted form, and what lies between the two."""

import json
import re
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Any, Literal

from crm_store.errors import CareLoopError
from crm_store.model import Languages
from crm_store.people.consent import STOPPABLE, Purpose
from crm_store.people.preferences import OccasionNote
from crm_store.people.rules import PreferenceRule
from crm_store.wishes.sheet import Sheet

OCCASIONS = (
    "birthday", "child_birthday", "family_birthday", "wedding", "lunar_new_year", "mid_autumn", "dragon_boat",
    "valentines", "mothers_day", "fathers_day", "children_day", "christmas", "easter", "hari_raya", "deepavali",
    "vesak", "halloween",
)  # fmt: skip
CHAT_RULES = ("only", "stage", "zone", "channels")
"""Kinds that are set by talking; the page shows them and can lift them."""
PERIODS = ("day", "week", "month", "year")
ALL_DAYS = frozenset(range(7))
LONGEST_PAUSE = timedelta(days=3653)
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")

Problem = Literal["check_hours", "check_days", "check_count", "check_until", "check_form"]


class Unclear(CareLoopError):
    """A field that cannot be read. `problem` names the sentence that says which one, and the remedy."""

    code = "form_unclear"

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True)
class Fields:
    """As they stand in the form. `allow` in "promotion:email"; `lift`: rules set by talking that are to go."""

    allow: frozenset[str]
    start: str
    end: str
    days: frozenset[int]
    count: str
    per: str
    until: str
    style: str
    welcome: frozenset[str]
    impersonal: bool
    language: str
    lift: frozenset[str] = frozenset()

    def as_json(self) -> str:
        """Always the same for the same fields."""
        plain = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in asdict(self).items()}
        return json.dumps(plain, sort_keys=True, separators=(",", ":"))


def fields_from(text: str) -> Fields:
    """What `as_json` wrote."""
    told: dict[str, Any] = {
        name: frozenset(value) if isinstance(value, list) else value for name, value in json.loads(text).items()
    }
    return Fields(**told)


def fields_of(sheet: Sheet, today: date) -> Fields:
    """What the page shows of a sheet."""
    rules = sheet.rules
    hours, at_most = rules.get("hours", {}), rules.get("at_most", {})
    until = str(rules.get("snooze", {}).get("until", ""))
    return Fields(
        allow=frozenset(f"{purpose}:{channel}" for purpose, channel in sheet.allowed),
        start=str(hours.get("from", "")),
        end=str(hours.get("to", "")),
        days=frozenset(rules.get("days", {}).get("days", ALL_DAYS)),
        count=str(at_most.get("count", "")),
        per=str(at_most.get("per", "month")),
        until=until if until > today.isoformat() else "",
        style=str(rules.get("style", {}).get("style", "push")),
        welcome=frozenset(OCCASIONS) - sheet.off,
        impersonal=bool(rules.get("impersonal", {}).get("impersonal")),
        language=sheet.language,
    )


def fields_in(form: list[tuple[str, str]], channels: tuple[str, ...], today: date) -> Fields:
    """Read a posted form; raises `Unclear`. What the form does not offer is as if it were not there."""
    offered_keys = frozenset(f"{purpose}:{channel}" for purpose in STOPPABLE for channel in channels)

    def ticked(name: str, offered: frozenset[str]) -> frozenset[str]:
        return frozenset(value for key, value in form if key == name) & offered

    def told(name: str) -> str:
        return next((value.strip() for key, value in form if key == name), "")

    days = ticked("day", frozenset(map(str, range(7))))
    if not days:
        raise Unclear("check_days")
    return Fields(
        allow=ticked("allow", offered_keys),
        **_hours(told("from")[:5], told("to")[:5]),
        days=frozenset(map(int, days)),
        count=_count(told("count")),
        per=_one_of(told("per"), PERIODS),
        until=_until(told("until"), today),
        style=_one_of(told("style"), ("push", "pull")),
        welcome=ticked("welcome", frozenset(OCCASIONS)),
        impersonal=told("impersonal") == "1",
        language=_one_of(told("wanted"), Languages),
        lift=ticked("lift", frozenset(CHAT_RULES)),
    )


def _hours(start: str, end: str) -> dict[str, str]:
    if not all(_CLOCK.fullmatch(clock) for clock in (start, end) if clock) or (start and start == end):
        raise Unclear("check_hours")
    return {"start": start, "end": end}


def _count(told: str) -> str:
    if not told:
        return ""
    if not re.fullmatch(r"0*[1-9][0-9]?", told):
        raise Unclear("check_count")
    return str(int(told))


def _until(told: str, today: date) -> str:
    if not told:
        return ""
    try:
        day = date.fromisoformat(told)
    except ValueError:
        raise Unclear("check_until") from None
    if day > today + LONGEST_PAUSE:
        raise Unclear("check_until")
    return day.isoformat() if day > today else ""


def _one_of(told: str, offered: tuple[str, ...]) -> str:
    if told not in offered:
        raise Unclear("check_form")
    return told


@dataclass(frozen=True)
class Changes:
    """What was changed by hand; what stands as it was shown is nobody's yes."""

    given: tuple[tuple[Purpose, str], ...]
    taken: tuple[tuple[Purpose, str], ...]
    rules: tuple[PreferenceRule, ...]
    occasions: tuple[OccasionNote, ...]

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))


def changes(shown: Fields, posted: Fields) -> Changes:
    """The difference; an empty value lifts a rule."""
    turned = [OccasionNote(kind, None, None, "solar", off=True) for kind in sorted(shown.welcome - posted.welcome)]
    turned += [OccasionNote(kind, None, None, "solar", off=False) for kind in sorted(posted.welcome - shown.welcome)]
    before, after = rules_of(shown), rules_of(posted)
    rules = [PreferenceRule(kind, value) for kind, value in after.items() if value != before[kind]]
    rules += [PreferenceRule(kind, {}) for kind in sorted(posted.lift)]
    return Changes(_keys(posted.allow - shown.allow), _keys(shown.allow - posted.allow), tuple(rules), tuple(turned))


def rules_of(told: Fields) -> dict[str, dict[str, Any]]:
    """The rules these fields stand for, as `Preference` keeps them."""
    hours = {name: clock for name, clock in (("from", told.start), ("to", told.end)) if clock}
    return {
        "hours": hours,
        "days": {} if told.days == ALL_DAYS else {"days": sorted(told.days)},
        "at_most": {"count": int(told.count), "per": told.per} if told.count else {},
        "snooze": {"until": told.until} if told.until else {},
        "style": {"style": told.style},
        "impersonal": {"impersonal": told.impersonal},
        "language": {"language": told.language},
    }


def _keys(keys: frozenset[str]) -> tuple[tuple[Purpose, str], ...]:
    parted = (key.split(":") for key in sorted(keys))
    return tuple((Purpose(purpose), channel) for purpose, channel in parted)
