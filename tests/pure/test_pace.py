from hypothesis import given
from hypothesis import strategies as st

from scheduler.rate import SlidingWindow

GAPS = st.lists(st.floats(0, 2, allow_nan=False), max_size=120)


@given(GAPS, st.integers(1, 9))
def test_a_rate_holds_in_every_window_of_a_second(gaps: list[float], limit: int) -> None:
    window, now, taken = SlidingWindow(limit), 0.0, []
    for gap in gaps:
        now += gap
        at = window.free_at(now)
        assert at >= now
        window.take(at)
        taken.append(at)
    for start in taken:
        assert sum(start <= at < start + 1.0 for at in taken) <= limit


def test_what_may_go_now_goes_now() -> None:
    window = SlidingWindow(2)
    for _ in range(2):
        assert window.free_at(5.0) == 5.0
        window.take(5.0)
    assert window.free_at(5.0) == 6.0
