"""A standing as text: equal people, equal text, and nothing lost on the way."""

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_store.decision.facts import Away, Permission, Reach, Zone
from crm_store.decision.standing_text import standing_of, text_of
from crm_store.people.consent import Purpose
from tests.pure.decision.asking import NOW, standing, utc
from tests.pure.decision.people import Dice

FULL = (
    '{"blocked":"staff","born":"1990-03-02","country":"SG","hushed":true,"hushed_until":"2026-12-01T00:00:00Z",'
    '"lang":"zh","off":["christmas","mothers_day"],"perm":[["promotion","telegram",1],["care","*",0]],'
    '"reach":[["email","ok"],["telegram","blocked","2026-11-25T04:00:00Z"]],"rules":{"at_most":{"count":1,"per":'
    '"month"},"channels":{"only":["email"]},"days":{"days":[5,6]},"hours":{"from":"10:00","to":"21:00"},'
    '"impersonal":{"impersonal":true},"only":{"occasions":["birthday"]},"snooze":{"until":"2027-03-01"},'
    '"stage":{"stage":"after"},"style":{"style":"pull"},"zone":{"until":"2026-11-29","zone":"Asia/Tokyo"}},'
    '"zone":"Asia/Singapore","zsrc":"shop"}'
)


def test_everything_a_person_said_is_read() -> None:
    read = standing_of(FULL)
    assert read.language == "zh"
    assert read.zone == Zone("Asia/Singapore", "shop", "SG")
    assert (read.blocked, read.born, read.hushed) == ("staff", "1990-03-02", True)
    assert read.permissions[1] == Permission(Purpose.CARE, "*", False, 1)
    assert read.reach[1] == Reach("telegram", "blocked", NOW + timedelta(days=1))
    rules = read.rules
    assert (rules.hours, rules.days, rules.at_most) == (("10:00", "21:00"), frozenset({5, 6}), (1, "month"))
    assert (rules.only_channels, rules.only_occasions) == (("email",), frozenset({"birthday"}))
    assert (rules.off, rules.stage) == (frozenset({"christmas", "mothers_day"}), "after")
    assert rules.pull
    assert rules.impersonal
    assert read.away == Away("Asia/Tokyo", "2026-11-29")


def test_a_snooze_ends_at_midnight_on_their_own_clock() -> None:
    assert standing_of(FULL).rules.snoozed_until == utc("2027-02-28 16:00")


def test_the_canonical_text_comes_back_to_the_letter() -> None:
    assert text_of(standing_of(FULL)) == FULL


def test_what_was_not_said_is_not_written() -> None:
    plain = text_of(standing(permissions=(), reach=()))
    assert json.loads(plain) == {"zone": "Asia/Singapore", "zsrc": "said", "country": "SG"}
    assert text_of(standing_of("{}")) == "{}"


@pytest.mark.parametrize(
    ("given", "read"),
    [({"from": "10:00"}, ("10:00", "24:00")), ({"to": "21:00"}, ("00:00", "21:00"))],
)
def test_an_hour_that_was_not_said_is_the_end_of_the_day(given: dict[str, str], read: tuple[str, str]) -> None:
    text = json.dumps({"rules": {"hours": given}}, separators=(",", ":"))
    assert standing_of(text).rules.hours == read
    assert text_of(standing_of(text)) == text


def test_days_are_read_as_stored_or_bare() -> None:
    assert standing_of('{"rules":{"days":[5]}}').rules == standing_of('{"rules":{"days":{"days":[5]}}}').rules


def test_spaces_and_order_do_not_matter_when_reading() -> None:
    shuffled = json.dumps(dict(reversed(json.loads(FULL).items())), indent=1)
    assert standing_of(shuffled) == standing_of(FULL)


def test_the_same_text_is_read_once() -> None:
    assert standing_of(FULL) is standing_of(FULL)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**40))
def test_every_standing_comes_back_as_it_was(roll: int) -> None:
    kept = Dice(roll).standing()
    text = text_of(kept)
    assert standing_of(text) == kept
    assert text_of(standing_of(text)) == text
