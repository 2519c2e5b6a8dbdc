"""Pure: complaints of several people that share a product, a store, a carrier or a campaign within a while."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

WINDOW = timedelta(hours=72)
THRESHOLD = 3


class Shares(StrEnum):
    """What complaints may have in common, the most telling first."""

    PRODUCT = "product"
    CAMPAIGN = "campaign"
    CARRIER = "carrier"
    STORE = "store"


@dataclass(frozen=True)
class Sighting:
    """One complaint as the radar sees it; `person` is who complains, whatever they are known by."""

    complaint_id: int
    person: str
    opened_at: datetime
    marks: Mapping[Shares, str]


@dataclass(frozen=True)
class Cluster:
    """What they share, which one, and who they are, in the order in which they were opened."""

    shares: Shares
    value: str
    complaint_ids: tuple[int, ...]
    people: int


def clusters(cases: Iterable[Sighting], window: timedelta = WINDOW, threshold: int = THRESHOLD) -> list[Cluster]:
    """At least `threshold` people within `window`; the largest first, each complaint in one cluster only.

    Of two clusters of the same people the more telling one counts: a product rather than the store it was bought in.
    """
    left, found = list(cases), list[Cluster]()
    while best := _largest(left, window, threshold):
        found.append(best)
        taken = set(best.complaint_ids)
        left = [case for case in left if case.complaint_id not in taken]
    return found


def _largest(cases: list[Sighting], window: timedelta, threshold: int) -> Cluster | None:
    alike: defaultdict[tuple[Shares, str], list[Sighting]] = defaultdict(list)
    for case in sorted(cases, key=lambda case: (case.opened_at, case.complaint_id)):
        for shares, value in case.marks.items():
            alike[shares, value].append(case)
    every = [_cluster(shares, value, same, window, threshold) for (shares, value), same in alike.items()]
    order = list(Shares)
    return min(
        (cluster for cluster in every if cluster is not None),
        key=lambda cluster: (-cluster.people, order.index(cluster.shares), cluster.value),
        default=None,
    )


def _cluster(shares: Shares, value: str, same: list[Sighting], window: timedelta, threshold: int) -> Cluster | None:
    """Every complaint that stands in some window with enough people; `same` by time."""
    people: Counter[str] = Counter()
    members: dict[int, str] = {}
    first = 0
    for last, case in enumerate(same):
        people[case.person] += 1
        while case.opened_at - same[first].opened_at > window:
            people -= Counter([same[first].person])
            first += 1
        if len(people) >= threshold:
            members |= {each.complaint_id: each.person for each in same[first : last + 1]}
    return Cluster(shares, value, tuple(members), len(set(members.values()))) if members else None
