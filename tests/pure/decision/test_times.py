"""The time gates: when a message may go, how they move each other, and when it is too late."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from crm_store.decision.case import opened
from crm_store.decision.decision import Outcome, Reason
from crm_store.decision.facts import Away, Zone
from crm_store.decision.message import Cap, Late
from crm_store.decision.trace import Log
from crm_store.decision.waits import COMMON, settled
from crm_store.people.consent import Purpose
from tests.pure.decision.asking import NOW, POLICY, asked, facts, message, rules, sent, step, utc

TIMED: dict[Reason, dict[str, Any]] = {
    Reason.NOT_YET: {"of": message(not_before=utc("2026-11-25 15:00"))},
    Reason.SNOOZE: {"snoozed_until": utc("2026-11-26 17:00")},
    Reason.HOURS: {"hours": ("08:00", "11:00")},
    Reason.DAYS: {"days": frozenset({5, 6})},
    Reason.GAP: {"contacts": (sent(1, Purpose.CARE),)},
    Reason.CAP_OVERALL: {"contacts": tuple(sent(hours, Purpose.CARE) for hours in (30, 60, 90))},
    Reason.CAP_PURPOSE: {"contacts": tuple(sent(hours, Purpose.PROMOTION) for hours in (30, 60))},
    Reason.OWN_CAP: {"at_most": (1, "month"), "contacts": (sent(200),)},
}


def until_by(*reasons: Reason) -> tuple[Outcome, Any, set[str]]:
    given: dict[str, Any] = {"contacts": ()}
    of = message()
    for reason in reasons:
        change = dict(TIMED[reason])
        of = change.pop("of", of)
        given["contacts"] += change.pop("contacts", ())
        given |= change
    decision = asked(facts(**given), replace(of, expires_at=NOW + timedelta(days=60)))
    return decision.outcome, decision.until, {entry.gate for entry in decision.trace if not entry.passed}


@pytest.mark.parametrize("reason", list(TIMED))
def test_each_time_gate_alone_moves_it_and_says_so(reason: Reason) -> None:
    outcome, until, moved = until_by(reason)
    assert outcome == Outcome.DEFER
    assert until > NOW
    assert reason in moved


@pytest.mark.parametrize(("first", "second"), list(permutations(TIMED, 2)))
def test_two_time_gates_come_to_the_same_in_either_order_and_never_earlier_than_one(
    first: Reason, second: Reason
) -> None:
    both = until_by(first, second)
    assert both == until_by(second, first)
    assert both[1] >= max(until_by(first)[1], until_by(second)[1])


@pytest.mark.parametrize("reason", list(TIMED))
def test_asked_again_at_that_time_it_goes(reason: Reason) -> None:
    change = dict(TIMED[reason])
    of = change.pop("of", message())
    until = asked(facts(**change), of).until
    assert until is not None
    assert asked(facts(**change), of, until).outcome == Outcome.SEND


def test_whatever_order_the_gates_are_asked_in_the_instant_is_the_same() -> None:
    person = facts(hours=("10:00", "11:00"), days=frozenset({4}), at_most=(1, "month"), contacts=(sent(24 * 20),))
    found = set()
    for turn in range(len(COMMON)):
        case = opened(person, message(), NOW, POLICY)
        case.counted = person.contacts
        found.add(settled(case, COMMON[turn:] + COMMON[:turn], NOW, Log()))
    assert found == {utc("2026-12-11 02:00")}


def test_a_cap_is_asked_about_the_hour_at_which_it_would_go_not_about_now() -> None:
    """At 22:00 the day is full; at nine tomorrow there is room: only the hours hold it back."""
    evening = utc("2026-11-24 14:00")
    person = facts(contacts=(replace(sent(0), at=evening - timedelta(hours=14)),))
    decision = asked(person, at=evening)
    assert (decision.until, decision.reason) == (utc("2026-11-25 01:00"), Reason.HOURS)
    assert step(decision, Reason.GAP) == (True, "")


def test_the_hours_are_asked_again_about_where_a_cap_moved_it() -> None:
    """A gap that ends at 23:00 ends for them at nine the next morning."""
    person = facts(contacts=(replace(sent(0), at=utc("2026-11-23 15:00")),))
    decision = asked(person)
    assert (decision.until, decision.reason) == (utc("2026-11-25 01:00"), Reason.GAP)
    assert [entry.gate for entry in decision.trace if not entry.passed] == ["hours", "gap"]


def test_what_may_not_go_before_it_expires_never_waits() -> None:
    of = message(expires_at=utc("2026-11-25 00:59"))
    decision = asked(facts(hours=("09:00", "10:00")), of)
    assert (decision.outcome, decision.reason) == (Outcome.SUPPRESS, Reason.EXPIRED_WAITING)
    assert [entry.gate for entry in decision.trace if not entry.passed] == ["hours", "expired_waiting"]
    just = replace(of, expires_at=utc("2026-11-25 01:00"))
    assert asked(facts(hours=("09:00", "10:00")), just).until == just.expires_at


@pytest.mark.parametrize("own", [("22:00", "23:00"), ("10:00", "10:00"), ("25:00", "26:00")])
def test_hours_that_nobody_can_keep_are_never_broken(own: tuple[str, str]) -> None:
    assert asked(facts(hours=own)).reason == Reason.EXPIRED_WAITING


def test_service_waits_for_no_snooze_hours_days_gap_or_cap() -> None:
    person = facts(
        snoozed_until=NOW + timedelta(days=9),
        hours=("08:00", "09:00"),
        days=frozenset({6}),
        at_most=(0, "year"),
        contacts=(sent(0.1),),
    )
    assert asked(person, message(purpose=Purpose.SERVICE)).outcome == Outcome.SEND


def test_service_keeps_the_hours_the_shop_set_for_it() -> None:
    """A delivery at the door may wake them; a parcel slip may not."""
    by = rules(hours={**POLICY.hours, Purpose.SERVICE: ("13:00", "21:00")})
    assert asked(of=message(purpose=Purpose.SERVICE), by=by).until == utc("2026-11-24 05:00")


def test_holidays_are_quiet_for_the_purposes_the_shop_named() -> None:
    by = rules(holidays=frozenset({"2026-11-24"}), quiet_on_holidays=frozenset({Purpose.PROMOTION}))
    assert asked(by=by).until == utc("2026-11-25 01:00")
    assert step(asked(by=by), Reason.DAYS) == (False, "Asia/Singapore")
    assert asked(of=message(purpose=Purpose.CARE), by=by).outcome == Outcome.SEND


def test_a_paused_campaign_waits_on_its_channel_and_is_looked_at_again_soon() -> None:
    decision = asked(of=message(ready="paused"))
    assert (decision.outcome, decision.reason) == (Outcome.DEFER, Reason.PAUSED)
    assert decision.channel == "telegram"
    assert decision.until == NOW + timedelta(minutes=1)
    later = asked(facts(snoozed_until=utc("2026-11-30 16:00")), message(ready="paused"))
    assert later.reason == Reason.SNOOZE


BIRTHDAY = message(purpose=Purpose.CARE, at_clock="10:00", ends_with_day=True, fired_at=utc("2026-11-22 00:00"))
ON_THE_25TH = facts(local_date="2026-11-25")


def test_a_dated_message_goes_at_its_hour_of_that_day_on_their_own_clock() -> None:
    assert asked(ON_THE_25TH, BIRTHDAY).until == utc("2026-11-25 02:00")
    in_lisbon = facts(local_date="2026-11-25", zone=Zone("Europe/Lisbon", "said"))
    assert asked(in_lisbon, BIRTHDAY).until == utc("2026-11-25 10:00")


def test_a_dated_message_dies_at_their_own_midnight() -> None:
    assert asked(ON_THE_25TH, BIRTHDAY, utc("2026-11-25 15:59")).reason == Reason.EXPIRED_WAITING
    assert asked(ON_THE_25TH, BIRTHDAY, utc("2026-11-25 16:00")).reason == Reason.EXPIRED
    assert asked(ON_THE_25TH, BIRTHDAY, utc("2026-11-25 12:59")).outcome == Outcome.SEND


@pytest.mark.parametrize(
    ("late", "outcome", "reason", "until"),
    [
        (Late.NOW, Outcome.SEND, Reason.ALLOWED, None),
        (Late.SKIP, Outcome.SUPPRESS, Reason.LATE, None),
        (Late.NEXT, Outcome.DEFER, Reason.NOT_YET, utc("2026-11-25 02:00")),
    ],
)
def test_when_it_fires_after_the_hour_the_campaign_says_what_becomes_of_it(
    late: Late, outcome: Outcome, reason: Reason, until: Any
) -> None:
    of = message(day="2026-11-24", at_clock="10:00", fired_at=NOW, late=late)
    decision = asked(of=of)
    assert (decision.outcome, decision.reason, decision.until) == (outcome, reason, until)


def test_what_waited_for_its_hours_is_not_late() -> None:
    of = message(day="2026-11-24", at_clock="10:00", fired_at=utc("2026-11-23 00:00"), late=Late.SKIP)
    assert asked(facts(hours=("12:00", "13:00")), of).outcome == Outcome.SEND


def test_a_dated_message_that_would_go_on_the_next_day_is_late() -> None:
    of = replace(BIRTHDAY, day="2026-11-24", fired_at=NOW)
    assert asked(of=of).reason == Reason.LATE


def test_after_an_event_it_waits_for_the_next_time_the_clock_shows_its_hour() -> None:
    of = message(not_before=utc("2026-11-24 05:30"), at_clock="10:00")
    assert asked(of=of).until == utc("2026-11-25 02:00")
    assert asked(of=replace(of, at_clock="14:00")).until == utc("2026-11-24 06:00")


def test_an_hour_alone_says_from_when_on_any_day() -> None:
    of = message(at_clock="10:00")
    assert asked(of=of).outcome == Outcome.SEND
    assert asked(of=of, at=utc("2026-11-24 01:30")).until == utc("2026-11-24 02:00")
    assert asked(facts(snoozed_until=utc("2026-11-26 16:00")), of).until == utc("2026-11-27 02:00")


def test_while_away_the_clock_there_counts_and_after_it_their_own() -> None:
    """Noon in Singapore is five in the morning in Lisbon: nothing goes until nine there."""
    away = facts(away=Away("Europe/Lisbon", "2026-11-29"))
    decision = asked(away)
    assert decision.until == utc("2026-11-24 09:00")
    assert step(decision, Reason.HOURS) == (False, "Europe/Lisbon")
    assert asked(away, at=utc("2026-11-30 03:00")).outcome == Outcome.SEND


def test_the_last_night_away_ends_in_the_morning_at_home() -> None:
    home_again = facts(away=Away("Europe/Lisbon", "2026-11-24"))
    decision = asked(home_again, at=utc("2026-11-24 21:30"))
    assert decision.until == utc("2026-11-25 01:00")


def test_a_dated_message_keeps_to_the_day_where_they_are_then() -> None:
    away = facts(away=Away("America/Los_Angeles", "2026-11-29"), local_date="2026-11-25")
    assert asked(away, BIRTHDAY).until == utc("2026-11-25 18:00")


def test_a_place_that_nobody_knows_is_no_place() -> None:
    assert asked(facts(away=Away("Mars/Olympus", "2026-11-29"))).outcome == Outcome.SEND


def test_a_policy_without_caps_and_hours_lets_everything_go() -> None:
    free = rules(hours={}, overall=(), by_purpose={}, gap=timedelta(0))
    many = tuple(sent(hours / 10) for hours in range(1, 30))
    assert asked(facts(contacts=many), by=free).outcome == Outcome.SEND
    assert asked(by=rules(overall=(Cap(0, timedelta(days=1)),))).reason == Reason.EXPIRED_WAITING
