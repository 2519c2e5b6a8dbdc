"""What a rehearsal found: people by what would become of them, with some of each to look at. Nothing else is kept."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice

from crm_store.decision.day import OpenDay
from crm_store.decision.decision import GateStep, Outcome, Reason

GOES = frozenset({Outcome.SEND, Outcome.DEFER})
EXAMPLES = 5
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Example:
    """What would be decided for one person, as the decision says it; and their day, when it would go later."""

    outcome: Outcome
    reason: Reason
    trace: tuple[GateStep, ...]
    channel: str | None = None
    until: datetime | None = None
    displaced_by: int | None = None
    day: OpenDay | None = None


@dataclass
class Rehearsal:
    """What came of it. `counts`: people by ``outcome:reason``; `examples`: up to five customers of each.

    `hours`, `days`: who would get it by the hour and the date on their own clock. `lanes`: messages by lane; `due` by
    lane and the quarter of an hour (epoch seconds) at which they could go. `collisions`: people by the occurrence that
    has the slot this one wanted; `put_off`: by the occurrence that would have to wait for this one. `other_counts`: by
    the other rules; `moves`: people whose answer they change, by ``outcome:reason>outcome:reason``.
    `behind`: up to five customers of every other figure, by its name such as ``hour:12``; `people`: all of these.
    """

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    hours: Counter[int] = field(default_factory=Counter)
    days: Counter[str] = field(default_factory=Counter)
    lanes: Counter[str] = field(default_factory=Counter)
    due: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    collisions: Counter[int] = field(default_factory=Counter)
    put_off: Counter[int] = field(default_factory=Counter)
    other_counts: Counter[str] = field(default_factory=Counter)
    moves: Counter[str] = field(default_factory=Counter)
    behind: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    people: dict[int, Example] = field(default_factory=dict)

    @property
    def audience(self) -> int:
        return self.counts.total()

    @property
    def goes(self) -> int:
        """Who would get it."""
        return going(self.counts)

    @property
    def gained(self) -> int:
        """How many more, or fewer, would get it by the other rules."""
        return going(self.other_counts) - self.goes if self.other_counts else 0

    def minutes(self, rates: Mapping[str, float]) -> dict[str, float]:
        """How long each lane takes at its rate; lanes without one are left out."""
        return {lane: many / rates[lane] / 60 for lane, many in self.lanes.items() if rates.get(lane)}

    def over(self, lane: str, rate: float) -> datetime | None:
        """When the last of a lane would have left, at so many a second; None when nothing would."""
        end = 0.0
        for quarter, many in sorted(self.due.get(lane, Counter[int]()).items()):
            end = max(end, quarter) + many / rate
        return datetime.fromtimestamp(end, UTC) if end else None

    def show(self, shelf: dict[str, list[int]], name: str, customers: Iterable[int], example: Example) -> None:
        """Keep some of those behind a figure, by number."""
        kept = shelf[name]
        for customer in islice(customers, EXAMPLES - len(kept)):
            kept.append(customer)
            self.people[customer] = example
        kept.sort()


def going(counts: Mapping[str, int]) -> int:
    return sum(people for name, people in counts.items() if name.partition(":")[0] in GOES)


def quarter_of(at: datetime) -> int:
    """Epoch seconds of the quarter of an hour it is in."""
    return int(at.timestamp() // QUARTER.total_seconds() * QUARTER.total_seconds())
