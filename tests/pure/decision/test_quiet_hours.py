"""Quiet hours where others fail: unknown zones, nights, changes of the clock, lost midnights, days and dates."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_store.decision.decision import Outcome, Reason
from crm_store.decision.facts import Zone
from crm_store.decision.message import Late
from crm_store.decision.windows import HoursRefused, earliest_on, earliest_within, end_of_day, instant_of, spans_of
from crm_store.decision.zones import whereabouts, zone_named, zones_of
from crm_store.people.consent import Purpose
from tests.pure.decision.asking import NOW, POLICY, asked, facts, message, rules, step, utc

ZONES = sorted(files("tzdata").joinpath("zones").read_text("utf-8").split())
START, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
JUMPS = {
    "Europe/Berlin": "2026-03-29",
    "America/Santiago": "2026-09-06",
    "Africa/Cairo": "2026-04-24",
    "Australia/Lord_Howe": "2026-10-04",
    "America/New_York": "2026-11-01",
}
CLOCKS = st.integers(0, 24 * 60 - 1)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def allowed(zone: str, at: datetime, window: tuple[str, str]) -> bool:
    """By looking at the clock on the wall there."""
    wall = at.astimezone(zone_named(zone))
    shown, (start, end) = wall.hour * 60 + wall.minute, (60 * int(text[:2]) + int(text[3:]) for text in window)
    return start <= shown < end if start < end else shown >= start or shown < end


def first_by_walking(zone: str, at: datetime, window: tuple[str, str]) -> datetime:
    while not allowed(zone, at, window):
        at += MINUTE
    return at


@lru_cache
def changes() -> list[tuple[str, datetime]]:
    """Every change of a clock from 2024 to 2030, once for zones that change alike."""
    weeks = [START + timedelta(days=day) for day in range(0, (END - START).days + 7, 7)]
    alike = {tuple(offset(zone, week) for week in weeks): zone for zone in ZONES}
    return [
        (zone, change_between(zone, before, after))
        for shown, zone in alike.items()
        for before, after, old, new in zip(weeks, weeks[1:], shown, shown[1:], strict=False)
        if old != new
    ]


def offset(zone: str, at: datetime) -> timedelta | None:
    return at.astimezone(zone_named(zone)).utcoffset()


def change_between(zone: str, before: datetime, after: datetime) -> datetime:
    while after - before > MINUTE:
        middle = before + (after - before) // 2
        before, after = (middle, after) if offset(zone, middle) == offset(zone, before) else (before, middle)
    return after.replace(second=0, microsecond=0)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ZONES), st.integers(0, (END - START) // MINUTE), CLOCKS, CLOCKS)
def test_in_every_zone_at_any_time_the_first_allowed_minute_is_found(zone: str, at: int, start: int, end: int) -> None:
    """Inside the window on the clock there, not before now, and no minute earlier."""
    window = (clock(start), clock(end if end != start else (start + 1) % 1440))
    now = START + at * MINUTE
    assert earliest_within(zone, now, spans_of((window,))) == first_by_walking(zone, now, window)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_around_every_change_of_a_clock_the_first_allowed_minute_is_found(data: st.DataObject) -> None:
    """Gaps, folds, lost midnights and half hours of the whole world, 2024 to 2030."""
    zone, turn = data.draw(st.sampled_from(changes()))
    wall = turn.astimezone(zone_named(zone))
    start = (wall.hour * 60 + wall.minute + data.draw(st.integers(-150, 150))) % 1440
    end = (start + data.draw(st.integers(1, 300))) % 1440
    now = turn + timedelta(minutes=data.draw(st.integers(-900, 200)))
    window = (clock(start), clock(end))
    assert earliest_within(zone, now, spans_of((window,))) == first_by_walking(zone, now, window)


@pytest.mark.parametrize(("zone", "day"), JUMPS.items())
def test_on_the_days_that_break_others_every_quarter_of_an_hour_is_right(zone: str, day: str) -> None:
    noon_before = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(hours=12)
    for quarter in range(0, 48 * 4, 7):
        now = noon_before + quarter * 15 * MINUTE
        for window in [
            ("00:00", "00:45"),
            ("01:30", "02:15"),
            ("02:10", "02:20"),
            ("23:30", "00:30"),
            ("09:00", "21:00"),
        ]:
            assert earliest_within(zone, now, spans_of((window,))) == first_by_walking(zone, now, window)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ZONES), st.integers(0, (END - START) // MINUTE), st.sets(st.integers(0, 6), min_size=1))
def test_in_every_zone_the_first_allowed_weekday_begins_at_its_first_minute(zone: str, at: int, days: set[int]) -> None:
    now = START + at * MINUTE
    found = earliest_on(zone, now, lambda ordinal: date.fromordinal(ordinal).weekday() in days)
    assert found is not None
    assert found.astimezone(zone_named(zone)).weekday() in days
    assert found == now or (found - MINUTE).astimezone(zone_named(zone)).weekday() not in days
    hours = int((found - now) / timedelta(hours=1))
    between = (now + timedelta(hours=hour) for hour in range(hours))
    assert not any(moment.astimezone(zone_named(zone)).weekday() in days for moment in between)


def hours_on(zone: str, day: str) -> Iterator[datetime]:
    start = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(hours=14)
    return (start + timedelta(hours=hour) for hour in range(52))


# --- the table of corner cases, one by one ---------------------------------------------------------------------------


def test_unknown_zone_only_hours_allowed_in_every_zone_of_the_country() -> None:
    """US: from nine in Honolulu to nine at night in New York."""
    person = facts(zone=Zone("", "unknown", "US"))
    at = [hour for hour in hours_on("UTC", "2026-12-02") if asked(person, at=hour).outcome == Outcome.SEND]
    assert {hour.hour for hour in at} == {19, 20, 21, 22, 23, 0, 1}
    assert all(allowed(zone, hour, ("09:00", "21:00")) for hour in at for zone in zones_of("US"))


def test_unknown_zone_and_country_the_zone_of_the_shop_with_shorter_hours() -> None:
    person = facts(zone=Zone("", "unknown"))
    at = {hour.hour for hour in hours_on("UTC", "2026-12-02") if asked(person, at=hour).outcome == Outcome.SEND}
    assert at == {3, 4, 5, 6, 7, 8, 9, 10}, "11:00 to 19:00 in Singapore"


def test_the_zone_of_the_shop_is_a_guess_unless_the_country_has_one_zone() -> None:
    early = utc("2026-11-24 01:30")
    assert asked(facts(zone=Zone("Asia/Singapore", "shop")), at=early).until == utc("2026-11-24 03:00")
    assert asked(facts(zone=Zone("Asia/Singapore", "shop", "SG")), at=early).outcome == Outcome.SEND
    assert asked(facts(zone=Zone("Asia/Singapore", "said")), at=early).outcome == Outcome.SEND


def test_a_zone_from_elsewhere_is_kept_with_the_shorter_hours() -> None:
    """A phone number moves with its owner; still it says more than where the shop is."""
    found = whereabouts(Zone("Europe/Berlin", "phone"), "Asia/Singapore")
    assert (found.zones, found.sure) == (("Europe/Berlin",), False)
    early = asked(facts(zone=Zone("Europe/Berlin", "phone")), at=utc("2026-11-24 08:30"))
    assert early.until == utc("2026-11-24 10:00")


def test_an_invalid_zone_is_unknown_and_never_that_of_somebody_else() -> None:
    for wrong in ("Singapore/Asia", "+08:00", "../../etc/passwd", "UTC+8", ""):
        assert whereabouts(Zone(wrong, "said"), "Asia/Singapore").sure is False
    assert whereabouts(Zone("Mars/Olympus", "said", "JP"), "Asia/Singapore").zones == ("Asia/Tokyo",)


def test_a_country_is_as_many_zones_as_it_has_clocks() -> None:
    assert zones_of("DE") == ("Europe/Berlin",)
    assert len(zones_of("AU")) > 5
    assert zones_of("XX") == ()


def test_overnight_hours_cross_midnight_and_are_not_swapped() -> None:
    night = facts(hours=("21:00", "08:00"))
    by = rules(hours={})
    hours = {
        hour.hour for hour in hours_on("UTC", "2026-12-02") if asked(night, at=hour, by=by).outcome == Outcome.SEND
    }
    assert hours == {(hour - 8) % 24 for hour in (21, 22, 23, 0, 1, 2, 3, 4, 5, 6, 7)}


def test_hours_that_begin_where_they_end_are_an_error() -> None:
    for window in [("10:00", "10:00"), ("00:00", "00:00"), ("24:00", "00:00")]:
        with pytest.raises(HoursRefused, match="give them a length"):
            spans_of((window,))
    for clock_time in ("25:00", "10:60", "ten", "10"):
        with pytest.raises(HoursRefused, match="HH:MM"):
            spans_of(((clock_time, "12:00"),))


def test_no_fixed_offset_the_zone_says_what_the_clock_shows_in_january_and_in_july() -> None:
    person = facts(zone=Zone("Europe/Berlin", "said"))
    of = message(expires_at=END)
    assert asked(person, of, utc("2026-01-10 05:00")).until == utc("2026-01-10 08:00")
    assert asked(person, of, utc("2026-07-10 05:00")).until == utc("2026-07-10 07:00")


def test_the_time_zone_database_comes_with_us_and_not_from_the_machine() -> None:
    tokyo = zone_named("Asia/Tokyo")
    assert tokyo is not None
    assert tokyo.key == "Asia/Tokyo"
    assert tokyo is zone_named("Asia/Tokyo")


def test_weekdays_are_local_monday_morning_in_tokyo_is_sunday_in_utc() -> None:
    person = facts(zone=Zone("Asia/Tokyo", "said"), days=frozenset({0}), hours=("08:00", "12:00"))
    decision = asked(person, at=utc("2026-11-24 04:00"), by=rules(hours={}))
    assert decision.until == utc("2026-11-29 23:00")
    assert decision.until.astimezone(zone_named("Asia/Tokyo")).weekday() == 0


def test_weekdays_are_local_friday_evening_in_los_angeles_is_saturday_in_utc() -> None:
    person = facts(zone=Zone("America/Los_Angeles", "said"), days=frozenset({4}), hours=("20:00", "22:00"))
    decision = asked(person, by=rules(hours={}))
    assert decision.until == utc("2026-11-28 04:00")
    assert decision.until.astimezone(zone_named("America/Los_Angeles")).weekday() == 4


def test_nine_in_berlin_stays_nine_across_the_change_in_spring() -> None:
    person = facts(zone=Zone("Europe/Berlin", "said"))
    of = message(expires_at=END)
    assert asked(person, of, utc("2026-03-28 20:30")).until == utc("2026-03-29 07:00")
    assert asked(person, of, utc("2026-03-27 20:30")).until == utc("2026-03-28 08:00")


@pytest.mark.parametrize(
    ("zone", "day", "minute", "first"),
    [
        ("Europe/Berlin", "2026-03-29", 150, "2026-03-29 01:00"),
        ("America/Santiago", "2026-09-06", 0, "2026-09-06 04:00"),
        ("Africa/Cairo", "2026-04-24", 0, "2026-04-23 22:00"),
        ("Australia/Lord_Howe", "2026-10-04", 135, "2026-10-03 15:30"),
    ],
)
def test_in_a_gap_it_is_the_first_valid_minute_after(zone: str, day: str, minute: int, first: str) -> None:
    ordinal = date.fromisoformat(day).toordinal()
    found = instant_of(zone, ordinal, minute)
    assert found == utc(first)
    assert found.astimezone(zone_named(zone)).toordinal() == ordinal
    of = message(at_clock=clock(minute), day=day, expires_at=END, fired_at=utc("2026-01-01 00:00"))
    person = facts(zone=Zone(zone, "said"))
    assert asked(person, of, utc("2026-03-01 12:00"), rules(hours={})).until == found


def test_where_midnight_is_lost_the_day_before_still_ends_in_time() -> None:
    assert end_of_day("America/Santiago", date(2026, 9, 5).toordinal()) == utc("2026-09-06 04:00")
    assert end_of_day("Africa/Cairo", date(2026, 4, 23).toordinal()) == utc("2026-04-23 22:00")


def test_in_a_fold_it_is_the_first_of_the_two() -> None:
    assert instant_of("America/New_York", date(2026, 11, 1).toordinal(), 90) == utc("2026-11-01 05:30")
    assert end_of_day("America/New_York", date(2026, 11, 1).toordinal()) == utc("2026-11-02 05:00")


def test_half_an_hour_at_lord_howe_is_half_an_hour() -> None:
    day = date(2026, 10, 4).toordinal()
    assert end_of_day("Australia/Lord_Howe", day) - instant_of("Australia/Lord_Howe", day, 0) == timedelta(hours=23.5)


def test_the_next_day_is_a_day_of_the_calendar_though_it_is_23_or_25_hours_away() -> None:
    for day, hours in [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 7, 1), 24)]:
        ordinal = day.toordinal()
        between = instant_of("America/New_York", ordinal, 720) - instant_of("America/New_York", ordinal - 1, 720)
        assert between == timedelta(hours=hours)


def test_a_day_that_a_country_left_out_is_nobodys_day() -> None:
    """Samoa had no 30 December 2011."""
    missing = date(2011, 12, 30).toordinal()
    assert instant_of("Pacific/Apia", missing, 600) == instant_of("Pacific/Apia", missing + 1, 0)
    assert end_of_day("Pacific/Apia", missing) == end_of_day("Pacific/Apia", missing - 1)


def test_where_nine_has_passed_already_the_campaign_says_what_happens_not_the_hour_of_the_shop() -> None:
    """Auckland is five hours ahead: its nine o'clock is over when the campaign begins at six in Singapore."""
    begins = utc("2026-11-23 22:00")
    of = message(day="2026-11-24", at_clock="09:00", fired_at=begins)
    auckland = facts(zone=Zone("Pacific/Auckland", "said"))
    found = {late: asked(auckland, replace(of, late=late), begins) for late in Late}
    assert found[Late.NOW].outcome == Outcome.SEND
    assert found[Late.NEXT].until == utc("2026-11-24 20:00")
    assert found[Late.SKIP].reason == Reason.LATE
    assert asked(of=of, at=begins).until == utc("2026-11-24 01:00")


