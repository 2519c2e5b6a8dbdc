from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scheduler.care.cron import next_cron

MONDAY = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "first"),
    [
        ("0 9 * * 1", "2026-11-30T09:00:00+08:00"),
        ("0 9 * * 0", "2026-11-29T09:00:00+08:00"),
        ("0 9 * * 7", "2026-11-29T09:00:00+08:00"),
        ("0 9 * * 5-7", "2026-11-27T09:00:00+08:00"),
        ("0 9 * * sat-mon", "2026-11-28T09:00:00+08:00"),
        ("0 9 * * */2", "2026-11-24T09:00:00+08:00"),
        ("30 10 1 * *", "2026-12-01T10:30:00+08:00"),
        ("0 12 * * *", "2026-11-24T12:00:00+08:00"),
    ],
)
def test_weekdays_are_those_of_every_crontab_and_the_next_one_is_later_than_now(fields: str, first: str) -> None:
    found = next_cron(fields, MONDAY, "Asia/Singapore")
    assert found is not None
    assert found.isoformat() == first


def test_a_day_that_never_comes_never_fires() -> None:
    assert next_cron("0 9 30 2 *", MONDAY, "Asia/Singapore") is None


@pytest.mark.parametrize("fields", ["", "0 9 * *", "0 9 1 * 1", "0 9 * * 9", "61 * * * *", "a b c d e"])
def test_what_is_no_cron_expression_is_refused(fields: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        next_cron(fields, MONDAY, "Asia/Singapore")


@given(some.integers(0, 7), some.integers(0, 23))
def test_a_weekday_by_number_is_that_weekday(day: int, hour: int) -> None:
    found = next_cron(f"0 {hour} * * {day}", MONDAY, "Asia/Singapore")
    assert found is not None
    assert (found.isoweekday() % 7, found.hour) == (day % 7, hour)
