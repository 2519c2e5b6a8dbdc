"""What cannot be sent is refused when it is saved, with the field and the line named."""

# ruff: noqa: DTZ001 - wall-clock times have no zone

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.model import Languages
from crm_store.people.consent import Purpose
from crm_store.plans.checking import problems, warnings
from crm_store.plans.content_checking import longest
from crm_store.plans.plan import Anniversary, Content, Once, OnEvent, Plan, Repeating
from crm_store.plans.problem import ChannelLimits, Known, OfferLeft, Problem
from crm_store.plans.variables import known_in, variables
from crm_store.plans.wording import content_for, filled, plainly_braced, render
from tests.pure.plans.test_triggers import cron
from tests.pure.plans.texts import LIMITS, both, plan

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CARE, PROMOTION = Purpose.CARE, Purpose.PROMOTION


def found(checked: Plan, purpose: Purpose = CARE, **known: Any) -> list[tuple[str, str]]:
    return [(one.field, one.code) for one in problems(checked, purpose, LIMITS, Known(**known))]


def test_a_whole_plan_has_no_problems() -> None:
    assert found(plan(), now=NOW, cron=cron) == []


def test_an_empty_one_is_told_all_that_is_missing() -> None:
    assert found(Plan()) == [("segment_id", "missing"), ("trigger.at", "missing"), ("channels", "missing")]


@pytest.mark.parametrize(
    ("text", "line", "code", "named"),
    [
        ("Hello {first_nam}", 1, "unknown_variable", {"variable": "first_nam"}),
        ("Hello\n\nyour code: {coupon_code}", 3, "not_known_here", {"variable": "coupon_code"}),
        ("for {whom}", 1, "not_known_here", {"variable": "whom"}),
        ("Hello\n{ first_name }", 2, "broken_brace", {"found": "{ first_name }"}),
    ],
)
def test_a_variable_that_has_no_value_is_refused_with_its_line(
    text: str, line: int, code: str, named: dict[str, str]
) -> None:
    refused = problems(plan(text), CARE, LIMITS)
    assert refused == [Problem(f"contents.{language}.*.text", line, code, named) for language in Languages]


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("coupon_code", {"coupon_offer_id": 3}),
        ("coupon_until", {"trigger": OnEvent(of="coupon_lapsing")}),
        ("order_number", {"trigger": OnEvent(of="purchase")}),
        ("whom", {"trigger": Anniversary(of="child_birthday")}),
        ("occasion", {"trigger": Anniversary(of="mid_autumn")}),
        ("days_left", {"trigger": OnEvent(of="running_low")}),
        ("complaint_number", {"trigger": OnEvent(of="complaint_closed")}),
    ],
)
def test_a_variable_is_known_where_its_trigger_or_offer_brings_it(name: str, more: dict[str, Any]) -> None:
    assert found(plan(f"{{{name}}}", **more), offer=OfferLeft(False, None, 30)) == []
    assert name not in known_in(Plan(trigger=Once()))


def test_every_language_has_words_for_every_channel() -> None:
    """listmonk #905: one campaign in every language, and none of them left out."""
    contents = (Content(language="en", text="a"), Content(language="zh", channel="telegram", text="b"))
    assert found(plan(channels=("telegram", "sms"), contents=contents)) == [
        ("contents.zh.sms.text", "missing_language")
    ]


def test_a_language_nobody_speaks_here_and_words_twice_are_refused() -> None:
    contents = (*both("a"), Content(language="fr", text="c"), Content(language="en", text="d"))
    assert found(plan(contents=contents)) == [
        ("contents.fr.*.text", "unknown_language"),
        ("contents.en.*.text", "twice"),
    ]


def test_the_longest_values_count_and_the_line_that_is_too_much_is_named() -> None:
    text = "short\n" + "x" * 100 + "\n{preferences_link} {first_name}"
    refused = problems(plan(text, channels=("sms",)), CARE, LIMITS)
    assert [(one.field, one.line, one.code) for one in refused] == [
        (f"contents.{language}.*.text", 3, "too_long") for language in Languages
    ]
    assert refused[0].values == {"channel": "sms", "found": str(6 + 101 + 160 + 1 + 40), "most": "160"}


@given(st.lists(st.sampled_from(sorted(variables())), max_size=6), st.text(max_size=60))
def test_no_values_make_a_message_longer_than_was_checked(names: list[str], plain: str) -> None:
    text = plainly_braced(plain) + "".join(f"{{{name}}}" for name in names)
    values = {name: "x" * variables()[name].longest for name in variables()}
    assert longest(text) == len(filled(text, values))


