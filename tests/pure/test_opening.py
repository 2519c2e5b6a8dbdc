from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from crm_store.shop.opening import Hours, next_opening, open_until, spans_on

SINGAPORE = ZoneInfo("Asia/Singapore")
ZONES = st.sampled_from(["Asia/Singapore", "America/New_York", "Australia/Lord_Howe", "America/Santiago"]).map(ZoneInfo)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
CLOCKS = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
SPANS = st.lists(st.tuples(CLOCKS, CLOCKS).filter(lambda pair: pair[0] != pair[1]).map(list), max_size=2)
HOURS = st.dictionaries(st.sampled_from([str(day) for day in range(7)]), SPANS)
MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))

WEEKDAYS: Hours = {str(day): [["10:00", "14:00"], ["15:00", "21:30"]] for day in range(5)}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SINGAPORE)


def test_between_two_spans_the_store_is_closed_and_opens_again_the_same_day() -> None:
    noon_break = at("2026-11-23T14:30")
    assert open_until(WEEKDAYS, noon_break, SINGAPORE) is None
    assert next_opening(WEEKDAYS, noon_break, SINGAPORE) == at("2026-11-23T15:00")


def test_after_the_last_day_the_next_opening_is_next_week() -> None:
    assert next_opening(WEEKDAYS, at("2026-11-27T22:00"), SINGAPORE) == at("2026-11-30T10:00")


def test_a_span_over_midnight_is_open_on_the_next_morning() -> None:
    late: Hours = {"4": [["22:00", "02:00"]]}
    assert open_until(late, at("2026-11-28T01:59"), SINGAPORE) == at("2026-11-28T02:00")
    assert open_until(late, at("2026-11-28T02:00"), SINGAPORE) is None


def test_the_end_of_the_day_may_be_written_as_24() -> None:
    assert open_until({"0": [["10:00", "24:00"]]}, at("2026-11-23T23:59"), SINGAPORE) == at("2026-11-24T00:00")


def test_a_store_without_hours_never_opens() -> None:
    assert next_opening({}, at("2026-11-23T12:00"), SINGAPORE) is None
    assert spans_on({}, date(2026, 11, 23), SINGAPORE) == []


@given(HOURS, MOMENTS, ZONES)
def test_it_is_open_exactly_when_some_span_covers_the_moment(hours: Hours, now: datetime, zone: ZoneInfo) -> None:
    today = now.astimezone(zone).date()
    covered = [
        span for ahead in (-1, 0) for span in spans_on(hours, today + timedelta(days=ahead), zone) if span.covers(now)
    ]
    until = open_until(hours, now, zone)
    assert (until is not None) == bool(covered)
    assert until is None or until > now


@given(HOURS, MOMENTS, ZONES)
def test_the_next_opening_lies_ahead_and_is_the_start_of_a_span(hours: Hours, now: datetime, zone: ZoneInfo) -> None:
    opening = next_opening(hours, now, zone)
    if opening is None:
        assert not any(hours.values())
    else:
        assert now < opening <= now + timedelta(days=9)
        assert opening in [span.opens for span in spans_on(hours, opening.date(), zone)]
