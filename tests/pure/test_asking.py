"""When a shopper may be asked how it went: pure, by values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crm_store.remedies.asking_hours import asking_hours
from crm_store.talks.posting import LatestThread
from scheduler.asking import ask_when

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
THREAD = LatestThread(1, 1, "webchat:shop", "v1", 1, 1, "ok", "bot", 0, "en", None, NOON - timedelta(hours=5))


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize(
    ("rules", "at", "allowed"),
    [
        ({}, "2026-11-23T12:00", "2026-11-23T12:00"),
        ({}, "2026-11-23T03:00", "2026-11-23T09:00"),
        ({}, "2026-11-23T20:00", "2026-11-24T09:00"),
        ({"hours": {"from": "18:00", "to": "19:00"}}, "2026-11-23T12:00", "2026-11-23T18:00"),
        ({"hours": {"from": "21:00"}}, "2026-11-23T12:00", "2026-11-23T21:00"),
        ({"hours": {"to": "08:00"}}, "2026-11-23T12:00", "2026-11-24T00:00"),
        ({"hours": {"from": "22:00", "to": "02:00"}}, "2026-11-23T01:00", "2026-11-23T01:00"),
        ({"hours": {"from": "22:00", "to": "02:00"}}, "2026-11-23T03:00", "2026-11-23T22:00"),
        ({"days": {"days": [5, 6]}}, "2026-11-23T12:00", "2026-11-28T09:00"),
        ({"days": {"days": []}}, "2026-11-23T12:00", "2026-11-23T12:00"),
    ],
)
def test_the_shoppers_own_hours_and_days_hold(rules: dict[str, dict[str, object]], at: str, allowed: str) -> None:
    assert asking_hours("Asia/Singapore", rules).earliest(local(at)) == local(allowed)


def test_the_hours_are_those_of_their_own_zone_and_an_unknown_zone_breaks_nothing() -> None:
    at = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    assert asking_hours("America/New_York", {}).earliest(at) == at  # nine in the morning there
    assert asking_hours("Nowhere/At_All", {}).earliest(at) == at


def test_somebody_who_is_free_is_asked_at_once() -> None:
    assert ask_when(THREAD, NOON, NOON) == NOON


@pytest.mark.parametrize("control", ["person", "waiting", "parked"])
def test_while_a_person_has_the_conversation_the_question_waits(control: str) -> None:
    assert ask_when(replace(THREAD, control=control), NOON, NOON) > NOON


def test_nobody_is_interrupted_who_is_just_talking() -> None:
    thread = replace(THREAD, last_in_at=NOON - timedelta(minutes=1))
    assert ask_when(thread, NOON, NOON) == NOON + timedelta(minutes=9)


def test_one_open_question_at_a_time() -> None:
    code = {"for": "code", "until": (NOON + timedelta(minutes=8)).isoformat()}
    assert ask_when(replace(THREAD, awaiting=code), NOON, NOON) == NOON + timedelta(minutes=8)
    asked_just_now = {"for": "follow_up", "id": 1, "until": (NOON + timedelta(days=7)).isoformat()}
    assert ask_when(replace(THREAD, awaiting=asked_just_now), NOON, NOON) == NOON + timedelta(days=1)
    long_over = {"for": "code", "until": (NOON - timedelta(minutes=1)).isoformat()}
    assert ask_when(replace(THREAD, awaiting=long_over), NOON, NOON) == NOON