def test_one_broadcast_gives_every_zone_its_own_hour() -> None:
    of = message(day="2026-12-02", at_clock="10:00", fired_at=NOW)
    places = ("Pacific/Kiritimati", "Asia/Kathmandu", "Europe/Lisbon", "America/St_Johns", "Pacific/Pago_Pago")
    for place in places:
        until = asked(facts(zone=Zone(place, "said")), of).until
        assert until is not None
        assert f"{until.astimezone(zone_named(place)):%Y-%m-%d %H:%M}" == "2026-12-02 10:00"


def test_when_the_zone_changes_while_it_waits_it_is_decided_anew() -> None:
    of = message(day="2026-11-25", at_clock="10:00", fired_at=NOW)
    until = asked(facts(zone=Zone("Asia/Tokyo", "said")), of).until
    assert until == utc("2026-11-25 01:00")
    moved = asked(facts(zone=Zone("America/Los_Angeles", "said")), of, until)
    assert (moved.outcome, moved.until) == (Outcome.DEFER, utc("2026-11-25 18:00"))


def test_never_twice_on_one_local_date_though_the_zone_changed() -> None:
    again = facts(taken=True, local_date="2026-11-25", zone=Zone("America/Los_Angeles", "said"))
    assert asked(again, message(at_clock="10:00")).reason == Reason.DUPLICATE


