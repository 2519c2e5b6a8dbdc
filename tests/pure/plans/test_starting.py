"""Where a campaign begins when it is scheduled, and what is read of its firings before."""

from datetime import UTC, datetime

from crm_store.plans.plan import Plan
from crm_store.plans.starting import coming, first_look
from scheduler.care.cron import next_cron

ZONE = "Asia/Singapore"
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Monday, nine o'clock in the shop."""
EVENING = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def plan(**trigger: object) -> Plan:
    return Plan.model_validate({"trigger": trigger})


def days(told: Plan, now: datetime) -> list[str | None]:
    return [firing.day for firing in coming(told, now, ZONE, next_cron)]


def test_todays_birthdays_go_when_it_is_scheduled_before_their_hour() -> None:
    birthday = plan(kind="anniversary", of="birthday", at_clock="10:00")
    assert days(birthday, MORNING) == ["2026-11-23", "2026-11-24", "2026-11-25"]
    first = first_look(birthday, MORNING, ZONE, next_cron)
    assert first is not None
    assert first < MORNING


def test_what_the_shops_clock_has_passed_waits_for_the_next_day() -> None:
    birthday = plan(kind="anniversary", of="birthday", at_clock="10:00")
    assert days(birthday, EVENING)[0] == "2026-11-24"


def test_a_time_that_is_still_ahead_in_some_zone_is_not_lost() -> None:
    once = plan(kind="once", at="2026-11-23T20:30:00", clock="local")
    first = first_look(once, EVENING, ZONE, next_cron)
    assert first is not None
    assert first < EVENING
    late = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert first_look(once, late, ZONE, next_cron) is None


def test_a_time_of_the_shop_that_has_passed_is_over() -> None:
    assert first_look(plan(kind="once", at="2026-11-23T19:00:00", clock="shop"), EVENING, ZONE, next_cron) is None


def test_what_repeats_by_the_shops_clock_begins_with_the_next_time() -> None:
    daily = plan(kind="repeating", cron="0 10 * * *")
    found = coming(daily, EVENING, ZONE, next_cron)
    assert [firing.due_at for firing in found] == [datetime(2026, 11, day, 2, 0, tzinfo=UTC) for day in (24, 25, 26)]


def test_what_listens_to_events_listens_at_once() -> None:
    welcome = plan(kind="event", of="joined")
    assert first_look(welcome, EVENING, ZONE, next_cron) == EVENING
    assert coming(welcome, EVENING, ZONE, next_cron) == []
