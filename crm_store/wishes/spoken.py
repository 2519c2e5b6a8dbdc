"""Pure: everything a message wishes at once: permissions, rules, dates; and whether it is a wish without doubt."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from crm_store.people.consent_words import ConsentReading, clauses_of, read_consent
from crm_store.people.occasion_words import PERSONAL, OccasionWish, read_occasions
from crm_store.people.preference_words import read_preferences
from crm_store.people.rules import PreferenceRule
from crm_store.people.scope_words import without_scope
from crm_store.people.spoken_limits import without_limits
from crm_store.people.zone_words import without_stay
from crm_store.spoken_dates import without_days
from crm_store.words import WordLists, folded, pattern_of, trimmed, word_lists

_WORDS = word_lists(__file__)
_PEOPLE = Path(__file__).parent.parent / "people"
BOUNDS = frozenset({"snooze", "hours", "days", "at_most", "only", "stage"})
GROUPS = (
    ("occasion_words", "kinds"),
    ("consent_words", "purposes"),
    ("consent_words", "channels"),
    ("preference_words", "days"),
    ("preference_words", "channels"),
)
LONGEST = 200
"""Characters of a wish that is one without doubt; longer messages tell more than that."""
NOTHING_SAID = ConsentReading()
FRESH, LATEST = timedelta(minutes=30), timedelta(hours=24)


class Said(StrEnum):
    """What a message was taken for; the parts it does not explain are read for the others."""

    CONSENT = "consent"
    RULES = "rules"
    OCCASIONS = "occasions"


@dataclass(frozen=True)
class SpokenWishes:
    """What is to be changed; empty when nothing can be read without doubt."""

    consent: ConsentReading = NOTHING_SAID
    rules: tuple[PreferenceRule, ...] = ()
    occasions: tuple[OccasionWish, ...] = ()

    def __bool__(self) -> bool:
        return bool(not self.consent.unclear or self.rules or self.occasions)

    @property
    def mixed(self) -> bool:
        return sum((not self.consent.unclear, bool(self.rules), bool(self.occasions))) > 1


def read_wishes(text: str, today: date, said: Said) -> SpokenWishes:
    """Read for what it was taken for; a clause that says nothing of that, but is all wish, is read for the rest."""
    clauses = [clause for clause in clauses_of(folded(text)) if not trimmed(_left_of(clause))]
    match said:
        case Said.CONSENT:
            reading = read_consent(text)
            if _is_a_limit(reading, text, today):
                return read_wishes(text, today, Said.RULES)
            rest = [clause for clause in clauses if _asks_nothing(clause)]
            return SpokenWishes(reading, tuple(read_preferences(", ".join(rest), today)), _dates(rest, today))
        case Said.RULES:
            narrow = read_consent(text).narrow
            rules = [rule for rule in read_preferences(text, today) if not (narrow and rule.kind == "channels")]
            rest = [clause for clause in clauses if not read_preferences(clause, today)]
            consent = replace(_consent_in(rest), narrow=narrow)
            return SpokenWishes(consent, tuple(rules), _dates(rest, today))
        case Said.OCCASIONS:
            wishes = tuple(read_occasions(text, today))
            rest = [clause for clause in clauses if not read_occasions(clause, today)]
            return SpokenWishes(_consent_in(rest), tuple(read_preferences(", ".join(rest), today)), wishes)


def certain_wishes(text: str, today: date) -> SpokenWishes | None:
    """Wishes of a message made of nothing else, none of which could be meant otherwise; else None.

    Only what tells us to do less, or where somebody is: whatever asks for more is never without doubt.
    """
    line = folded(text)
    if len(line) > LONGEST or "?" in line or trimmed(_left_of(line)):
        return None
    wishes = read_wishes(text, today, Said.RULES)
    if wishes.consent.grant or not (wishes.consent.narrow or any(_plain(rule, line) for rule in wishes.rules)):
        return None
    return wishes


def undoes(text: str) -> timedelta | None:
    """How long ago a change may be that this message takes back; None when it takes nothing back."""
    line = folded(text)
    for name, within in (("said", LATEST), ("moment", FRESH)):
        if {trimmed(line), trimmed(_WORDS.without("polite", line))} & _undoings(name):
            return within
    return None


@cache
def _undoings(name: str) -> frozenset[str]:
    return frozenset(folded(words) for words in _WORDS.values("undo")[name])


def pauses(text: str, today: date) -> bool:
    """Whether a stop is only one until a day: "stop until March"."""
    return any(rule.kind == "snooze" for rule in read_preferences(text, today))


def _is_a_limit(reading: ConsentReading, text: str, today: date) -> bool:
    """ "Nothing more before ten" takes no permission back: what has no topic but bounds of its own is a rule."""
    bare = reading.grant is None and reading.withdraw is not None and not reading.withdraw
    return bare and any(rule.kind in BOUNDS and rule.value for rule in read_preferences(text, today))


def _asks_nothing(clause: str) -> bool:
    reading = read_consent(clause)
    return reading.unclear and not reading.keep


def _consent_in(clauses: list[str]) -> ConsentReading:
    """Of clauses that may be about something else: only what names its topic, and no festival."""
    spoken = [clause for clause in clauses if not _feasts(clause)]
    reading = read_consent(", ".join(spoken))
    return replace(reading, withdraw=reading.withdraw or None, grant=reading.grant or None, narrow=None)


def _feasts(clause: str) -> bool:
    return any(wish.kind not in PERSONAL for wish in read_occasions(clause, date.min))


def _dates(clauses: list[str], today: date) -> tuple[OccasionWish, ...]:
    """Festivals that are refused, and personal days with their date."""
    wishes = [wish for clause in clauses for wish in read_occasions(clause, today)]
    return tuple(wish for wish in wishes if (wish.off and wish.kind not in PERSONAL) or wish.day is not None)


def _plain(rule: PreferenceRule, line: str) -> bool:
    match rule.kind:
        case "only" | "zone" | "stage" | "snooze":
            return bool(rule.value)
        case "impersonal":
            return bool(rule.value.get("impersonal"))
        case "style":
            return rule.value.get("style") == "pull"
        case "hours" | "days" | "at_most":
            preferences = _lists("preference_words")
            refused = preferences.finds("negative", line) or preferences.finds("only", line)
            return bool(rule.value) and (refused or _WORDS.finds("bounds", line))
    return False


def _left_of(line: str) -> str:
    """What a wish does not explain."""
    line = without_days(without_limits(without_scope(without_stay(line))))
    consent, preferences = _lists("consent_words"), _lists("preference_words")
    for name in ("pull", "pause", "negative", "only", "festivals"):
        line = preferences.without(name, line)
    for file, group in GROUPS:
        line = _whole_group(file, group).sub(" ", line)
    for name in ("withdraw", "negation", "fine"):
        line = consent.without(name, line)
    return _WORDS.without("filler", line)


@cache
def _whole_group(file: str, group: str) -> re.Pattern[str]:
    """Every word of a group at once: each message of a shopper is looked at."""
    return pattern_of(word for words in _lists(file).values(group).values() for word in words)


@cache
def _lists(name: str) -> WordLists:
    return word_lists(str(_PEOPLE / f"{name}.py"))
