"""How much is enough: rolling windows in three layers, the person's own, and who has the slot when two want it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_store.decision.caps import OWN_WINDOWS, counted, crowded
from crm_store.decision.decision import Outcome, Reason
from crm_store.decision.facts import Contact
from crm_store.decision.message import Cap, Message, Policy
from crm_store.people.consent import Purpose
from tests.pure.decision.asking import NOW, asked, facts, message, reserved, rules, sent, step

WEEK = timedelta(days=7)
OTHERS = [Purpose.CARE, Purpose.SURVEY, Purpose.PROMOTION]


def test_the_week_rolls_so_that_midnight_opens_no_loophole() -> None:
    """23:00 and 00:00 the next day are an hour apart, whatever the date says."""
    by = rules(overall=(Cap(1, timedelta(days=1)),), gap=timedelta(0), hours={})
    late = replace(sent(0), at=NOW - timedelta(hours=1))
    assert asked(facts(contacts=(late,)), by=by).until == NOW + timedelta(hours=23)


@pytest.mark.parametrize(
    ("contacts", "reason", "detail"),
    [
        ([(23, Purpose.CARE)], Reason.GAP, "1 in 24 hours"),
        ([(30, Purpose.CARE), (60, Purpose.CARE), (90, Purpose.SURVEY)], Reason.CAP_OVERALL, "3 in 7 days"),
        ([(30, Purpose.PROMOTION), (60, Purpose.PROMOTION)], Reason.CAP_PURPOSE, "2 in 7 days"),
        ([(30, Purpose.PROMOTION), (60, Purpose.CARE)], Reason.ALLOWED, ""),
    ],
)
def test_every_layer_has_to_hold(contacts: list[tuple[int, Purpose]], reason: Reason, detail: str) -> None:
    decision = asked(facts(contacts=tuple(sent(hours, purpose) for hours, purpose in contacts)))
    assert decision.reason == reason
    if detail:
        assert step(decision, reason) == (False, detail)


def test_a_channel_counts_only_what_went_by_it() -> None:
    by = rules(by_channel={"telegram": (Cap(1, WEEK),)})
    assert asked(facts(contacts=(sent(30, channel="email"),)), by=by).outcome == Outcome.SEND
    assert asked(facts(contacts=(sent(30),)), by=by).reason == Reason.CAP_CHANNEL


def test_service_messages_are_neither_counted_nor_held_back() -> None:
    many = tuple(sent(hours, Purpose.SERVICE) for hours in range(1, 30))
    assert asked(facts(contacts=many)).outcome == Outcome.SEND
    busy = facts(contacts=tuple(sent(hours) for hours in range(1, 30)))
    assert asked(busy, message(purpose=Purpose.SERVICE)).outcome == Outcome.SEND


@pytest.mark.parametrize(("per", "days"), [("day", 1), ("week", 7), ("month", 31), ("year", 366)])
def test_the_own_lower_cap_wins(per: str, days: int) -> None:
    before = facts(at_most=(1, per), contacts=(sent(days * 24 - 1),))
    of = message(expires_at=NOW + timedelta(days=2))
    decision = asked(before, of, by=rules(gap=timedelta(0)))
    assert (decision.reason, decision.until) == (Reason.OWN_CAP, NOW + timedelta(hours=1))
    assert asked(facts(at_most=(9, per), contacts=(sent(1),))).reason == Reason.GAP


def test_at_most_none_is_never() -> None:
    assert asked(facts(at_most=(0, "year"))).reason == Reason.EXPIRED_WAITING


FIRST = message(occurrence=5, priority=1)
SECOND = message(occurrence=9, priority=7)


def test_a_reservation_of_who_goes_first_counts_and_is_named() -> None:
    decision = asked(facts(contacts=(reserved(FIRST, 2),)))
    assert (decision.reason, decision.displaced_by) == (Reason.GAP, 5)
    assert decision.until == NOW + timedelta(hours=26)


def test_a_reservation_of_who_goes_later_does_not_count() -> None:
    decision = asked(facts(contacts=(reserved(SECOND, 2),)))
    assert (decision.outcome, decision.displaced_by) == (Outcome.SEND, None)


def test_the_own_reservation_does_not_stand_in_its_own_way() -> None:
    assert asked(facts(contacts=(reserved(message(), 1),))).outcome == Outcome.SEND


def test_what_was_sent_is_nobodys_slot() -> None:
    decision = asked(facts(contacts=(sent(1), reserved(FIRST, 1))), by=rules(hours={}))
    assert decision.displaced_by == 5, "after the sent one the reservation is in the way"
    assert asked(facts(contacts=(sent(1), reserved(FIRST, -2)))).displaced_by is None


@pytest.mark.parametrize(
    ("winner", "loser"),
    [
        (message(occurrence=9, purpose=Purpose.CARE, priority=9), message(occurrence=1, priority=0)),
        (message(occurrence=9, purpose=Purpose.SURVEY), message(occurrence=1)),
        (message(occurrence=9, priority=4), message(occurrence=1, priority=5)),
        (message(occurrence=9, expires_at=NOW + timedelta(days=2)), message(occurrence=1)),
        (message(occurrence=1), message(occurrence=9)),
    ],
)
def test_purpose_then_priority_then_nearest_expiry_then_id_decide_who_has_a_slot(
    winner: Message, loser: Message
) -> None:
    by = rules(gap=WEEK)
    assert asked(facts(contacts=(reserved(loser),)), winner, by=by).outcome == Outcome.SEND
    decision = asked(facts(contacts=(reserved(winner),)), loser, by=by)
    assert (decision.outcome, decision.displaced_by) == (Outcome.DEFER, winner.occurrence)


def test_who_never_gets_a_slot_before_it_expires_knows_who_had_it() -> None:
    short = message(occurrence=9, expires_at=NOW + timedelta(hours=6), priority=7)
    decision = asked(facts(contacts=(reserved(FIRST),)), short)
    assert (decision.reason, decision.displaced_by) == (Reason.EXPIRED_WAITING, 5)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Contact, ...]:
    hours = draw(st.lists(st.integers(-400, 400), max_size=8))
    return tuple(
        Contact(
            NOW + timedelta(hours=hour), draw(st.sampled_from(OTHERS)), draw(st.sampled_from(["email", "telegram"]))
        )
        for hour in hours
    )


def full(at: datetime, contacts: tuple[Contact, ...], cap: Cap) -> bool:
    """By counting: whether one more at that time lies in a stretch shorter than the window with too many others."""
    times = [contact.at for contact in contacts]
    starts = [time for time in [*times, at] if time <= at and at - time < cap.within]
    return any(sum(start <= time < start + cap.within for time in times) >= cap.count for start in starts)


@settings(max_examples=200, deadline=None)
@given(histories(), st.integers(1, 3), st.integers(1, 200))
def test_there_is_room_at_the_instant_given_and_none_before(
    contacts: tuple[Contact, ...], count: int, hours: int
) -> None:
    cap = Cap(count, timedelta(hours=hours))
    found = crowded(NOW, counted(contacts, message()), cap)
    until = found.at if found else NOW
    assert until is not None
    assert not full(until, contacts, cap)
    span = int((until - NOW) / timedelta(hours=1))
    assert all(full(NOW + timedelta(hours=hour), contacts, cap) for hour in range(span))


@dataclass
class Diary:
    """One person, and what becomes of messages that are decided whenever and in whatever order."""

    policy: Policy
    own: dict[str, Any]
    sent: list[Contact] = field(default_factory=list)
    waiting: dict[int, tuple[Message, Contact]] = field(default_factory=dict)

    def decide(self, of: Message, now: datetime) -> None:
        others = [contact for number, (_, contact) in self.waiting.items() if number != of.occurrence]
        decision = asked(facts(contacts=(*self.sent, *others), **self.own), of, now, self.policy)
        self.waiting.pop(of.occurrence, None)
        if decision.outcome is Outcome.SEND:
            self.sent.append(Contact(now, of.purpose, decision.channel or ""))
        elif decision.until is not None:
            self.waiting[of.occurrence] = of, Contact(decision.until, of.purpose, decision.channel or "", of.rank)

    def keeps(self, cap: Cap, purpose: str = "", channel: str = "") -> bool:
        times = sorted(c.at for c in self.sent if purpose in ("", c.purpose) and channel in ("", c.channel))
        return all(later - first >= cap.within for first, later in zip(times, times[cap.count :], strict=False))


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_no_cap_is_ever_exceeded_whatever_is_decided_in_whatever_order(data: st.DataObject) -> None:
    """Two campaigns racing for one slot: whoever is decided first, the cap holds."""
    caps = st.builds(Cap, st.integers(1, 3), st.sampled_from([timedelta(hours=12), timedelta(days=2), WEEK]))
    policy = rules(
        hours={},
        overall=(data.draw(caps), data.draw(caps)),
        by_purpose={Purpose.PROMOTION: (data.draw(caps),)},
        by_channel={"telegram": (data.draw(caps),)},
        gap=data.draw(st.sampled_from([timedelta(0), timedelta(hours=5)])),
    )
    own = data.draw(st.sampled_from([{}, {"at_most": (1, "day")}, {"at_most": (2, "week")}]))
    diary = Diary(policy, own)
    messages = [
        message(occurrence=number, priority=data.draw(st.integers(0, 2)), purpose=data.draw(st.sampled_from(OTHERS)))
        for number in range(1, 7)
    ]
    now = NOW
    for of in data.draw(st.lists(st.sampled_from(messages), min_size=4, max_size=16)):
        now += timedelta(hours=data.draw(st.integers(0, 60)))
        diary.decide(of, now)
    assert all(diary.keeps(cap) for cap in (*policy.overall, Cap(1, policy.gap)))
    assert all(diary.keeps(cap, purpose=Purpose.PROMOTION) for cap in policy.by_purpose[Purpose.PROMOTION])
    assert all(diary.keeps(cap, channel="telegram") for cap in policy.by_channel["telegram"])
    if own:
        count, per = own["at_most"]
        assert diary.keeps(Cap(count, OWN_WINDOWS[per]))
