"""What holds for every decision there can be."""

from dataclasses import replace
from datetime import timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_store.decision.decide import decide
from crm_store.decision.decision import Decision, Outcome, Reason
from crm_store.decision.gates import HARD_GATES
from crm_store.decision.waits import COMMON
from crm_store.decision.windows import local_day
from crm_store.decision.zones import whereabouts, zone_named
from tests.pure.decision.asking import NOW
from tests.pure.decision.people import Dice, rolled

HARD = [reason.value for reason, _, _ in HARD_GATES]
TIMED = [*(reason.value for reason, _ in COMMON), "cap_channel"]
ROLLS = st.integers(0, 2**40)
MANY = settings(max_examples=80, deadline=None)


@MANY
@given(ROLLS)
def test_asked_again_when_it_said_the_answer_is_to_send(roll: int) -> None:
    for person, of, by in rolled(roll):
        first = decide(person, of, NOW, by)
        if first.until is not None:
            assert NOW < first.until <= of.expires_at
            again = decide(person, of, first.until, by)
            assert (again.outcome, again.channel, again.consent) == (Outcome.SEND, first.channel, first.consent)


@MANY
@given(ROLLS)
def test_before_the_time_it_said_it_never_goes_and_what_expired_waiting_never_could(roll: int) -> None:
    dice = Dice(roll)
    for person, of, by in rolled(roll):
        first = decide(person, of, NOW, by)
        if first.outcome is Outcome.DEFER or first.reason is Reason.EXPIRED_WAITING:
            minutes = int(((first.until or of.expires_at) - NOW) / timedelta(minutes=1))
            for _ in range(6):
                earlier = NOW + timedelta(minutes=dice.randint(0, max(0, minutes - 1)))
                assert decide(person, of, earlier, by).outcome is not Outcome.SEND


@MANY
@given(ROLLS)
def test_the_trace_names_every_gate_that_was_asked_in_order(roll: int) -> None:
    for person, of, by in rolled(roll):
        decision = decide(person, of, NOW, by)
        gates = [entry.gate for entry in decision.trace]
        assert gates[: len(HARD)] == HARD[: len(gates)]
        if len(gates) <= len(HARD):
            assert [entry.passed for entry in decision.trace] == [True] * (len(gates) - 1) + [False]
        match decision.outcome:
            case Outcome.SEND:
                assert all(entry.passed for entry in decision.trace)
                assert (gates, decision.reason) == (HARD + TIMED, Reason.ALLOWED)
                assert decision.channel in of.channels
            case Outcome.DEFER:
                assert_moved(decision)
                assert gates == HARD + TIMED
            case _:
                assert decision.reason == gates[-1]
                assert not decision.trace[-1].passed


def assert_moved(decision: Decision) -> None:
    moved = [entry for entry in decision.trace if not entry.passed]
    assert decision.reason in {entry.gate for entry in moved}
    assert decision.until == max(entry.until for entry in moved if entry.until is not None)
    assert decision.channel is not None


@MANY
@given(ROLLS)
def test_the_same_question_has_the_same_answer(roll: int) -> None:
    """Whatever was asked before, in whatever order the contacts come, in whatever zone now is written."""
    found = [(question, decide(question[0], question[1], NOW, question[2])) for question in rolled(roll, 10)]
    for remembered in (zone_named, local_day, whereabouts):
        remembered.cache_clear()
    for (person, of, by), first in reversed(found):
        backwards = replace(person, contacts=person.contacts[::-1])
        assert decide(backwards, of, NOW.astimezone(timezone(timedelta(hours=9))), by) == first


@MANY
@given(ROLLS)
def test_a_paused_campaign_sends_nothing(roll: int) -> None:
    for person, of, by in rolled(roll):
        assert decide(person, replace(of, ready="paused"), NOW, by).outcome is not Outcome.SEND
