"""What holds for every story a case may have, in every calendar, on the days when clocks jump."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_store.cases.events import Happened
from crm_store.promises.choice import CalendarOf, ClockKind, Promises, Terms
from crm_store.promises.clock import CLOCK_EVENTS, Occurred, Promised, replay
from crm_store.promises.running import Hold, Reading
from tests.pure.test_calendar import calendars, moments

STATES = ["investigating", "remedy_offered", "done", "confirmed", "closed"]
TURNS = sorted(CLOCK_EVENTS - {Happened.OPENED})


@st.composite
def promises(draw: st.DrawFn, policy: int = 1) -> Promises:
    calendar = CalendarOf(policy, "desk", policy, draw(calendars()))
    return {kind: (Terms(draw(st.integers(1, 900)) * 60, policy, "p", 1, calendar),) for kind in ClockKind}


@st.composite
def stories(draw: st.DrawFn, promised: Promises) -> list[Occurred]:
    """A case, opened and then whatever may happen, in any order; some at the very same moment."""
    moment = draw(moments(promised[ClockKind.FIRST_ANSWER][0].calendar.hours))
    told = [Occurred(1, moment, Happened.OPENED)]
    for number, kind in enumerate(draw(st.lists(st.sampled_from(TURNS), max_size=12)), start=2):
        moment += timedelta(seconds=draw(st.sampled_from([0, 1, 600, 7200, 40_000, 100_000])))
        told.append(Occurred(number, moment, kind, {"to": draw(st.sampled_from(STATES)), "reason": "x"}))
    return told


def kept(clocks: list[Reading]) -> dict[tuple[ClockKind, int], tuple[Hold, ...]]:
    return {(clock.kind, clock.ordinal): clock.holds for clock in clocks}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_replaying_twice_gives_the_same_and_steps_once_taken_are_never_taken_back(data: st.DataObject) -> None:
    """Acceptance check 6: Whatever happens on the way, a replay gives the same clocks."""
    promised = Promised(data.draw(promises()))
    told = data.draw(stories(promised.now))
    earlier, later = sorted(told[0].at + timedelta(seconds=data.draw(st.integers(0, 900_000))) for _ in range(2))
    before, after = replay(told, promised, earlier), replay(reversed(told), promised, later)
    assert after == replay(told, promised, later)
    by_key = {(clock.kind, clock.ordinal): clock for clock in after}
    for clock in before:
        then = by_key[clock.kind, clock.ordinal]
        for step in ("warned_at", "alarmed_at", "missed_at", "met_at"):
            assert getattr(clock, step) in (None, getattr(then, step))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_ticking_at_any_moments_takes_the_same_steps_as_looking_once(data: st.DataObject) -> None:
    """However often, or after however long a time away: what happened is the same, at the same moments."""
    promised = Promised(data.draw(promises()))
    told = data.draw(stories(promised.now))
    for clock in replay(told, promised, told[-1].at + timedelta(days=5)):
        for step in (clock.warned_at, clock.alarmed_at, clock.missed_at):
            if step is not None:
                assert step in _steps(replay(told, promised, step), clock)
                assert step not in _steps(replay(told, promised, step - timedelta(microseconds=1)), clock)


def _steps(clocks: list[Reading], clock: Reading) -> list[datetime | None]:
    """The steps this clock has taken by then; none when it has not begun."""
    mine = [each for each in clocks if (each.kind, each.ordinal) == (clock.kind, clock.ordinal)]
    return [step for each in mine for step in (each.warned_at, each.alarmed_at, each.missed_at)]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_business_time_without_the_pauses_is_the_target_whatever_happens_on_the_way(data: st.DataObject) -> None:
    """Acceptance check 6: Clock arithmetic holds over spans, holidays, moving clocks, pauses and reopening."""
    promised = Promised(data.draw(promises()))
    told = [event for event in data.draw(stories(promised.now)) if event.kind is not Happened.TARGETED]
    for clock in replay(told, promised, told[-1].at + timedelta(days=1)):
        if clock.due is not None:
            assert clock.used(clock.due, clock.terms) == clock.terms.target
            assert clock.warns is not None
            assert clock.alarms is not None
            assert clock.warns <= clock.alarms <= clock.due


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_clock_is_late_by_its_beginning_or_by_being_targeted_anew(data: st.DataObject) -> None:
    first, second = data.draw(promises()), data.draw(promises(2))
    told = data.draw(stories(first))
    before = replay([event for event in told if event.kind is not Happened.TARGETED], Promised(first), told[-1].at)
    for clock in replay(told, Promised(second, {key: holds[:1] for key, holds in kept(before).items()}), told[-1].at):
        if clock.missed_at is not None:
            assert clock.missed_at > clock.started_at
            assert all(clock.missed_at > hold.since for hold in clock.holds if hold.since < clock.missed_at)
            assert clock.missed_at not in {hold.since for hold in clock.holds}


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_what_was_decided_stays_decided_when_the_policies_change(data: st.DataObject) -> None:
    first, second = data.draw(promises()), data.draw(promises(2))
    told = data.draw(stories(first))
    end = told[-1].at + timedelta(days=1)
    clocks = replay(told, Promised(first), end)
    assert replay(told, Promised(second, kept(clocks)), end) == clocks


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_intervals_of_a_kind_follow_each_other_and_one_runs_at_most(data: st.DataObject) -> None:
    promised = Promised(data.draw(promises()))
    told = data.draw(stories(promised.now))
    clocks = replay(told, promised, told[-1].at)
    for kind in ClockKind:
        mine = [clock for clock in clocks if clock.kind is kind]
        assert [clock.ordinal for clock in mine] == list(range(1, len(mine) + 1))
        assert sum(clock.runs for clock in mine) <= 1
    assert sum(clock.kind is ClockKind.FIRST_ANSWER for clock in clocks) <= 1
