import pytest

from crm_store.cases.grievance_words import (
    category_of,
    has_no_order,
    is_grievance,
    leaves,
    severity_of,
    tells_something,
)
from crm_store.numbers import case_numbers, contact_in, order_numbers
from crm_store.people.language_words import language_wanted
from crm_store.people.profile_words import field_in
from crm_store.talks.score_words import Score, plain_score_in, score_in


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("订单WM104233到哪了", ["WM104233"]),
        ("wm 104233 please", ["WM104233"]),
        ("ＷＭ１０４２３３", ["WM104233"]),
        ("104233", ["104233"]),
        ("my case C10042", []),
        ("a@b12345.com", []),
        ("I bought 2 shirts", []),
    ],
)
def test_order_numbers_are_found_next_to_chinese_and_in_full_width(text: str, numbers: list[str]) -> None:
    assert order_numbers(text) == numbers


def test_case_numbers_are_told_from_order_numbers() -> None:
    assert case_numbers("我的投诉c10042怎么样了") == ["C10042"]
    assert order_numbers("我的投诉C10042怎么样了") == []


@pytest.mark.parametrize("text", ["emma.tan@example.com", "M10000001", "+65 9123 0001", "9123 0001"])
def test_a_contact_standing_alone_is_recognised(text: str) -> None:
    assert contact_in(text) == text.lower()


@pytest.mark.parametrize("text", ["WM104233", "104233", "4", "2026-11-21"])
def test_other_numbers_are_no_contact(text: str) -> None:
    assert contact_in(text) is None


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("4", Score(4, 5)),
        ("8/10 good service", Score(8, 10)),
        ("给3分", Score(3, 5)),
        ("五颗星", Score(5, 5)),
        ("ten out of ten", Score(10, 10)),
        ("非常不满意", Score(1, 5)),
        ("not satisfied", Score(2, 5)),
        ("⭐⭐⭐", Score(3, 5)),
        ("满意", Score(4, 5)),
        ("12/10", None),
        ("the blue one", None),
    ],
)
def test_scores_are_read_from_figures_stars_and_words(text: str, score: Score | None) -> None:
    assert score_in(text) == score


@pytest.mark.parametrize("text", ["1 star, nobody helped me", "8/10", "给五颗星", "⭐⭐"])
def test_some_scores_speak_for_themselves(text: str) -> None:
    assert plain_score_in(text) is not None


@pytest.mark.parametrize("text", ["4", "等了10分钟", "3/5/2026", "星期二", "50 points", "good"])
def test_a_figure_alone_is_a_score_only_when_one_was_asked_for(text: str) -> None:
    assert plain_score_in(text) is None


@pytest.mark.parametrize(("value", "best", "low"), [(2, 5, True), (3, 5, False), (4, 10, True), (5, 10, False)])
def test_the_lower_two_fifths_are_low(value: int, best: int, low: bool) -> None:
    assert Score(value, best).is_low is low


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("speak Chinese", "zh"),
        ("说英文", "en"),
        ("I can't read Chinese", "en"),
        ("看不懂英文", "zh"),
        ("不要英文 要中文", "zh"),
        ("why are you replying in chinese? english pls", "en"),
        ("change language", None),
    ],
)
def test_the_language_asked_for_is_read_from_words(text: str, language: str | None) -> None:
    assert language_wanted(text) == language


@pytest.mark.parametrize(
    "text", ["the kettle caught fire", "吃了以后过敏", "我被烫伤了", "my son cut himself and was injured", "插座漏电"]
)
def test_danger_makes_a_case_severe(text: str) -> None:
    assert severity_of(text) == "high"


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("your cashier was rude", "staff"),
        ("你们发错货了", "wrong_item"),
        ("少发了一件", "missing_item"),
        ("I was charged twice", "charge"),
        ("the plate arrived cracked", "broken"),
        ("the kettle caught fire", "safety"),
        ("smoke came out of the plug", "safety"),
        ("插上电就着火了", "safety"),
        ("it broke and then it sparked", "safety"),
        ("the music is too loud", "other"),
    ],
)
def test_a_case_has_a_category(text: str, category: str) -> None:
    assert category_of(text) == category


@pytest.mark.parametrize("text", ["I want to complain", "我要投诉", "投訴", "how do i file a complaint"])
def test_announcing_a_complaint_tells_nothing_yet(text: str) -> None:
    assert not tells_something(text)


@pytest.mark.parametrize("text", ["broken toaster", "杯子破了", "I waited an hour at the counter"])
def test_what_happened_is_recognised(text: str) -> None:
    assert tells_something(text)


def test_a_word_of_danger_alone_is_no_grievance() -> None:
    assert not is_grievance("do you sell smoke alarms?")
    assert is_grievance("the plug broke and sparked")


def test_forget_it_is_the_whole_message_or_nothing() -> None:
    assert leaves("never mind!")
    assert leaves("算了。")
    assert not leaves("I had to cancel my holiday")


def test_there_may_be_no_order() -> None:
    assert has_no_order("no order")
    assert has_no_order("不记得了")
    assert not has_no_order("WM104233")


@pytest.mark.parametrize(
    ("text", "field"),
    [("I moved house", "address"), ("改手机号", "phone"), ("wrong birthday", "birthday"), ("改资料", None)],
)
def test_the_field_of_the_profile_is_read_from_words(text: str, field: str | None) -> None:
    assert field_in(text) == field
