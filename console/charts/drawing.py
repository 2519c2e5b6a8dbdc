"""Pure: columns, lines and shares as geometry for the macros in `charts.html`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from console.charts.scales import Scale, named, ticks

WIDTH, HEIGHT = 600, 210
LEFT, RIGHT, TOP, BOTTOM = 46, 592, 12, 180
WIDEST = 38.0


@dataclass(frozen=True)
class Place:
    """One place on the axis below: what it is called, what it says in full, where each part or line of it leads."""

    name: str
    says: str
    ways: tuple[str, ...] = ()

    def to(self, tone: int) -> str:
        """Empty for nowhere."""
        return self.ways[tone] if tone < len(self.ways) else ""


@dataclass(frozen=True)
class Tick:
    """One named value of an axis."""

    at: float
    name: str


@dataclass(frozen=True)
class Slab:
    """A piece of a column; `tone` counts from below, `to` is where it leads."""

    y: float
    height: float
    tone: int
    to: str


@dataclass(frozen=True)
class Column:
    """`x` and `width` of what is seen; `left` and `room` of what can be pressed."""

    place: Place
    x: float
    width: float
    left: float
    room: float
    slabs: list[Slab]


@dataclass(frozen=True)
class Columns:
    """A chart of columns, each made of slabs."""

    columns: list[Column]
    up: list[Tick]
    along: list[Tick]


@dataclass(frozen=True)
class Dot:
    """One measured value of a line."""

    x: float
    y: float
    tone: int
    place: Place


@dataclass(frozen=True)
class Lines:
    """A chart of lines; a line ends where nothing was measured and begins anew."""

    paths: list[str]
    dots: list[Dot]
    up: list[Tick]
    along: list[Tick]


def columns(places: Sequence[Place], values: Sequence[Sequence[float]]) -> Columns:
    """`values` by place, from below."""
    axis = ticks(max((sum(parts) for parts in values), default=0))
    high = Scale(axis[-1], BOTTOM, TOP)
    room = (RIGHT - LEFT) / max(len(places), 1)
    width = min(room * 0.72, WIDEST)
    drawn = []
    for index, (place, parts) in enumerate(zip(places, values, strict=True)):
        left = LEFT + room * index
        x = left + (room - width) / 2
        drawn.append(
            Column(place, round(x, 1), round(width, 1), round(left, 1), round(room, 1), _slabs(place, parts, high))
        )
    return Columns(drawn, [Tick(high.at(tick), f"{tick:,}") for tick in axis], _along(places))


def lines(
    places: Sequence[Place], values: Sequence[Sequence[float | None]], axis: Sequence[int], name: Callable[[int], str]
) -> Lines:
    """`values` by line; `axis` the named values, `name` how each is written."""
    high = Scale(axis[-1], BOTTOM, TOP)
    xs = _middles(len(places))
    dots = [
        Dot(x, high.at(value), tone, place)
        for tone, line in enumerate(values)
        for x, place, value in zip(xs, places, line, strict=True)
        if value is not None
    ]
    paths = [_path(list(zip(xs, [_high(high, value) for value in line], strict=True))) for line in values]
    return Lines(paths, dots, [Tick(high.at(tick), name(tick)) for tick in axis], _along(places))


def spark(values: Sequence[float], width: float = 120, height: float = 32) -> str:
    """A line of its own for a small field, between its edges; empty for fewer than two values."""
    if len(values) < 2:
        return ""
    high = Scale(max(values), height - 2, 2)
    along = Scale(len(values) - 1, 1, width - 1)
    return _path([(along.at(place), high.at(value)) for place, value in enumerate(values)])


def shares(values: Sequence[float], width: float = 100) -> list[tuple[float, float]]:
    """Where each share of a whole begins and how wide it is; together they fill `width`. Nothing for no whole."""
    whole = sum(values)
    if whole <= 0:
        return []
    edges = [0.0]
    for value in values:
        edges.append(edges[-1] + value)
    places = [round(edge / whole * width, 2) for edge in edges]
    return [(first, round(last - first, 2)) for first, last in pairwise(places)]


def _slabs(place: Place, parts: Sequence[float], high: Scale) -> list[Slab]:
    slabs, below = [], 0.0
    for tone, value in enumerate(parts):
        floor, roof = high.at(below), high.at(below + value)
        if value > 0:
            slabs.append(Slab(roof, round(floor - roof, 1), tone, place.to(tone)))
        below += value
    return slabs


def _middles(how_many: int) -> list[float]:
    room = (RIGHT - LEFT) / max(how_many, 1)
    return [round(LEFT + room * (place + 0.5), 1) for place in range(how_many)]


def _along(places: Sequence[Place]) -> list[Tick]:
    middles = _middles(len(places))
    return [Tick(middles[index], places[index].name) for index in named(len(places))]


def _high(scale: Scale, value: float | None) -> float | None:
    return None if value is None else scale.at(value)


def _path(points: Sequence[tuple[float, float | None]]) -> str:
    """SVG path data: a gap where there is no value; a value alone is a line of no length, seen as a round dot."""
    pieces, draws = list[str](), False
    for x, y in points:
        if y is not None:
            pieces.append(f"L{x:g} {y:g}" if draws else f"M{x:g} {y:g}L{x:g} {y:g}")
        draws = y is not None
    return "".join(pieces)
