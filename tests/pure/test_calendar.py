"""Business time against a brute-force oracle, on the days when clocks jump as on all others."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_store.promises.calendar import WorkingCalendar, instant
from crm_store.promises.calendar_form import CalendarRefused, read_calendar

ZONES = ["Asia/Singapore", "America/New_York", "America/Santiago", "Africa/Cairo", "Australia/Lord_Howe", "UTC"]
JUMPS = {
    "America/New_York": [date(2026, 3, 8), date(2026, 11, 1)],
    "America/Santiago": [date(2026, 4, 4), date(2026, 9, 6)],
    "Africa/Cairo": [date(2026, 4, 24), date(2026, 10, 29)],
    "Australia/Lord_Howe": [date(2026, 4, 5), date(2026, 10, 4)],
}
OFFICE = {str(day): [["09:00", "13:00"], ["14:00", "18:00"]] for day in range(6)}


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    """Any zone, up to three spans a day, holidays near the days on which clocks jump."""
    zone = draw(st.sampled_from(ZONES))
    days = {}
    for day in draw(st.sets(st.integers(0, 6), min_size=1)):
        marks = sorted(draw(st.sets(st.integers(0, 96), min_size=2, max_size=6)))
        days[str(day)] = [
            [clock(a * 15), clock(b * 15)] for a, b in zip(marks[::2], marks[1::2], strict=len(marks) % 2 == 0)
        ]
    near = draw(st.sampled_from(JUMPS.get(zone, [date(2026, 12, 31)])))
    free = draw(st.sets(st.integers(-3, 3), max_size=2))
    return read_calendar(zone, days, [{"day": str(near + timedelta(days=ahead)), "name": "Holiday"} for ahead in free])


@st.composite
def moments(draw: st.DrawFn, calendar: WorkingCalendar) -> datetime:
    near = draw(st.sampled_from(JUMPS.get(str(calendar.zone), [date(2026, 12, 31)])))
    start = datetime(near.year, near.month, near.day, tzinfo=UTC)
    return start + timedelta(seconds=draw(st.integers(-4 * 86_400, 4 * 86_400)))


def wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def counted(calendar: WorkingCalendar, start: datetime, end: datetime) -> int:
    """Minutes of business time, walking minute by minute: a door opens and closes when the wall first reaches it."""
    minutes, moment = 0, start
    seen = wall(start - timedelta(days=2), calendar.zone)
    walked = start - timedelta(days=2)
    while walked < start:
        seen = max(seen, wall(walked, calendar.zone))
        walked += timedelta(minutes=1)
    while moment < end:
        # In a fold the wall shows times again that it has passed: nothing opens or closes twice.
        seen = max(seen, wall(moment, calendar.zone))
        day, second = seen.date(), seen.hour * 3600 + seen.minute * 60
        spans = () if day in calendar.holidays else calendar.week[day.weekday()]
        minutes += any(opens <= second < closes for opens, closes in spans)
        moment += timedelta(minutes=1)
    return minutes


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_business_time_is_what_somebody_at_the_door_would_count(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    start = data.draw(moments(calendar)).replace(second=0)
    end = start + timedelta(minutes=data.draw(st.integers(0, 3000)))
    assert calendar.elapsed(start, end) == counted(calendar, start, end) * 60


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_adding_is_the_inverse_of_measuring(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    start, seconds = data.draw(moments(calendar)), data.draw(st.integers(1, 400_000))
    due = calendar.add(start, seconds)
    assert calendar.elapsed(start, due) == seconds
    assert calendar.elapsed(start, due - timedelta(seconds=1)) == seconds - 1
    assert calendar.add(start, calendar.elapsed(start, due)) == due


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_business_time_adds_up_and_never_runs_backwards(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    first, second, third = sorted(data.draw(moments(calendar)) for _ in range(3))
    assert calendar.elapsed(first, third) == calendar.elapsed(first, second) + calendar.elapsed(second, third)
    assert 0 <= calendar.elapsed(first, third) <= (third - first).total_seconds()
    assert calendar.add(first, 1000) <= calendar.add(second, 1000)
    assert calendar.add(calendar.add(first, 500), 700) == calendar.add(first, 1200)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_next_opening_is_an_opening_and_the_door_is_shut_before_it_unless_it_never_closes(
    data: st.DataObject,
) -> None:
    calendar = data.draw(calendars())
    now = data.draw(moments(calendar))
    opening = calendar.next_opening(now)
    assert opening > now
    assert calendar.open_at(opening)
    assert calendar.open_at(now) == (calendar.elapsed(now, now + timedelta(microseconds=1)) > 0)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("America/Santiago", date(2026, 9, 6), 23),  # this day has no midnight
        ("Africa/Cairo", date(2026, 4, 24), 23),  # nor has this one
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
    ],
)
def test_a_day_open_around_the_clock_has_as_many_hours_as_the_day(zone: str, day: date, hours: float) -> None:
    always = read_calendar(zone, {str(each): [["00:00", "24:00"]] for each in range(7)}, [])
    assert sum(span.seconds for span in always.on(day)) == hours * 3600


def test_an_opening_that_falls_into_a_gap_is_the_moment_of_the_jump() -> None:
    assert instant(date(2026, 3, 8), 9000, ZoneInfo("America/New_York")) == datetime(2026, 3, 8, 7, tzinfo=UTC)


def test_a_span_that_lies_in_a_gap_does_not_take_place() -> None:
    nightly = read_calendar("America/New_York", {str(day): [["02:15", "02:45"]] for day in range(7)}, [])
    assert nightly.on(date(2026, 3, 8)) == ()
    assert len(nightly.on(date(2026, 3, 9))) == 1


def test_a_public_holiday_is_outside_business_time() -> None:
    calendar = read_calendar("Asia/Singapore", OFFICE, [{"day": "2026-12-25", "name": "Christmas"}])
    eve = datetime(2026, 12, 24, 17, tzinfo=ZoneInfo("Asia/Singapore"))
    assert not calendar.open_at(eve + timedelta(hours=18))
    assert calendar.add(eve, 2 * 3600) == datetime(2026, 12, 26, 10, tzinfo=ZoneInfo("Asia/Singapore"))


def test_the_lunch_break_does_not_count() -> None:
    calendar = read_calendar("Asia/Singapore", OFFICE, [])
    noon = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Asia/Singapore"))
    assert calendar.add(noon, 7200) == datetime(2026, 11, 23, 15, tzinfo=ZoneInfo("Asia/Singapore"))


def test_what_ends_with_the_day_is_due_at_closing_and_not_next_morning() -> None:
    calendar = read_calendar("Asia/Singapore", OFFICE, [])
    five = datetime(2026, 11, 23, 17, tzinfo=ZoneInfo("Asia/Singapore"))
    assert calendar.add(five, 3600) == datetime(2026, 11, 23, 18, tzinfo=ZoneInfo("Asia/Singapore"))


def test_ten_years_are_counted_without_walking_minute_by_minute() -> None:
    calendar = read_calendar("America/New_York", OFFICE, [])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    seconds = calendar.elapsed(start, start.replace(year=2036))
    assert calendar.elapsed(start, calendar.add(start, seconds)) == seconds
    assert len(calendar.spans(start, start.replace(year=2036))) > 6000


@pytest.mark.parametrize(
    ("zone", "spans", "holidays", "field"),
    [
        ("Asia/Nowhere", OFFICE, [], "zone"),
        ("", OFFICE, [], "zone"),
        ("UTC", {}, [], "spans"),
        ("UTC", {"0": []}, [], "spans"),
        ("UTC", {"7": [["09:00", "10:00"]]}, [], "spans.7"),
        ("UTC", {"0": [["09:00", "09:00"]]}, [], "spans.0.0"),
        ("UTC", {"0": [["22:00", "02:00"]]}, [], "spans.0.0"),
        ("UTC", {"0": [["9:00", "10:00"]]}, [], "spans.0.0"),
        ("UTC", {"0": [["09:00", "25:00"]]}, [], "spans.0.0"),
        ("UTC", {"0": [["09:00"]]}, [], "spans.0.0"),
        ("UTC", {"0": [["09:00", "12:00"], ["11:59", "13:00"]]}, [], "spans.0"),
        ("UTC", OFFICE, [{"day": "25.12.2026", "name": "?"}], "holidays.0"),
    ],
)
def test_a_calendar_that_cannot_be_meant_is_refused_and_the_field_named(
    zone: str, spans: dict[str, list[list[str]]], holidays: list[dict[str, str]], field: str
) -> None:
    with pytest.raises(CalendarRefused) as refused:
        read_calendar(zone, spans, holidays)
    assert refused.value.field == field


def test_no_business_time_lies_between_a_moment_and_an_earlier_one() -> None:
    desk = read_calendar("Asia/Singapore", OFFICE, [])
    noon = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    assert desk.elapsed(noon + timedelta(seconds=1), noon) == 0
    assert desk.spans(noon, noon) == []
