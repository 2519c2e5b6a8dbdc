"""How sure a result is: intervals against the published examples, and what may not be said of a few people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.results.intervals import Share, Verdict, difference_of, share_of


@pytest.mark.parametrize(
    ("many", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_a_share_has_the_bounds_wilson_gives_it(many: int, whole: int, low: float, high: float) -> None:
    """Newcombe 1998, p. 861, table I, method 3."""
    found = share_of(many, whole)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_a_difference_has_the_bounds_newcombe_gives_it(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    """Newcombe 1998, p. 877, table II, method 10."""
    found = difference_of(share_of(*first), share_of(*second))
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        ((900, 1000), (10, 29), Verdict.FEW),
        ((2, 5000), (2, 5000), Verdict.FEW),
        ((101, 1000), (10, 100), Verdict.UNCLEAR),
        ((300, 1000), (10, 100), Verdict.MORE),
        ((100, 1000), (40, 100), Verdict.LESS),
    ],
)
def test_nothing_is_said_that_so_few_people_cannot_bear(
    first: tuple[int, int], second: tuple[int, int], verdict: Verdict
) -> None:
    found = difference_of(share_of(*first), share_of(*second))
    assert found is not None
    assert found.verdict == verdict


def test_with_nobody_to_compare_with_there_is_no_difference() -> None:
    assert difference_of(share_of(3, 9), share_of(0, 0)) is None
    assert share_of(0, 0).value is None


COUNTS = st.integers(1, 5000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@given(COUNTS, COUNTS)
def test_bounds_hold_what_they_bound(one: tuple[int, int], other: tuple[int, int]) -> None:
    first, second = share_of(*one), share_of(*other)
    for share in (first, second):
        assert isinstance(share, Share)
        assert share.value is not None
        assert 0 <= share.low <= share.value <= share.high <= 1
    found = difference_of(first, second)
    assert found is not None
    assert -1 <= found.low <= found.value <= found.high <= 1