def test_after_an_outage_what_is_over_is_not_sent_a_birthday_dies_at_local_midnight() -> None:
    of = message(purpose=Purpose.CARE, at_clock="10:00", ends_with_day=True, fired_at=NOW)
    person = facts(local_date="2026-11-25", zone=Zone("Africa/Cairo", "said"))
    assert asked(person, of, utc("2026-11-25 21:59"), rules(hours={})).outcome == Outcome.SEND
    assert asked(person, of, utc("2026-11-25 22:00"), rules(hours={})).reason == Reason.EXPIRED
    assert asked(of=message(expires_at=NOW), at=NOW + timedelta(hours=5)).reason == Reason.EXPIRED


def test_a_birthday_comes_neither_a_day_early_nor_a_day_late_in_any_zone() -> None:
    of = message(purpose=Purpose.CARE, at_clock="10:00", ends_with_day=True, fired_at=NOW)
    for zone in ZONES[::7]:
        until = asked(facts(local_date="2026-12-02", zone=Zone(zone, "said")), of).until
        assert until is not None
        assert f"{until.astimezone(zone_named(zone)):%m-%d %H:%M}" == "12-02 10:00"


def test_where_the_zone_is_unknown_a_birthday_is_one_in_all_zones_of_the_country() -> None:
    of = message(purpose=Purpose.CARE, at_clock="10:00", ends_with_day=True, fired_at=NOW)
    person = facts(local_date="2026-12-02", zone=Zone("", "unknown", "US"))
    until = asked(person, of).until
    assert until is not None
    assert {f"{until.astimezone(zone_named(zone)):%m-%d}" for zone in zones_of("US")} == {"12-02"}


def test_sundays_and_holidays_are_local_dates_too() -> None:
    by = rules(holidays=frozenset({"2026-11-25"}), quiet_on_holidays=frozenset({Purpose.PROMOTION}), hours={})
    tokyo = facts(zone=Zone("Asia/Tokyo", "said"))
    decision = asked(tokyo, at=utc("2026-11-24 16:00"), by=by)
    assert decision.until == utc("2026-11-25 15:00")
    assert step(decision, Reason.DAYS) == (False, "Asia/Tokyo")


def test_service_has_hours_of_its_own_a_survey_waits_for_the_morning() -> None:
    night = utc("2026-11-24 18:00")
    assert asked(of=message(purpose=Purpose.SERVICE), at=night).outcome == Outcome.SEND
    assert asked(of=message(purpose=Purpose.SURVEY), at=night).until == utc("2026-11-25 01:00")


def test_the_defaults_are_the_hours_people_are_awake() -> None:
    assert POLICY.hours[Purpose.PROMOTION] == ("09:00", "21:00")
