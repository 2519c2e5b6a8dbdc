"""Every firing once, whatever the ticks; on people's own clocks; never late without an end."""

# ruff: noqa: DTZ001 - wall-clock times have no zone

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import example, given
from hypothesis import strategies as st

from crm_store.plans.festivals import festival_day
from crm_store.plans.plan import Anniversary, Once, OnEvent, Repeating, Trigger
from crm_store.plans.triggers import Firing, firings, next_firing, occasion_day, timing_of
from crm_store.plans.walls import instant_of

SHOPS = [
    "Asia/Singapore",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Cairo",
]
START = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
clocks = st.times().map(lambda clock: f"{clock:%H:%M}")
crons = st.sampled_from(["0 9 * * *", "30 2 * * *", "30 1 * * sun", "*/20 * * * *", "0 0 1 * *", "15 23 * * mon,fri"])


def cron(expression: str, after: datetime, zone: str) -> datetime | None:
    trigger = CronTrigger.from_crontab(expression, timezone=ZoneInfo(zone))
    found: datetime | None = trigger.get_next_fire_time(None, after + timedelta(microseconds=1))
    return found.astimezone(UTC) if found else None


def ask(trigger: Trigger, after: datetime, zone: str = "Asia/Singapore", hours: int = 24) -> Firing | None:
    return next_firing(trigger, after, zone, cron, hours)


triggers: st.SearchStrategy[Trigger] = st.one_of(
    st.builds(
        Once, at=st.datetimes(datetime(2026, 1, 2), datetime(2026, 12, 31)), clock=st.sampled_from(["shop", "local"])
    ),
    st.builds(Repeating, cron=crons, at_clock=st.none() | clocks),
    st.builds(
        Anniversary,
        of=st.sampled_from(["birthday", "mid_autumn", "mothers_day", "new_year"]),
        days=st.integers(-60, 60),
        at_clock=clocks,
    ),
)


@given(triggers, st.sampled_from(SHOPS), st.lists(st.integers(1, 40_000), min_size=1, max_size=25))
def test_every_firing_comes_exactly_once_whatever_the_ticks(trigger: Trigger, zone: str, gaps: list[int]) -> None:
    """listmonk #1769: campaigns that come again and again. The clock may look often, seldom, or late."""
    now, after, seen = START, START, list[str]()
    for gap in gaps:
        now += timedelta(minutes=gap / 10)
        for firing in firings(lambda since: ask(trigger, since, zone), after, now):
            seen.append(firing.key)
            after = firing.due_at
    everything = [firing.key for firing in firings(lambda since: ask(trigger, since, zone), START, now)]
    assert seen == everything
    assert len(set(seen)) == len(seen)


@given(triggers, st.sampled_from(SHOPS), moments, st.integers(1, 24 * 60))
def test_a_firing_is_later_than_asked_and_ends(trigger: Trigger, zone: str, after: datetime, hours: int) -> None:
    """listmonk #1801: nothing that was due in the morning comes in the afternoon because the server was away."""
    firing = ask(trigger, after, zone, hours)
    if firing is not None:
        assert firing.due_at > after
        assert firing.due_at < firing.expires_at <= firing.due_at + timedelta(hours=hours + 26 + 25)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)), st.sampled_from(SHOPS))
@example(datetime(2026, 3, 29, 2, 30), "Europe/Berlin")
@example(datetime(2026, 9, 6), "America/Santiago")
@example(datetime(2026, 4, 24), "Africa/Cairo")
@example(datetime(2026, 10, 4, 2, 15), "Australia/Lord_Howe")
def test_a_shops_clock_is_built_first_and_then_converted(wall: datetime, name: str) -> None:
    """A gap gives the first minute after it, a fold the first of the two."""
    zone = ZoneInfo(name)
    wall = wall.replace(second=0, microsecond=0)
    seen = instant_of(wall, zone).astimezone(zone)
    if seen.replace(tzinfo=None, fold=0) == wall:
        assert seen.fold == 0
    else:
        assert seen.replace(tzinfo=None) > wall
        just_before = (seen.astimezone(UTC) - timedelta(minutes=1)).astimezone(zone)
        assert just_before.replace(tzinfo=None) < wall


