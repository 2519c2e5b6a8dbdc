"""Pure: shares with the bounds they lie within, as geometry for the macro `whiskers` in `charts.html`."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.charts.drawing import Tick
from console.charts.scales import Scale, ticks

LEFT, RIGHT, ROW = 10, 590, 34
TOP = 18


@dataclass(frozen=True)
class Bounded:
    """A value between its bounds, in hundredths of a whole; `says` tells it in full."""

    value: float
    low: float
    high: float
    tone: str
    says: str


@dataclass(frozen=True)
class Whisker:
    """One row of the picture."""

    y: float
    low: float
    at: float
    high: float
    tone: str
    says: str


@dataclass(frozen=True)
class Whiskers:
    """`zero`: where nothing stands, when values may lie on both sides of it."""

    rows: list[Whisker]
    along: list[Tick]
    height: int
    zero: float | None = None


def whiskers(values: Sequence[Bounded]) -> Whiskers:
    """All on one axis; it begins at 0, or as far below as above where a bound is negative."""
    top = max((max(abs(each.low), abs(each.high)) for each in values), default=1) or 1
    below = any(each.low < 0 for each in values)
    steps = ticks(top, 3 if below else 5)
    scale = Scale(steps[-1] * (2 if below else 1), LEFT, RIGHT)
    shift = steps[-1] if below else 0
    named = [-step for step in reversed(steps[1:])] + steps if below else steps
    rows = [
        Whisker(
            TOP + ROW * place,
            scale.at(each.low + shift),
            scale.at(each.value + shift),
            scale.at(each.high + shift),
            each.tone,
            each.says,
        )
        for place, each in enumerate(values)
    ]
    along = [Tick(scale.at(tick + shift), f"{tick:+d} %" if below and tick else f"{tick} %") for tick in named]
    return Whiskers(rows, along, TOP + ROW * len(values) + 12, scale.at(shift) if below else None)
