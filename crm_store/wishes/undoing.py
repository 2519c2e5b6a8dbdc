"""Pure: what it takes to go back to how things were before a change, and which part of that allows more than now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from crm_store.people.consent import ANY_CHANNEL, ConsentEntry, Purpose
from crm_store.people.preferences import OccasionNote
from crm_store.people.rules import PreferenceRule, loosens

Choice = tuple[Purpose, str, bool]


@dataclass(frozen=True)
class RuleChange:
    """A rule as it was set, and the one of its kind before it; both are empty where there was none."""

    kind: str
    now: dict[str, Any]
    before: dict[str, Any]


@dataclass(frozen=True)
class OccasionChange:
    """A date as it was noted, and what was noted of it before."""

    now: OccasionNote
    before: OccasionNote | None


@dataclass(frozen=True)
class Steps:
    """Things to write, in the shapes they are written in."""

    rules: tuple[PreferenceRule, ...] = ()
    occasions: tuple[OccasionNote, ...] = ()
    choices: tuple[Choice, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rules or self.occasions or self.choices)


@dataclass(frozen=True)
class WayBack:
    """`at_once`: allows nothing that is not allowed now. `after_yes`: does, so a clear yes comes first."""

    at_once: Steps
    after_yes: Steps


def way_back(rules: Iterable[RuleChange], occasions: Iterable[OccasionChange], choices: Sequence[Choice]) -> WayBack:
    """`choices` as `consent_back` gives them."""
    back = [(change, PreferenceRule(change.kind, change.before)) for change in rules]
    looser = [rule for change, rule in back if loosens(change.now, rule)]
    dates = [_noted_before(change) for change in occasions]
    welcome = [note for change, note in zip(occasions, dates, strict=True) if change.now.off and not note.off]
    return WayBack(
        Steps(
            tuple(rule for _, rule in back if rule not in looser),
            tuple(note for note in dates if note not in welcome),
            tuple(choice for choice in choices if not choice[2]),
        ),
        Steps(tuple(looser), tuple(welcome), tuple(choice for choice in choices if choice[2])),
    )


def consent_back(before: Sequence[ConsentEntry], change: Sequence[ConsentEntry]) -> list[Choice]:
    """What makes the ledger allow what it did before `change`; both in the order they were said."""
    was = [_choice(entry) for entry in before]
    now = was + [_choice(entry) for entry in change]
    choices: list[Choice] = []
    for purpose, channel in _reach(was, now[len(was) :]):
        wanted = _allowed(was, purpose, channel)
        if _allowed(now + choices, purpose, channel) != wanted:
            choices.append((purpose, channel, wanted))
    return choices


def _choice(entry: ConsentEntry) -> Choice:
    return Purpose(entry.purpose), entry.channel, entry.granted


def _reach(was: Sequence[Choice], change: Sequence[Choice]) -> list[tuple[Purpose, str]]:
    """Keys a change may have touched, the widest first: its own, and with "on every channel" those said before."""
    wide = {purpose for purpose, channel, _ in change if channel == ANY_CHANNEL}
    keys = [choice[:2] for choice in change] + [choice[:2] for choice in was if choice[0] in wide]
    return sorted(dict.fromkeys(keys), key=lambda key: key[1] != ANY_CHANNEL)


def _allowed(said: Sequence[Choice], purpose: Purpose, channel: str) -> bool:
    """Of those that fit the one said last counts; nothing said is a no."""
    fitting = [granted for what, where, granted in said if what == purpose and where in (channel, ANY_CHANNEL)]
    return bool(fitting and fitting[-1])


def _noted_before(change: OccasionChange) -> OccasionNote:
    """Nothing noted before: a day is not to be mentioned, a festival that was refused is as welcome as it was."""
    now = change.now
    return change.before or OccasionNote(now.kind, None, None, now.calendar, off=not now.off, whom=now.whom)