@pytest.mark.parametrize(
    ("wall", "name", "expected"),
    [
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T03:00+02:00"),
        ("2026-09-06T00:00", "America/Santiago", "2026-09-06T01:00-03:00"),
        ("2026-04-24T00:00", "Africa/Cairo", "2026-04-24T01:00+03:00"),
        ("2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-04T02:30+11:00"),
        ("2026-11-01T01:30", "America/New_York", "2026-11-01T01:30-04:00"),
    ],
)
def test_the_five_bad_minutes_of_the_year(wall: str, name: str, expected: str) -> None:
    assert instant_of(datetime.fromisoformat(wall), ZoneInfo(name)) == datetime.fromisoformat(expected)


@given(st.datetimes(datetime(2026, 2, 1), datetime(2027, 1, 1)), st.integers(1, 100))
def test_at_everybodys_own_clock_it_is_due_before_anybody_has_it_and_ends_after_everybody_had_it(
    wall: datetime, hours: int
) -> None:
    """Mautic #7327, #7665: nine o'clock is nine o'clock where the person is."""
    firing = ask(Once(at=wall), START, hours=hours)
    assert firing is not None
    for offset in (-12, -3.5, 0, 5.75, 14):
        theirs = wall.replace(tzinfo=UTC) - timedelta(hours=offset)
        assert firing.due_at <= theirs
        assert theirs + timedelta(hours=hours) <= firing.expires_at
    assert timing_of(Once(at=wall)).at_clock == f"{wall:%H:%M}"
    assert firing.day == wall.date().isoformat()


@pytest.mark.parametrize("clock", ["shop", "local"])
def test_once_is_once(clock: Literal["shop", "local"]) -> None:
    trigger = Once(at=datetime(2026, 5, 1, 10), clock=clock)
    firing = ask(trigger, START)
    assert firing is not None
    assert ask(trigger, firing.due_at) is None
    assert ask(Once(), START) is None


def test_one_that_is_put_off_to_another_hour_is_another_firing() -> None:
    keys = {ask(Once(at=datetime(2026, 5, 1, hour)), START).key for hour in (10, 11)}  # type: ignore[union-attr]
    assert len(keys) == 2


@given(moments, clocks, st.integers(-60, 60))
def test_a_birthday_is_planned_before_its_day_begins_anywhere_and_goes_on_that_day(
    after: datetime, clock: str, days: int
) -> None:
    """Mautic #9040: birthdays a day early. The day is each person's own; nothing goes before it begins for them."""
    trigger = Anniversary(of="birthday", days=days, at_clock=clock)
    firing = ask(trigger, after)
    assert firing is not None
    assert firing.day is not None
    day = date.fromisoformat(firing.day)
    begins = datetime.combine(day, time(), UTC)
    assert firing.due_at < begins - timedelta(hours=14)
    assert occasion_day(trigger, firing.day) + timedelta(days=days) == day
    following = ask(trigger, firing.due_at)
    assert following is not None
    assert following.day == (day + timedelta(days=1)).isoformat(), "no day is left out, none comes twice"


@given(moments, clocks, st.integers(1, 24 * 60))
def test_a_birthday_dies_when_its_day_has_ended_everywhere(after: datetime, clock: str, hours: int) -> None:
    firing = ask(Anniversary(at_clock=clock), after, hours=hours)
    assert firing is not None
    assert firing.day is not None
    last_midnight = datetime.combine(date.fromisoformat(firing.day), time(), UTC) + timedelta(hours=36)
    assert firing.expires_at <= last_midnight
    assert timing_of(Anniversary(at_clock=clock)).ends_with_day
    assert not timing_of(Anniversary(days=-3)).ends_with_day


