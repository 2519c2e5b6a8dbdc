"""Pure: which policies hold for a case, and what each promises."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter

from crm_store.promises.calendar import WorkingCalendar


class ClockKind(StrEnum):
    """What is promised."""

    FIRST_ANSWER = "first_answer"
    NEXT_ANSWER = "next_answer"
    RESOLUTION = "resolution"


@dataclass(frozen=True)
class Circumstances:
    """What policies may ask about a case; None is what nobody knows."""

    severity: str
    category: str
    tier: str | None = None
    store: str | None = None


@dataclass(frozen=True)
class Policy:
    """One version. `conditions` by the fields of `Circumstances`; `minutes` of business time by `calendar`'s name."""

    id: int
    name: str
    version: int
    rank: int
    conditions: Mapping[str, Iterable[str]]
    calendar: str
    minutes: Mapping[ClockKind, int | None]

    @property
    def is_floor(self) -> bool:
        return not self.conditions

    def fits(self, case: Circumstances) -> bool:
        """Whether every condition named holds."""
        return all(getattr(case, name) in set(values) for name, values in self.conditions.items())


@dataclass(frozen=True)
class CalendarOf:
    """A version of a calendar, by which is counted."""

    id: int
    name: str
    version: int
    hours: WorkingCalendar


@dataclass(frozen=True)
class Terms:
    """What is promised for one clock: `target` seconds of business time, and the versions that said so."""

    target: int
    policy_id: int
    policy: str
    policy_version: int
    calendar: CalendarOf


Promises = Mapping[ClockKind, tuple[Terms, ...]]
"""By kind what the fitting policy and the floor promise; of several the one that is due first holds."""


def promises_for(
    case: Circumstances, policies: Iterable[Policy], calendars: Mapping[str, CalendarOf]
) -> dict[ClockKind, tuple[Terms, ...]]:
    """The fitting policy of the lowest rank, and beside it the floor: nobody waits longer because others are dearer."""
    ranked = sorted(policies, key=attrgetter("rank", "name"))
    fitting = next((policy for policy in ranked if policy.fits(case)), None)
    floor = next((policy for policy in ranked if policy.is_floor), None)
    holding = [fitting] if fitting is not None else []
    holding += [floor] if floor is not None and floor is not fitting else []
    return {kind: _offered(kind, holding, calendars) for kind in ClockKind}


def _offered(kind: ClockKind, holding: Iterable[Policy], calendars: Mapping[str, CalendarOf]) -> tuple[Terms, ...]:
    terms = []
    for policy in holding:
        minutes = policy.minutes.get(kind)
        if minutes is not None and policy.calendar in calendars:
            calendar = calendars[policy.calendar]
            terms.append(Terms(minutes * 60, policy.id, policy.name, policy.version, calendar))
    return tuple(terms)
