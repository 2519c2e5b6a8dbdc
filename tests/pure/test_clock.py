"""How known systems' clocks go wrong, each as a rule of ours."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crm_store.cases.events import Happened
from crm_store.promises.calendar_form import read_calendar
from crm_store.promises.choice import CalendarOf, ClockKind, Terms
from crm_store.promises.clock import Occurred, Promised, replay
from crm_store.promises.explanation import explain, with_calendar
from crm_store.promises.running import Reading

SG = ZoneInfo("Asia/Singapore")
WEEK = {str(day): [["09:00", "13:00"], ["14:00", "18:00"]] for day in range(6)}
DESK = CalendarOf(1, "desk", 1, read_calendar("Asia/Singapore", WEEK, [{"day": "2026-11-24", "name": "Stocktaking"}]))
FIRST, NEXT, RESOLUTION = ClockKind


def terms(minutes: int, calendar: CalendarOf = DESK, policy: int = 1) -> Terms:
    return Terms(minutes * 60, policy, f"p{policy}", 1, calendar)


EVERYONE = {FIRST: (terms(240),), NEXT: (terms(240),), RESOLUTION: (terms(2400),)}
URGENT = {kind: (terms(60, policy=2),) for kind in ClockKind}


def at(day: int, clock: str) -> datetime:
    """In November 2026, the 23rd is a Monday, the 24th a holiday."""
    hour, minute = clock.split(":")
    return datetime(2026, 11, day, int(hour), int(minute), tzinfo=SG)


def story(*told: tuple[Happened, datetime] | tuple[Happened, datetime, dict[str, Any]]) -> list[Occurred]:
    return [Occurred(number, each[1], each[0], each[2] if len(each) > 2 else {}) for number, each in enumerate(told)]


def clocks(events: list[Occurred], now: datetime, promised: Any = EVERYONE) -> dict[ClockKind, list[Reading]]:
    read = replay(events, Promised(promised), now)
    return {kind: [clock for clock in read if clock.kind is kind] for kind in ClockKind}


OPENED = (Happened.OPENED, at(23, "09:00"))


def became(state: str, moment: datetime) -> tuple[Happened, datetime, dict[str, Any]]:
    return Happened.STATE, moment, {"to": state}


def test_a_case_promises_an_answer_and_a_resolution_from_its_opening() -> None:
    read = clocks(story(OPENED), at(23, "09:00"))
    assert [clock.due for clock in read[FIRST]] == [at(23, "13:00")]
    assert [clock.due for clock in read[RESOLUTION]] == [at(28, "18:00")]
    assert read[NEXT] == []


@pytest.mark.parametrize("state", ["acknowledged", "investigating", "remedy_offered", "done", "closed"])
def test_a_change_of_state_is_never_an_answer(state: str) -> None:
    """In some systems pausing or resolving a ticket sets "first responded" without a word to the customer."""
    (first,) = clocks(story(OPENED, became(state, at(23, "10:00"))), at(23, "14:00"))[FIRST]
    assert first.met_at is None
    assert first.missed_at == at(23, "13:00")


def test_a_pause_does_not_stop_the_promise_of_an_answer() -> None:
    read = clocks(story(OPENED, (Happened.PAUSED, at(23, "10:00"), {"reason": "waits for the maker"})), at(23, "15:00"))
    assert read[FIRST][0].missed_at == at(23, "13:00")
    assert read[RESOLUTION][0].due is None
    assert read[RESOLUTION][0].next_at is None


def test_a_miss_needs_nobody_to_touch_the_case() -> None:
    """Elsewhere a forgotten conversation counts as missed only when somebody replies at last."""
    before, (after,) = (clocks(story(OPENED), now)[FIRST] for now in (at(23, "12:59"), at(30, "09:00")))
    assert before[0].missed_at is None
    assert after.missed_at == at(23, "13:00")


def test_a_late_answer_stays_missed_and_met_later() -> None:
    """Elsewhere the miss disappears from the screen once a late reply exists."""
    (first,) = clocks(story(OPENED, (Happened.ANSWERED, at(23, "15:00"))), at(26, "09:00"))[FIRST]
    assert (first.missed_at, first.met_at) == (at(23, "13:00"), at(23, "15:00"))


def test_an_answer_at_the_due_moment_is_late_and_one_before_it_is_not() -> None:
    (late,) = clocks(story(OPENED, (Happened.ANSWERED, at(23, "13:00"))), at(23, "14:00"))[FIRST]
    just = at(23, "13:00") - timedelta(microseconds=1)
    (kept,) = clocks(story(OPENED, (Happened.ANSWERED, just)), at(23, "14:00"))[FIRST]
    assert late.missed_at == late.met_at
    assert kept.missed_at is None


def test_it_is_warned_at_three_quarters_and_alarmed_at_nine_tenths_at_the_moments_themselves() -> None:
    (first,) = clocks(story(OPENED), at(30, "12:00"))[FIRST]
    assert (first.warned_at, first.alarmed_at) == (at(23, "12:00"), at(23, "12:36"))


def test_the_next_step_is_known_until_there_is_none() -> None:
    expected = [("09:00", "12:00"), ("12:00", "12:36"), ("12:40", "13:00")]
    for now, then in expected:
        assert clocks(story(OPENED), at(23, now))[FIRST][0].next_at == at(23, then)
    assert clocks(story(OPENED), at(23, "13:00"))[FIRST][0].next_at is None


def test_the_next_answer_is_promised_only_after_the_first_and_only_once_at_a_time() -> None:
    asked = (Happened.ASKED, at(23, "10:00"))
    assert clocks(story(OPENED, asked), at(23, "10:00"))[NEXT] == []
    events = story(OPENED, (Happened.ANSWERED, at(23, "09:30")), asked, (Happened.ASKED, at(23, "11:00")))
    (clock,) = clocks(events, at(23, "12:00"))[NEXT]
    assert clock.due == at(23, "15:00")


def test_every_question_after_an_answer_has_a_clock_of_its_own() -> None:
    events = story(
        OPENED,
        (Happened.ANSWERED, at(23, "09:30")),
        (Happened.ASKED, at(23, "10:00")),
        (Happened.ANSWERED, at(23, "10:30")),
        (Happened.ASKED, at(23, "11:00")),
    )
    first, second = clocks(events, at(23, "11:30"))[NEXT]
    assert (first.met_at, second.ordinal, second.runs) == (at(23, "10:30"), 2, True)


def test_reopening_begins_new_intervals_that_are_not_late_at_once() -> None:
    """Acceptance check 5: Reopening starts a new interval.

    Elsewhere the time counts from creation, so an old case is late the moment it is reopened.
    """
    events = story(
        OPENED,
        (Happened.ANSWERED, at(23, "10:00")),
        became("done", at(23, "11:00")),
        became("closed", at(23, "12:00")),
        (Happened.REOPENED, at(30, "09:00")),
        became("investigating", at(30, "09:00")),
    )
    read = clocks(events, at(30, "09:00"))
    assert len(read[FIRST]) == 1
    assert [clock.due for clock in read[NEXT]] == [at(30, "13:00")]
    old, new = read[RESOLUTION]
    assert (old.met_at, new.ordinal, new.started_at, new.missed_at) == (at(23, "11:00"), 2, at(30, "09:00"), None)


def test_a_late_next_answer_is_over_when_the_case_is_reopened_and_a_new_one_begins() -> None:
    events = story(
        OPENED,
        (Happened.ANSWERED, at(23, "09:30")),
        (Happened.ASKED, at(23, "09:40")),
        became("done", at(25, "09:00")),
        (Happened.REOPENED, at(25, "10:00")),
    )
    old, new = clocks(events, at(25, "10:00"))[NEXT]
    assert (old.missed_at, old.ended_at) == (at(23, "14:40"), at(25, "10:00"))
    assert (new.missed_at, new.due) == (None, at(25, "15:00"))


def test_marking_it_done_and_undoing_that_does_not_end_the_promise_to_resolve_it() -> None:
    events = story(OPENED, became("done", at(23, "10:00")), became("investigating", at(23, "11:00")))
    done, again = clocks(events, at(23, "12:00"))[RESOLUTION]
    assert (done.met_at, again.started_at, again.runs) == (at(23, "10:00"), at(23, "11:00"), True)


def test_closing_a_case_nobody_answered_does_not_hide_the_miss() -> None:
    events = story(OPENED, became("closed", at(23, "10:00")))
    running, missed = (clocks(events, now)[FIRST][0] for now in (at(23, "12:00"), at(23, "16:00")))
    assert running.next_at is not None
    assert (missed.missed_at, missed.ended_at, missed.met_at) == (at(23, "13:00"), at(23, "13:00"), None)


def test_the_shoppers_own_word_that_it_is_resolved_leaves_nothing_to_answer() -> None:
    (first,) = clocks(story(OPENED, became("confirmed", at(23, "10:00"))), at(25, "16:00"))[FIRST]
    assert (first.missed_at, first.met_at, first.ended_at) == (None, None, at(23, "10:00"))


def test_a_pause_moves_the_resolution_by_its_business_time_alone() -> None:
    events = story(
        OPENED, (Happened.PAUSED, at(23, "17:00"), {"reason": "the maker"}), (Happened.RESUMED, at(25, "10:00"))
    )
    (clock,) = clocks(events, at(25, "10:00"))[RESOLUTION]
    # One hour on Monday, nothing on the holiday, one hour on Wednesday: two hours later than without.
    assert clock.due == at(30, "11:00")
    assert [(pause.reason, pause.until) for pause in clock.pauses] == [("the maker", at(25, "10:00"))]


def test_a_pause_after_the_miss_takes_nothing_back() -> None:
    events = story(OPENED, (Happened.PAUSED, at(30, "11:00")), (Happened.RESUMED, at(30, "12:00")))
    (clock,) = clocks(events, at(30, "13:00"))[RESOLUTION]
    assert clock.missed_at == clock.due == at(28, "18:00")


def test_a_merge_ends_every_clock_and_a_split_goes_on_without_the_time_between() -> None:
    merged = (Happened.MERGED, at(23, "10:00"))
    ended = clocks(story(OPENED, merged, (Happened.ANSWERED, at(23, "11:00"))), at(30, "09:00"))
    assert all(each.ended_at == at(23, "10:00") and each.met_at is None for kind in ended.values() for each in kind)
    (first,) = clocks(story(OPENED, merged, (Happened.SPLIT, at(25, "09:00"))), at(25, "09:00"))[FIRST]
    assert (first.due, first.missed_at, first.runs) == (at(25, "12:00"), None, True)


def test_a_merge_during_a_pause_loses_none_of_what_was_left() -> None:
    events = story(
        OPENED,
        (Happened.PAUSED, at(23, "10:00")),
        (Happened.MERGED, at(23, "12:00")),
        (Happened.SPLIT, at(25, "09:00")),
    )
    (clock,) = clocks(events, at(25, "09:00"))[RESOLUTION]
    assert clock.due == DESK.hours.add(at(25, "09:00"), 39 * 3600)


def retargeted(events: list[Occurred], then: Any, now: datetime) -> Reading:
    """Opened under `EVERYONE`, targeted under `then`: what was decided first is kept."""
    before = [event for event in events if event.kind is not Happened.TARGETED]
    kept = {(clock.kind, clock.ordinal): clock.holds for clock in replay(before, Promised(EVERYONE), now)}
    return replay(events, Promised(then, kept), now)[0]


def test_a_tighter_target_counts_from_the_change_and_is_not_missed_by_it() -> None:
    """Elsewhere the shorter target eats the longer: it is late at once."""
    clock = retargeted(story(OPENED, (Happened.TARGETED, at(23, "10:30"))), URGENT, at(23, "10:30"))
    assert (clock.due, clock.missed_at, clock.terms.policy_id) == (at(23, "11:30"), None, 2)


def test_a_tighter_target_never_makes_it_later_than_was_promised() -> None:
    clock = retargeted(story(OPENED, (Happened.TARGETED, at(23, "12:30"))), URGENT, at(23, "12:30"))
    assert clock.due == at(23, "13:00")


def test_a_looser_target_counts_from_the_start() -> None:
    looser = {kind: (terms(300, policy=3),) for kind in ClockKind}
    clock = retargeted(story(OPENED, (Happened.TARGETED, at(23, "12:00"))), looser, at(23, "12:00"))
    assert clock.due == at(23, "15:00")


def test_another_target_leaves_what_has_been_missed() -> None:
    clock = retargeted(story(OPENED, (Happened.TARGETED, at(23, "15:00"))), URGENT, at(23, "16:00"))
    assert clock.missed_at == at(23, "13:00")


def test_a_change_of_policy_does_not_move_a_clock_that_runs() -> None:
    kept = {
        (clock.kind, clock.ordinal): clock.holds for clock in replay(story(OPENED), Promised(EVERYONE), at(23, "9:00"))
    }
    (first, _) = replay(story(OPENED), Promised(URGENT, kept), at(23, "9:30"))
    assert (first.due, first.terms.policy_id) == (at(23, "13:00"), 1)


def test_a_promise_once_made_holds_where_nothing_is_promised_any_more() -> None:
    clock = retargeted(story(OPENED, (Happened.TARGETED, at(23, "10:00"))), {}, at(23, "10:00"))
    assert clock.due == at(23, "13:00")


def test_of_two_promises_the_one_that_is_due_first_holds_whatever_the_numbers_say() -> None:
    """A short target by a calendar that is hardly ever open would be the longer wait."""
    mondays = CalendarOf(2, "mondays", 1, read_calendar("Asia/Singapore", {"0": [["09:00", "10:00"]]}, []))
    offered = {FIRST: (terms(200, mondays, policy=2), terms(240))}
    (clock,) = clocks(story(OPENED), at(23, "09:00"), offered)[FIRST]
    assert clock.terms.policy_id == 1


def test_a_due_time_opens_into_start_spans_holidays_pauses_and_versions() -> None:
    events = story(
        OPENED, (Happened.PAUSED, at(23, "10:00"), {"reason": "the maker"}), (Happened.RESUMED, at(23, "11:00"))
    )
    (clock,) = clocks(events, at(25, "09:00"))[RESOLUTION]
    why = explain(clock, at(25, "09:00"))
    assert why.due == clock.due
    assert [day.seconds / 3600 for day in why.days] == [7, 8, 8, 8, 8, 1]
    assert why.counted == clock.terms.target
    assert [name for _, name in why.holidays] == ["Stocktaking"]
    assert [pause.reason for pause in why.pauses] == ["the maker"]
    assert why.waited == 48 * 3600
    assert (why.terms.policy, why.terms.policy_version, why.terms.calendar.name) == ("p1", 1, "desk")


def test_another_version_of_the_calendar_is_shown_before_it_is_put_in_force() -> None:
    longer = {day: [["09:00", "21:00"]] for day in WEEK}
    version = CalendarOf(9, "desk", 2, read_calendar("Asia/Singapore", longer, []))
    promised = Promised(EVERYONE)
    first, resolution = with_calendar(story(OPENED), promised, version, at(23, "09:00"))
    assert first.before is not None
    assert first.after is not None
    assert (first.before.due, first.after.due) == (at(23, "13:00"), at(23, "13:00"))
    assert resolution.after is not None
    assert resolution.after.due == at(26, "13:00")