@given(st.text(alphabet="{}a_\n ", max_size=30), st.text(alphabet="{}first_name", max_size=30))
def test_what_is_found_right_can_be_said(text: str, choice: str) -> None:
    checked = plan(text, contents=both(text, choices=(choice,)))
    if not found(checked):
        values = {name: "{name}" for name in variables()}
        for language in Languages:
            render(content_for(checked, "telegram", language), values)


def test_choices_are_few_short_and_different() -> None:
    assert found(plan(contents=both("a", choices=("1", "2", "3", "4")))) == [
        (f"contents.{language}.*.choices", "too_many_choices") for language in Languages
    ]
    assert found(plan(contents=both("a", choices=("Yes, please do, {first_name}", " ", "b", "b"))))[:4] == [
        ("contents.en.*.choices.2", "empty"),
        ("contents.en.*.choices.4", "twice"),
        ("contents.en.*.choices", "too_many_choices"),
        ("contents.en.*.choices.1", "too_long"),
    ]


def test_where_there_are_no_quick_replies_they_are_left_out() -> None:
    checked = plan(channels=("sms",), contents=both("a", choices=("Yes",)))
    assert found(checked) == []
    assert [one.code for one in warnings(checked, CARE, LIMITS)] == ["choices_left_out"]


@pytest.mark.parametrize(
    ("channel", "text", "code"),
    [
        ("telegram", "20 % off", "opt_out_sentence_missing"),
        ("telegram", "20 % off. Stop by our store!", "opt_out_sentence_missing"),
        ("telegram", "20 % off. {how_to_stop}", None),
        ("telegram", "20 % off. {preferences_link}", None),
        ("telegram", "20 % off. Reply STOP to end these / 回复“停止”", None),
        ("sms", "20 % off. {how_to_stop}", "opt_out_link_missing"),
        ("email", "20 % off.\nhttps://shop.example", "link_without_opt_out"),
        ("email", "20 % off. {preferences_link}", None),
    ],
)
def test_a_promotion_says_how_to_stop_it(channel: str, text: str, code: str | None) -> None:
    checked = plan(channels=(channel,), contents=both(text, subject="Sale"))
    expected = [(f"contents.{language}.*.text", code) for language in Languages] if code else []
    refused = problems(checked, PROMOTION, {**LIMITS, "sms": ChannelLimits(500, needs_opt_out="link")})
    assert [(one.field, one.code) for one in refused] == expected
    if code == "link_without_opt_out":
        assert refused[0].line == 2


def test_care_needs_an_opt_out_only_with_a_link_and_service_never() -> None:
    assert found(plan("Your parcel is at www.carrier.example"), Purpose.SERVICE) == []
    assert [code for _, code in found(plan("Read www.tips.example"))] == ["link_without_opt_out"] * 2
    assert found(plan("Good morning")) == []


def test_an_email_has_a_subject() -> None:
    assert found(plan(channels=("email",))) == [(f"contents.{language}.*.subject", "missing") for language in Languages]


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        (Once(at=datetime(2026, 11, 22, 10)), [("trigger.at", "past")]),
        (Once(at=datetime(2026, 11, 23, 9), clock="shop"), [("trigger.at", "past")]),
        (Once(at=datetime(2026, 11, 23, 11), clock="shop"), []),
        (Once(at=datetime(2026, 11, 23, 9)), []),
        (Once(at=datetime(2026, 11, 24, 9, tzinfo=UTC)), [("trigger.at", "has_zone")]),
        (Repeating(), [("trigger.cron", "missing")]),
        (Repeating(cron="every monday"), [("trigger.cron", "not_cron")]),
        (Repeating(cron="99 9 * * *"), [("trigger.cron", "not_cron")]),
        (Repeating(cron="0 9 30 2 *"), [("trigger.cron", "never")]),
        (Repeating(cron="0 9 * * *", until=datetime(2026, 11, 1)), [("trigger.until", "never")]),
        (Repeating(cron="0 9 * * mon", at_clock="10:00"), []),
        (Anniversary(of="towel_day"), [("trigger.of", "unknown_occasion")]),
        (OnEvent(of="sneeze"), [("trigger.of", "unknown_event")]),
    ],
)
def test_a_trigger_that_never_fires_is_refused(trigger: Any, expected: list[tuple[str, str]]) -> None:
    """Ahead of time, not by silence on the day."""
    assert found(plan("Hello", trigger=trigger), now=NOW, shop_zone="Asia/Singapore", cron=cron) == expected


