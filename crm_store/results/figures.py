"""Pure: the figures of a campaign, summed from heaps of touches that are alike."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from crm_store.results.intervals import Difference, Share, difference_of, share_of


@dataclass(frozen=True)
class Heap:
    """Touches alike in the first fields. `age`: days since they began, up to the goal; `lag`: to the first purchase."""

    state: str
    channel: str
    language: str
    day: date | None
    goal_days: int
    age: int | None
    lag: int | None
    many: int
    delivered: int
    read: int
    answered: int
    stopped: int
    orders: int
    cents: int


@dataclass(frozen=True)
class Figures:
    """Messages, not people; money in cents. `delivered` and `read` only where a channel tells; else 0."""

    sent: int = 0
    delivered: int = 0
    read: int = 0
    answered: int = 0
    stopped: int = 0
    failed: int = 0
    unknown: int = 0
    converted: int = 0
    sold_cents: int = 0
    held_out: int = 0

    @property
    def rate(self) -> float | None:
        """Converted of sent."""
        return self.converted / self.sent if self.sent else None


def figures_of(heaps: Iterable[Heap]) -> Figures:
    """What was sent counts; of what is unknown only that it is, and who said no after it."""
    counts: dict[str, int] = defaultdict(int)
    for heap in heaps:
        if heap.state in ("failed", "unknown", "holdout"):
            counts["held_out" if heap.state == "holdout" else heap.state] += heap.many
        if heap.state in ("sent", "unknown"):
            counts["stopped"] += heap.stopped
        if heap.state == "sent":
            counts["sent"] += heap.many
            counts["delivered"] += heap.delivered
            counts["read"] += heap.read
            counts["answered"] += heap.answered
            counts["converted"] += heap.many if heap.lag is not None else 0
            counts["sold_cents"] += heap.cents
    return Figures(**counts)


def grouped[Key](heaps: Iterable[Heap], key: Callable[[Heap], Key]) -> dict[Key, Figures]:
    """Of what left the house or tried to, most first."""
    found: dict[Key, list[Heap]] = defaultdict(list)
    for heap in heaps:
        if heap.state in ("sent", "unknown", "failed"):
            found[key(heap)].append(heap)
    summed = {name: figures_of(some) for name, some in found.items()}
    return dict(sorted(summed.items(), key=lambda entry: -entry[1].sent))


def bought_within(heaps: Iterable[Heap], days: int) -> list[float | None]:
    """By day after the message, the first day first: which share had bought by its end, of those so long ago."""
    whole, buyers = [0] * days, [0] * days
    for heap in heaps:
        for day in range(min(heap.age or 0, days)):
            whole[day] += heap.many
            buyers[day] += heap.many if heap.lag is not None and heap.lag <= day else 0
    return [got / all_ if all_ else None for got, all_ in zip(buyers, whole, strict=True)]


@dataclass(frozen=True)
class Group:
    """People compared: how many bought, and for how much."""

    share: Share
    cents: int

    @property
    def cents_each(self) -> float | None:
        return self.cents / self.share.whole if self.share.whole else None


@dataclass(frozen=True)
class Comparison:
    """Those it was meant for against those held out of the same, person by person."""

    meant: Group
    held_out: Group

    @property
    def difference(self) -> Difference | None:
        return difference_of(self.meant.share, self.held_out.share)


def comparison_of(rows: Iterable[tuple[bool, int, int, int]]) -> Comparison:
    """Of rows (held out, people, buyers, cents)."""
    groups = {held: Group(share_of(buyers, people), cents) for held, people, buyers, cents in rows}
    nobody = Group(share_of(0, 0), 0)
    return Comparison(groups.get(False, nobody), groups.get(True, nobody))


@dataclass(frozen=True)
class Savings:
    """Cents customers saved; see `crm_store.results.savings`. `given`: coupons of the campaign's own."""

    given: int = 0
    used: int = 0
    coupon_cents: int = 0
    reminder_cents: int = 0
    points_cents: int = 0

    @property
    def cents(self) -> int:
        return self.coupon_cents + self.reminder_cents + self.points_cents


@dataclass(frozen=True)
class Result:
    """All that is known of one campaign. `curve`: see `bought_within`, of those it was meant for and of those held out.

    `scores`: answers by score. `counting_until`: purchases may still come in, and until when; None when it is over.
    """

    figures: Figures
    by_channel: dict[str, Figures]
    by_language: dict[str, Figures]
    by_day: list[tuple[date, Figures]]
    curve: tuple[list[float | None], list[float | None]]
    comparison: Comparison
    savings: Savings
    scores: dict[int, int]
    goal_days: int
    counting_until: datetime | None

    @property
    def is_empty(self) -> bool:
        return not (self.figures.sent or self.figures.failed or self.figures.unknown or self.figures.held_out)

    @property
    def score(self) -> float | None:
        """The mean of 1 to 5."""
        answers = sum(self.scores.values())
        return sum(score * many for score, many in self.scores.items()) / answers if answers else None


def result_of(
    heaps: Sequence[Heap], comparison: Comparison, savings: Savings, scores: dict[int, int], until: datetime | None
) -> Result:
    days = max((heap.goal_days for heap in heaps), default=14)
    by_day = grouped([heap for heap in heaps if heap.day is not None], lambda heap: heap.day)
    held = [heap for heap in heaps if heap.state == "holdout"]
    meant = [heap for heap in heaps if heap.state != "holdout"]
    return Result(
        figures=figures_of(heaps),
        by_channel=grouped(heaps, lambda heap: heap.channel),
        by_language=grouped(heaps, lambda heap: heap.language),
        by_day=sorted((day, figures) for day, figures in by_day.items() if day is not None),
        curve=(bought_within(meant, days), bought_within(held, days)),
        comparison=comparison,
        savings=savings,
        scores=scores,
        goal_days=days,
        counting_until=until,
    )
