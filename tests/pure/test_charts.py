"""Axes and geometry of charts: true whatever the figures are."""

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from console.charts.drawing import BOTTOM, LEFT, RIGHT, TOP, Place, columns, lines, shares, spark
from console.charts.scales import MOST, Scale, named, ticks, time_ticks

TOPS = st.floats(0, 1e9, allow_nan=False)
COUNTS = st.integers(0, 100_000)
PLACE = Place("1", "one")


@given(TOPS, st.sampled_from([ticks, time_ticks]))
def test_an_axis_begins_at_nothing_reaches_the_top_and_names_few_even_values(top: float, axis: Any) -> None:
    named_values = axis(top)
    steps = {later - earlier for earlier, later in pairwise(named_values)}
    assert named_values[0] == 0
    assert named_values[-1] >= top
    assert len(steps) == 1
    assert len(named_values) <= MOST + 1


@given(TOPS, st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_a_larger_value_never_stands_lower_and_nothing_leaves_the_field(top: float, one: float, other: float) -> None:
    scale = Scale(top, BOTTOM, TOP)
    low, high = sorted((one, other))
    assert TOP <= scale.at(high) <= scale.at(low) <= BOTTOM


@given(st.integers(0, 2000))
def test_few_places_are_named_and_the_first_is_one_of_them(how_many: int) -> None:
    found = named(how_many)
    assert len(found) <= 7
    assert found[:1] == ([0] if how_many else [])


@given(st.lists(st.tuples(COUNTS, COUNTS), max_size=120))
def test_slabs_stand_on_each_other_within_the_chart(values: list[tuple[int, int]]) -> None:
    chart = columns([PLACE] * len(values), values)
    for column, parts in zip(chart.columns, values, strict=True):
        assert column.x >= LEFT - 0.1
        assert column.x + column.width <= RIGHT + 0.2
        assert len(column.slabs) == sum(part > 0 for part in parts)
        floor = float(BOTTOM)
        for slab in column.slabs:
            assert abs(slab.y + slab.height - floor) < 0.2
            floor = slab.y
        assert floor >= TOP


@given(st.lists(st.none() | TOPS, min_size=1, max_size=60))
def test_a_line_has_a_dot_for_each_measured_value_and_breaks_where_none_was(values: list[float | None]) -> None:
    top = max([value for value in values if value is not None], default=0)
    chart = lines([PLACE] * len(values), [values], ticks(top), str)
    runs = sum(value is not None and (place == 0 or values[place - 1] is None) for place, value in enumerate(values))
    assert len(chart.dots) == sum(value is not None for value in values)
    assert chart.paths[0].count("M") == runs


@given(st.lists(COUNTS, max_size=8))
def test_shares_fill_the_whole_or_there_is_none(values: list[int]) -> None:
    pieces = shares(values)
    if sum(values):
        assert abs(sum(width for _, width in pieces) - 100) < 0.1
        assert all(width >= 0 for _, width in pieces)
    else:
        assert pieces == []


def test_a_spark_needs_two_values() -> None:
    assert spark([1]) == ""
    assert spark([0, 0]).startswith("M1 30L")
