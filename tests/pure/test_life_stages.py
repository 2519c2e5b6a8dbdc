"""The rule of life cycles, by itself."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.touchpoints.stages import STAGES, Bought, stage_of

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("bought", "stage", "since"),
    [
        (Bought(0, 59, 59, None), "new", 59),
        (Bought(0, 121, 121, None), "fading", 0),
        (Bought(1, 59, 59, None), "new", 59),
        (Bought(1, 60, 60, None), "growing", 0),
        (Bought(1, 120, 120, None), "growing", 60),
        (Bought(1, 121, 121, None), "fading", 0),
        (Bought(1, 366, 366, None), "lost", 0),
        (Bought(5, 180, 3, 40), "mature", 0),
        (Bought(5, 179, 3, 40), "growing", 119),
        (Bought(9, 900, 81, 40), "fading", 0),
        (Bought(9, 900, 161, 40), "lost", 0),
        (Bought(50, 900, 30, 2), "mature", 720),
        (Bought(50, 900, 31, 2), "fading", 0),
        (Bought(50, 900, 91, 2), "lost", 0),
        (Bought(4, 1500, 366, 365), "fading", 0),
        (Bought(4, 1500, 731, 365), "lost", 0),
    ],
)
def test_each_stage_begins_on_its_day(bought: Bought, stage: str, since: int) -> None:
    found = stage_of(bought, TODAY)
    assert (found.name, found.since) == (stage, TODAY - timedelta(days=since))


@given(st.integers(0, 40), st.integers(0, 3000), st.integers(1, 900) | st.none(), st.data())
def test_silence_never_lowers_the_risk(orders: int, age: int, rhythm: int | None, data: st.DataObject) -> None:
    longer = data.draw(st.integers(0, age))
    shorter = data.draw(st.integers(0, longer))
    first = stage_of(Bought(orders, age, shorter, rhythm), TODAY)
    second = stage_of(Bought(orders, age, longer, rhythm), TODAY)
    assert 0 <= first.risk <= second.risk <= 100
    assert first.risk % 5 == 0
    late = ("fading", "lost")
    assert STAGES.index(second.name) >= STAGES.index(first.name) or first.name not in late


@given(st.integers(0, 40), st.integers(0, 3000), st.integers(1, 900) | st.none())
def test_a_stage_never_begins_in_the_future(orders: int, age: int, rhythm: int | None) -> None:
    assert stage_of(Bought(orders, age, age, rhythm), TODAY).since <= TODAY
