"""Pure: how sure a share is (Wilson), and the difference of two (Newcombe's hybrid score, his method 10); 95 %.

R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872 and 873-890.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

Z = 1.959963984540054
FEWEST_PEOPLE = 30
"""In each group; with fewer nothing is said."""
FEWEST_BUYERS = 5
"""In both together."""


@dataclass(frozen=True)
class Share:
    """`many` of `whole` did it; `low` and `high` bound where the true share lies."""

    many: int
    whole: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        return self.many / self.whole if self.whole else None


class Verdict(StrEnum):
    """What the difference says. FEW: too few people to say anything. UNCLEAR: it may as well be none."""

    FEW = "few"
    UNCLEAR = "unclear"
    MORE = "more"
    LESS = "less"


@dataclass(frozen=True)
class Difference:
    """`value` = first share less the second, between `low` and `high`."""

    value: float
    low: float
    high: float
    verdict: Verdict


def share_of(many: int, whole: int) -> Share:
    """With nobody at all it lies anywhere."""
    if not whole:
        return Share(0, 0, 0.0, 1.0)
    share, spread = many / whole, Z * sqrt(many * (whole - many) / whole + Z * Z / 4)
    middle, below = many + Z * Z / 2, whole + Z * Z
    low, high = (middle - spread) / below, (middle + spread) / below
    return Share(many, whole, _within(low, 0, share), _within(high, share, 1))


def difference_of(first: Share, second: Share) -> Difference | None:
    """None where one of them has nobody."""
    one, other = first.value, second.value
    if one is None or other is None:
        return None
    low = one - other - sqrt((one - first.low) ** 2 + (second.high - other) ** 2)
    high = one - other + sqrt((first.high - one) ** 2 + (other - second.low) ** 2)
    return Difference(one - other, low, high, _verdict(first, second, low, high))


def _verdict(first: Share, second: Share, low: float, high: float) -> Verdict:
    if min(first.whole, second.whole) < FEWEST_PEOPLE or first.many + second.many < FEWEST_BUYERS:
        return Verdict.FEW
    if low > 0:
        return Verdict.MORE
    return Verdict.LESS if high < 0 else Verdict.UNCLEAR


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
