from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Result, SendResult
from scheduler.breaker import IN_A_ROW, LONGEST_REST, REST, Breaker

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
LOST = SendResult(Result.UNKNOWN)
TAKEN = SendResult(Result.ACCEPTED)


def tripped(times: int = 1) -> tuple[Breaker, datetime]:
    """A breaker in its nth rest, and the moment that rest is over."""
    breaker, now = Breaker(), NOW
    for _ in range(IN_A_ROW):
        breaker = breaker.after(LOST, now)
    for _ in range(times - 1):
        assert breaker.until is not None
        now = breaker.until
        breaker = breaker.after(LOST, now)
    assert breaker.until is not None
    return breaker, breaker.until


def test_a_provider_that_answers_nothing_useful_is_given_a_rest() -> None:
    breaker, over = tripped()
    assert breaker.rests(NOW)
    assert over == NOW + REST


def test_one_message_ends_the_rest_or_makes_it_longer() -> None:
    breaker, over = tripped()
    assert breaker.probes(over)
    assert breaker.after(TAKEN, over) == Breaker()
    again = breaker.after(LOST, over)
    assert again.until == over + 2 * REST
    assert (again.trips, again.rests(over)) == (2, True)


def test_rests_grow_but_not_for_ever() -> None:
    breaker, _ = tripped(times=20)
    assert breaker.until is not None
    assert breaker.after(LOST, breaker.until).until == breaker.until + LONGEST_REST


def test_sends_under_way_when_the_rest_began_change_nothing() -> None:
    breaker, _ = tripped()
    assert breaker.after(TAKEN, NOW) == breaker.after(LOST, NOW) == breaker


@given(st.lists(st.sampled_from([Result.ACCEPTED, Result.GONE, Result.REJECTED, Result.OPTED_OUT]), max_size=80))
def test_an_answer_about_one_message_is_an_answer(results: list[Result]) -> None:
    breaker = Breaker()
    for result in results:
        breaker = breaker.after(SendResult(result), NOW)
    assert not breaker.rests(NOW)


def test_a_provider_that_says_when_to_come_back_is_not_broken() -> None:
    breaker = Breaker()
    for _ in range(3 * IN_A_ROW):
        breaker = breaker.after(SendResult(Result.RETRY_AT, retry_after=3, whole_account=True), NOW)
    assert not breaker.rests(NOW)


def test_three_in_four_that_fail_are_too_many_though_never_ten_in_a_row() -> None:
    breaker, now = Breaker(), NOW
    for number in range(44):
        breaker = breaker.after(TAKEN if number % 5 == 4 else LOST, now + timedelta(milliseconds=number))
    assert breaker.rests(now + timedelta(seconds=1))
