from datetime import date
from typing import Any

import pytest

from crm_store.people.preference_words import read_preferences
from crm_store.people.rules import PreferenceRule, loosens

TODAY = date(2026, 11, 21)  # a Saturday


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("don't message me before 10am", "hours", {"from": "10:00"}),
        ("no messages after 9pm please", "hours", {"to": "21:00"}),
        ("nothing before noon", "hours", {"from": "12:00"}),
        ("quiet hours 10pm to 8am", "hours", {"from": "08:00", "to": "22:00"}),
        ("早上十点前不要发消息", "hours", {"from": "10:00"}),
        ("晚上九點半以後別發", "hours", {"to": "21:30"}),
        ("中午十二点到两点之间发最好", "hours", {"from": "12:00", "to": "14:00"}),
        ("weekends only", "days", {"days": [5, 6]}),
        ("not on Sundays", "days", {"days": [0, 1, 2, 3, 4, 5]}),
        ("周日是休息日请勿发送", "days", {"days": [0, 1, 2, 3, 4, 5]}),
        ("at most once a month", "at_most", {"count": 1, "per": "month"}),
        ("一周最多两次", "at_most", {"count": 2, "per": "week"}),
        ("一個月最多一則", "at_most", {"count": 1, "per": "month"}),
        ("once a mth can already", "at_most", {"count": 1, "per": "month"}),
        ("only by email", "channels", {"only": ["email"]}),
        ("只用微信联系我", "channels", {"only": ["wechat"]}),
        ("contact me on LINE rather than email", "channels", {"first": ["line"]}),
        ("微信很少看，优先发邮箱", "channels", {"first": ["email"]}),
        ("snooze till March", "snooze", {"until": "2027-03-01"}),
        ("pause messages for two weeks", "snooze", {"until": "2026-12-05"}),
        ("三月之前先别发", "snooze", {"until": "2027-03-01"}),
        ("出国到六月底，期间先停一停", "snooze", {"until": "2027-07-01"}),
        ("两个月别理我，之后再说", "snooze", {"until": "2027-01-20"}),
        ("don't write first, I'll ask", "style", {"style": "pull"}),
        ("不要主动联系我，我需要会自己问", "style", {"style": "pull"}),
        ("消息改用中文发", "language", {"language": "zh"}),
    ],
)
def test_a_rule_is_read_in_both_languages(text: str, kind: str, value: dict[str, Any]) -> None:
    assert read_preferences(text, TODAY) == [PreferenceRule(kind, value)]


def test_two_rules_in_one_message_are_both_read() -> None:
    rules = read_preferences("not before 10am and at most twice a week", TODAY)
    assert [rule.kind for rule in rules] == ["hours", "at_most"]


@pytest.mark.parametrize(
    "text",
    [
        "less often please",
        "not during Ramadan",
        "just beauty news please",
        "能不能别一天发三次",
        "call only in the afternoon",
        "节日前一周提醒我一次就好",
    ],
)
def test_what_cannot_be_read_without_doubt_is_not_guessed(text: str) -> None:
    assert read_preferences(text, TODAY) == []


@pytest.mark.parametrize(
    ("before", "rule", "looser"),
    [
        ({"count": 1, "per": "month"}, PreferenceRule("at_most", {"count": 1, "per": "week"}), True),
        ({"count": 1, "per": "week"}, PreferenceRule("at_most", {"count": 2, "per": "month"}), False),
        ({"days": [5, 6]}, PreferenceRule("days", {"days": [5]}), False),
        ({"days": [5, 6]}, PreferenceRule("days", {"days": [0, 5]}), True),
        ({"from": "10:00"}, PreferenceRule("hours", {"from": "09:00"}), True),
        ({"from": "10:00"}, PreferenceRule("hours", {"from": "10:00", "to": "20:00"}), False),
        ({"until": "2027-03-01"}, PreferenceRule("snooze", {"until": "2026-12-01"}), True),
        ({"style": "pull"}, PreferenceRule("style", {"style": "push"}), True),
        ({"only": ["email"]}, PreferenceRule("channels", {"first": ["sms"]}), True),
    ],
)
def test_a_rule_that_allows_more_than_before_is_looser(
    before: dict[str, Any], rule: PreferenceRule, looser: bool
) -> None:
    assert loosens(before, rule) is looser
