import asyncio
import time

from hypothesis import given
from hypothesis import strategies as st

from scheduler.pace import LEFT_FOR_REPLIES, Pace
from scheduler.rate import SlidingWindow, even_span_for, span_for

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


@given(st.lists(st.tuples(st.floats(0, 0.4), st.integers(1, 9)), max_size=120))
def test_a_rate_that_is_changed_holds_from_then_on(changes: list[tuple[float, int]]) -> None:
    window, now = SlidingWindow(9), 0.0
    taken: list[tuple[float, int]] = []
    for gap, limit in changes:
        now += gap
        window.change(limit)
        now = window.free_at(now)
        window.take(now)
        taken.append((now, limit))
    for place, (at, limit) in enumerate(taken):
        assert sum(at - 1.0 + 1e-9 < before for before, _ in taken[: place + 1]) <= limit


@given(st.floats(0.01, 1000))
def test_a_rate_below_one_a_second_is_one_message_in_more_than_a_second(rate: float) -> None:
    limit, seconds = span_for(rate)
    assert max(1, int(limit)) / seconds <= rate


@given(st.integers(1, 3000))
def test_a_rate_that_is_spread_evenly_is_not_lowered_by_that(rate: int) -> None:
    limit, seconds = even_span_for(rate)
    assert limit / seconds >= rate
    assert limit <= max(1.0, rate * seconds + 1)


async def test_care_leaves_a_part_of_every_second_to_replies() -> None:
    pace = Pace(20, 1000)
    for number in range(pace.a_second):
        await pace.leftover(f"a{number}")
    began = time.monotonic()
    waits = asyncio.create_task(pace.leftover("late"))
    for number in range(20 // LEFT_FOR_REPLIES):
        await pace.slot(f"reply{number}")
    assert time.monotonic() - began < 0.5, "a reply has gone at once"
    assert not waits.done(), "and care has not"
    waits.cancel()


async def test_one_chat_that_has_to_wait_holds_up_no_other() -> None:
    pace = Pace(1000, 1 / 3)
    await pace.leftover("busy")
    waits = asyncio.create_task(pace.leftover("busy"))
    await asyncio.sleep(0)
    async with asyncio.timeout(0.5):
        await pace.leftover("free")
    assert not waits.done()
    waits.cancel()
