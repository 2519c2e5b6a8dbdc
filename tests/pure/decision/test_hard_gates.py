"""The hard gates: what each refuses, and which of two names the reason."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest

from crm_store.decision.decision import Outcome, Reason
from crm_store.decision.facts import Facts, Permission, Reach, Rules
from crm_store.decision.gates import HARD_GATES
from crm_store.decision.message import Message, Policy
from crm_store.people.consent import Purpose
from tests.pure.decision.asking import NOW, STOP, YES, asked, facts, message, rules, standing, step

Asked = tuple[Facts, Message, Policy]


def of_standing(**changes: Any) -> Callable[[Asked], Asked]:
    return lambda given: (replace(given[0], standing=replace(given[0].standing, **changes)), *given[1:])


def of_rules(**changes: Any) -> Callable[[Asked], Asked]:
    def change(given: Asked) -> Asked:
        own = replace(given[0].standing.rules, **changes)
        return of_standing(rules=own)(given)

    return change


def of_facts(**changes: Any) -> Callable[[Asked], Asked]:
    return lambda given: (replace(given[0], **changes), *given[1:])


def of_message(**changes: Any) -> Callable[[Asked], Asked]:
    return lambda given: (given[0], replace(given[1], **changes), given[2])


def of_policy(**changes: Any) -> Callable[[Asked], Asked]:
    return lambda given: (*given[:2], replace(given[2], **changes))


FAILURES: dict[Reason, Callable[[Asked], Asked]] = {
    Reason.DUPLICATE: of_facts(taken=True),
    Reason.CANCELLED: of_message(ready="cancelled"),
    Reason.EXPIRED: of_message(expires_at=NOW - timedelta(seconds=1)),
    Reason.CUSTOMER_BLOCKED: of_standing(blocked="erased"),
    Reason.ADDRESS_SUPPRESSED: of_standing(reach=(Reach("email", "bounced"), Reach("telegram", "blocked"))),
    Reason.NO_CONSENT: of_standing(permissions=(Permission(Purpose.PROMOTION, "*", False, 0),)),
    Reason.OWN_PREFERENCE: of_rules(impersonal=True),
    Reason.OPEN_CASE: of_standing(hushed=True),
    Reason.NO_LONGER_ELIGIBLE: of_facts(eligible=False),
    Reason.HOLDOUT: of_facts(held_out=True),
    Reason.PULL_ONLY: of_rules(pull=True),
    Reason.NO_CHANNEL: of_policy(windows=frozenset({"telegram", "email"})),
}
ORDER = [reason for reason, _, _ in HARD_GATES]
LATER: dict[Reason, Callable[[Asked], Asked]] = {
    Reason.NOT_YET: of_message(not_before=NOW + timedelta(hours=1)),
    Reason.SNOOZE: of_rules(snoozed_until=NOW + timedelta(days=2)),
    Reason.HOURS: of_rules(hours=("13:00", "14:00")),
    Reason.DAYS: of_rules(days=frozenset({5})),
    Reason.OWN_CAP: of_rules(at_most=(0, "month")),
    Reason.PAUSED: of_message(ready="paused"),
    Reason.LATE: of_message(day="2026-11-24", at_clock="09:00", late="skip", fired_at=NOW),
}
ALLOWED = (facts(), message(), rules())


def test_the_order_is_the_one_of_the_domain() -> None:
    assert list(FAILURES) == ORDER == [reason for reason in Reason if reason in FAILURES]


def test_nothing_in_the_way_sends_now_with_the_permission_it_rests_on() -> None:
    decision = asked()
    assert (decision.outcome, decision.reason, decision.channel) == (Outcome.SEND, Reason.ALLOWED, "telegram")
    assert (decision.consent, decision.policy_version, decision.until) == ("promotion:*", 3, None)


@pytest.mark.parametrize(("reason", "outcome"), [(reason, outcome) for reason, outcome, _ in HARD_GATES])
def test_each_gate_alone_gives_its_own_reason_and_outcome(reason: Reason, outcome: Outcome) -> None:
    given, of, by = FAILURES[reason](ALLOWED)
    decision = asked(given, of, by=by)
    assert (decision.reason, decision.outcome) == (reason, outcome)
    assert decision.trace[-1].gate == reason
    assert [entry.passed for entry in decision.trace] == [True] * ORDER.index(reason) + [False]


@pytest.mark.parametrize(("first", "second"), list(combinations(ORDER, 2)))
def test_of_two_gates_that_fail_the_earlier_names_the_reason(first: Reason, second: Reason) -> None:
    given, of, by = FAILURES[first](FAILURES[second](ALLOWED))
    assert asked(given, of, by=by).reason == first


@pytest.mark.parametrize("hard", ORDER)
@pytest.mark.parametrize("timed", list(LATER))
def test_a_hard_gate_goes_before_every_time_gate(hard: Reason, timed: Reason) -> None:
    given, of, by = FAILURES[hard](LATER[timed](ALLOWED))
    assert asked(given, of, by=by).reason == hard


@pytest.mark.parametrize("blocked", ["erased", "merged", "staff"])
def test_a_blocked_customer_is_not_even_sent_service_messages(blocked: str) -> None:
    assert asked(facts(blocked=blocked), message(purpose=Purpose.SERVICE)).reason == Reason.CUSTOMER_BLOCKED


@pytest.mark.parametrize(
    ("born", "reason"),
    [
        ("2010-11-24", Reason.ALLOWED),
        ("2010-11-25", Reason.CUSTOMER_BLOCKED),
        ("1990-01-01", Reason.ALLOWED),
    ],
)
def test_a_minor_is_blocked_for_the_purposes_that_have_an_age(born: str, reason: Reason) -> None:
    assert asked(facts(born=born)).reason == reason
    assert asked(facts(born=born), message(purpose=Purpose.CARE)).reason == Reason.ALLOWED


def test_who_comes_of_age_does_so_on_the_local_date() -> None:
    late_evening = NOW.replace(hour=15, minute=59)
    open_all_day = rules(hours={})
    born = facts(born="2010-11-25")
    assert asked(born, at=late_evening, by=open_all_day).reason == Reason.CUSTOMER_BLOCKED
    assert asked(born, at=late_evening + timedelta(minutes=1), by=open_all_day).reason == Reason.ALLOWED


def test_born_on_29_february_one_comes_of_age_on_1_march() -> None:
    born, of = facts(born="2008-02-29"), message(expires_at=NOW + timedelta(days=900))
    seventeen = rules(minimum_age={Purpose.PROMOTION: 17})
    assert asked(born, of, NOW.replace(year=2025, month=2, day=28), seventeen).reason == Reason.CUSTOMER_BLOCKED
    assert asked(born, of, NOW.replace(year=2025, month=3, day=1), seventeen).reason == Reason.ALLOWED


def test_a_stop_is_a_suppressed_address_and_a_no_to_one_purpose_is_not() -> None:
    assert asked(facts(permissions=STOP)).reason == Reason.ADDRESS_SUPPRESSED
    assert asked(facts(permissions=STOP[2:])).reason == Reason.NO_CONSENT


def test_a_stop_holds_though_there_is_no_address_to_stop() -> None:
    assert asked(facts(permissions=STOP, reach=())).reason == Reason.ADDRESS_SUPPRESSED


def test_service_messages_go_after_a_stop() -> None:
    assert asked(facts(permissions=STOP), message(purpose=Purpose.SERVICE)).outcome == Outcome.SEND


@pytest.mark.parametrize("state", ["blocked", "bounced", "stopped"])
def test_an_address_that_takes_nothing_is_passed_over_for_every_purpose(state: str) -> None:
    person = facts(reach=(Reach("email", "ok"), Reach("telegram", state)))
    for purpose in Purpose:
        decision = asked(person, message(purpose=purpose))
        assert (decision.outcome, decision.channel) == (Outcome.SEND, "email")
        assert step(decision, Reason.ADDRESS_SUPPRESSED) == (True, "telegram")
    alone = asked(facts(reach=(Reach("telegram", state),)))
    assert step(alone, Reason.ADDRESS_SUPPRESSED) == (False, f"telegram {state}")


def test_service_needs_no_consent_and_keeps_an_outspoken_no() -> None:
    service = message(purpose=Purpose.SERVICE)
    assert asked(facts(permissions=()), service).consent is None
    assert asked(facts(permissions=()), service).outcome == Outcome.SEND
    refused = (Permission(Purpose.SERVICE, "*", False, 0),)
    assert asked(facts(permissions=refused), service).reason == Reason.NO_CONSENT


def test_silence_is_no_consent_for_all_else() -> None:
    for purpose in (Purpose.CARE, Purpose.SURVEY, Purpose.PROMOTION):
        assert asked(facts(permissions=()), message(purpose=purpose)).reason == Reason.NO_CONSENT


@pytest.mark.parametrize(
    ("said", "channel"),
    [
        ([("*", True), ("telegram", False)], "email"),
        ([("telegram", False), ("*", True)], "telegram"),
        ([("telegram", True), ("*", False)], None),
        ([("*", False), ("telegram", True)], "telegram"),
        ([("email", True)], "email"),
    ],
)
def test_of_two_words_on_a_channel_the_later_counts_whatever_is_more_exact(
    said: list[tuple[str, bool]], channel: str | None
) -> None:
    permissions = tuple(Permission(Purpose.PROMOTION, name, yes, place) for place, (name, yes) in enumerate(said))
    assert asked(facts(permissions=permissions)).channel == channel
    assert asked(facts(permissions=permissions[::-1])).channel == channel


def test_consent_is_asked_for_each_channel_and_names_the_row_it_rests_on() -> None:
    only_email = (Permission(Purpose.PROMOTION, "email", True, 0),)
    decision = asked(facts(permissions=only_email))
    assert (decision.channel, decision.consent) == ("email", "promotion:email")
    assert step(decision, Reason.NO_CONSENT) == (True, "telegram")


@pytest.mark.parametrize(
    ("own", "occasion", "stage", "refused"),
    [
        ({"only_occasions": frozenset({"birthday"})}, "birthday", None, None),
        ({"only_occasions": frozenset({"birthday"})}, "christmas", None, "only birthday"),
        ({"only_occasions": frozenset({"birthday"})}, None, None, "only birthday"),
        ({"off": frozenset({"mothers_day"})}, "mothers_day", None, "off mothers_day"),
        ({"off": frozenset({"mothers_day"})}, "birthday", None, None),
        ({"stage": "after"}, None, "before", "stage after"),
        ({"stage": "after"}, None, "after", None),
        ({"stage": "after"}, None, None, None),
        ({"only_channels": ("sms",)}, None, None, "channels sms"),
        ({"only_channels": ("email",)}, None, None, None),
    ],
)
def test_own_preferences_are_kept(
    own: dict[str, Any], occasion: str | None, stage: str | None, refused: str | None
) -> None:
    of = message(occasion=occasion, stage=stage)
    decision = asked(facts(**own), of)
    assert step(decision, Reason.OWN_PREFERENCE) == (refused is None, refused or step_detail(own))
    assert asked(facts(**own), replace(of, purpose=Purpose.SERVICE)).outcome == Outcome.SEND


def step_detail(own: dict[str, Any]) -> str:
    return "telegram" if "only_channels" in own else ""


def test_who_wants_no_profiling_gets_only_what_everybody_gets() -> None:
    assert asked(facts(impersonal=True)).reason == Reason.OWN_PREFERENCE
    assert asked(facts(impersonal=True), message(personal=False)).outcome == Outcome.SEND


def test_an_open_complaint_holds_promotions_and_nothing_else() -> None:
    assert asked(facts(hushed=True)).reason == Reason.OPEN_CASE
    for purpose in (Purpose.SERVICE, Purpose.CARE, Purpose.SURVEY):
        assert asked(facts(hushed=True), message(purpose=purpose)).outcome == Outcome.SEND


def test_a_settled_complaint_holds_promotions_for_a_while() -> None:
    assert asked(facts(hushed_until=NOW + timedelta(seconds=1))).reason == Reason.OPEN_CASE
    assert asked(facts(hushed_until=NOW)).outcome == Outcome.SEND


def test_who_asked_not_to_be_written_to_first_gets_it_when_they_write_but_service_goes() -> None:
    decision = asked(facts(pull=True))
    assert (decision.outcome, decision.reason) == (Outcome.PARK, Reason.PULL_ONLY)
    assert asked(facts(pull=True), message(purpose=Purpose.SERVICE)).outcome == Outcome.SEND


def test_without_any_address_it_waits_until_they_write() -> None:
    decision = asked(facts(reach=()))
    assert (decision.outcome, decision.reason) == (Outcome.PARK, Reason.NO_CHANNEL)


def test_a_standing_says_nothing_of_ids() -> None:
    assert not [name for name in standing().__dataclass_fields__ if name.endswith("id")]
    assert YES[0].key == "care:*"
    assert Rules() == standing().rules
