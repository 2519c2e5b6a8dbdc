"""Pure: what to look at before it goes: what keeps many from it and what can be done, lanes that stand or lag."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.rehearsal.lanes import LaneEnd
from crm_store.decision.decision import Outcome
from crm_store.plans.plan import Plan
from crm_store.rehearsals.found import Rehearsal

MUCH = 0.2
"""A reason that keeps more than this share from it is worth a word."""
KEEPS = frozenset({Outcome.SUPPRESS, Outcome.PARK})


@dataclass(frozen=True)
class Hint:
    """`kind`: `reason` (`name` is one), `lane_stands`, `lane_late` (`name` is the lane), or a word of its own.

    `figure`: whose people it is about, empty for nobody's.
    """

    kind: str
    name: str
    people: int
    share: float
    figure: str = ""


def hints(found: Rehearsal, plan: Plan, lanes: Sequence[LaneEnd], expires_at: datetime) -> list[Hint]:
    """What weighs most first."""
    made = []
    if not found.audience:
        return [Hint("nobody", "", 0, 0.0)]
    if not plan.channels:
        made.append(Hint("no_channels", "", 0, 0.0))
    if plan.segment_id is None:
        made.append(Hint("no_segment", "", 0, 0.0))
    made += [Hint("lane_stands", each.lane, each.people, 0.0, f"lane:{each.lane}") for each in lanes if each.stands]
    made += [
        Hint("lane_late", each.lane, each.people, 0.0, f"lane:{each.lane}")
        for each in lanes
        if not each.stands and each.is_late(expires_at)
    ]
    return made + _reasons(found)


def _reasons(found: Rehearsal) -> list[Hint]:
    """One for each reason, whatever outcomes it has."""
    people: dict[str, int] = {}
    figures: dict[str, str] = {}
    for name, many in found.counts.most_common():
        outcome, _, reason = name.partition(":")
        if outcome in KEEPS:
            people[reason] = people.get(reason, 0) + many
            figures.setdefault(reason, name)
    return [
        Hint("reason", reason, many, many / found.audience, figures[reason])
        for reason, many in sorted(people.items(), key=lambda row: -row[1])
        if many / found.audience > MUCH
    ]