@pytest.mark.parametrize(
    ("trigger", "hours", "ends"),
    [
        (Anniversary(), 48, True),
        (Anniversary(days=-3, at_clock="10:00"), 14, True),
        (Anniversary(days=-3, at_clock="10:00"), 15, False),
        (Once(at=datetime(2026, 5, 1, 10)), 14, True),
        (Once(at=datetime(2026, 5, 1, 10), clock="shop"), 2, False),
        (Repeating(cron="0 9 * * *", at_clock="20:00"), 24, False),
        (Repeating(cron="0 9 * * *", at_clock="20:00"), 4, True),
        (OnEvent(at_clock="10:00"), 2, False),
    ],
)
def test_what_has_to_be_over_by_midnight_dies_at_each_persons_own(trigger: Trigger, hours: int, ends: bool) -> None:
    """ "In three days it is her birthday" is not said a day later, in whatever zone."""
    assert timing_of(trigger, hours).ends_with_day == ends


@pytest.mark.parametrize(
    ("of", "days"), [("mid_autumn", 0), ("mid_autumn", -7), ("lunar_new_year", -60), ("new_year", 60)]
)
def test_a_festival_fires_once_a_year_on_its_day(of: str, days: int) -> None:
    trigger = Anniversary(of=of, days=days)
    seen = list(firings(lambda since: ask(trigger, since), START, datetime(2031, 1, 1, tzinfo=UTC)))
    expected = [festival_day(of, year) for year in range(2025, 2033)]
    assert [occasion_day(trigger, firing.day or "") for firing in seen] == [
        day
        for day in expected
        if day and any(firing.day == (day + timedelta(days=days)).isoformat() for firing in seen)
    ]
    assert len(seen) == 5


def test_a_repeating_one_fires_by_the_shops_clock_across_summer_time() -> None:
    """listmonk #1769, #1103. Nine o'clock stays nine o'clock."""
    trigger = Repeating(cron="0 9 * * *")
    seen = list(
        firings(
            lambda since: ask(trigger, since, "Europe/Berlin"),
            datetime(2026, 3, 27, 12, tzinfo=UTC),
            datetime(2026, 3, 31, tzinfo=UTC),
        )
    )
    assert [firing.key for firing in seen] == [f"at:2026-03-{day}T09:00" for day in (28, 29, 30)]
    assert [firing.due_at.hour for firing in seen] == [8, 7, 7]


def test_what_the_clock_shows_twice_fires_once() -> None:
    trigger = Repeating(cron="30 1 * * *")
    seen = list(
        firings(
            lambda since: ask(trigger, since, "America/New_York"),
            datetime(2026, 10, 31, 12, tzinfo=UTC),
            datetime(2026, 11, 2, 12, tzinfo=UTC),
        )
    )
    assert [firing.key for firing in seen] == ["at:2026-11-01T01:30", "at:2026-11-02T01:30"]


@given(moments, clocks, st.sampled_from(SHOPS))
def test_many_firings_on_one_day_are_one_where_people_have_it_on_their_own_clock(
    after: datetime, clock: str, zone: str
) -> None:
    trigger = Repeating(cron="*/20 * * * *", at_clock=clock)
    first = ask(trigger, after, zone)
    assert first is not None
    second = ask(trigger, first.due_at, zone)
    assert second is not None
    assert second.due_at - first.due_at == timedelta(days=1)


def test_a_repeating_one_ends() -> None:
    """`until` is read on the shop's clock."""
    trigger = Repeating(cron="0 9 * * *", until=datetime(2026, 1, 3, 9))
    seen = list(firings(lambda since: ask(trigger, since), START, datetime(2027, 1, 1, tzinfo=UTC)))
    assert [firing.key[-5:] for firing in seen] == ["09:00"] * 3


def test_events_fire_by_themselves() -> None:
    assert ask(OnEvent(), START) is None
