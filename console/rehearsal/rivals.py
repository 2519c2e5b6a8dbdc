"""Pure: other campaigns that want the same slots: which of the two goes first, why, and how many wait."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from crm_store.decision.message import PURPOSE_CLASSES
from crm_store.people.consent import Purpose
from crm_store.rehearsals.found import Rehearsal


class Other(NamedTuple):
    """Whose occurrence it is."""

    campaign_id: int
    name: str
    purpose: str
    priority: int


@dataclass(frozen=True)
class Rival:
    """`waits`: this campaign waits for the other one, for `people`; else the other one waits. `because`: of the
    `purpose`, the `priority`, or what is over sooner (`expiry`). `figure`: the name of the figure it is.
    """

    other: Other
    waits: bool
    people: int
    because: str
    figure: str


def rivals(found: Rehearsal, others: Mapping[int, Other], purpose: Purpose, priority: int) -> list[Rival]:
    """Most people first. Occurrences that are gone are left out."""
    listed = [(True, number, many) for number, many in found.collisions.items()]
    listed += [(False, number, many) for number, many in found.put_off.items()]
    made = [
        Rival(
            others[number],
            waits,
            many,
            _because(others[number], purpose, priority),
            f"waits_for:{number}" if waits else f"puts_off:{number}",
        )
        for waits, number, many in listed
        if number in others
    ]
    return sorted(made, key=lambda rival: -rival.people)


def _because(other: Other, purpose: Purpose, priority: int) -> str:
    if PURPOSE_CLASSES[Purpose(other.purpose)] != PURPOSE_CLASSES[purpose]:
        return "purpose"
    return "priority" if other.priority != priority else "expiry"