def test_a_time_that_some_people_have_had_already_is_pointed_out() -> None:
    told = warnings(plan(trigger=Once(at=datetime(2026, 11, 23, 9))), CARE, LIMITS, Known(now=NOW))
    assert [one.code for one in told] == ["past_in_some_zones"]


@pytest.mark.parametrize(
    ("trigger", "hours", "expected"),
    [
        (Anniversary(at_clock="22:00"), 24, ["ends_first"]),
        (Anniversary(at_clock="08:00"), 24, []),
        (Anniversary(at_clock="08:00"), 1, ["ends_first"]),
        (Anniversary(of="mid_autumn", days=-1, at_clock="22:00"), 24, []),
        (Anniversary(of="mid_autumn", days=-1, at_clock="22:00"), 6, ["ends_first"]),
        (OnEvent(at_clock="10:00"), 1, []),
        (Once(at=datetime(2026, 12, 1, 22)), 5, ["ends_first"]),
    ],
)
def test_an_end_before_anybody_may_be_written_to_is_refused(trigger: Any, hours: int, expected: list[str]) -> None:
    """A birthday wish for ten at night, when nobody is written to after nine, would never go."""
    checked = plan("Hello", trigger=trigger, expires_after=hours)
    assert [code for _, code in found(checked, hours={CARE: ("09:00", "21:00")})] == expected


@pytest.mark.parametrize(
    ("offer", "members", "expected"),
    [
        (None, None, ["lapsed"]),
        (OfferLeft(True, None, 30), None, ["lapsed"]),
        (OfferLeft(False, 0, 30), None, ["too_few"]),
        (OfferLeft(False, 99, 30), 100, ["too_few"]),
        (OfferLeft(False, 100, 30), 100, []),
        (OfferLeft(False, None, 30), 10**6, []),
    ],
)
def test_there_is_a_code_for_everybody(offer: OfferLeft | None, members: int | None, expected: list[str]) -> None:
    checked = plan("{coupon_code}", coupon_offer_id=3)
    assert [code for _, code in found(checked, offer=offer, members=members)] == expected


def test_an_offer_whose_code_nobody_reads_is_pointed_out() -> None:
    assert [one.code for one in warnings(plan(coupon_offer_id=3), CARE, LIMITS)] == ["code_not_said"]


def test_a_survey_asks_everybody_it_is_meant_for() -> None:
    asked = plan(asks="score")
    assert found(asked, Purpose.SURVEY) == []
    assert found(plan(asks="score", holdout_percent=10), Purpose.SURVEY) == [("holdout_percent", "holdout_of_survey")]
    assert found(asked, CARE) == [("asks", "not_survey")]
    assert found(plan(), Purpose.SURVEY) == [("asks", "missing")]


def test_channels_are_known_and_named_once() -> None:
    checked = plan(channels=("telegram", "pigeon", "telegram"), lanes={"sms": "sms:shop"})
    assert found(checked) == [
        ("channels", "unknown_channel"),
        ("channels", "twice"),
        ("lanes.sms", "unknown_channel"),
    ]


def test_words_nobody_sees_and_choices_that_differ_are_pointed_out() -> None:
    contents = (Content(language="en", text="a", choices=("b",)), Content(language="zh", text="a"), *both("c", "sms"))
    told = warnings(plan(contents=contents), CARE, LIMITS)
    assert [one.code for one in told] == ["never_used", "never_used", "choices_differ"]


def test_a_segment_that_is_gone_is_no_audience() -> None:
    assert found(plan(), segment_usable=False) == [("segment_id", "gone")]


def test_whoever_calls_a_message_service_is_asked_twice() -> None:
    told = warnings(plan(), Purpose.SERVICE, LIMITS)
    assert [one.code for one in told] == ["about_their_own_business"]
    assert ("coupon_offer_id", "not_service") in found(plan(coupon_offer_id=3), Purpose.SERVICE)


def test_the_check_is_quick_enough_to_run_while_somebody_types() -> None:
    """Nothing in it looks again and again at what it has read."""
    big = plan("{first_name} " * 20_000)
    assert ("contents.en.*.text", "too_long") in found(big, now=NOW + timedelta(days=1))
