"""What shoppers wish, in many wordings and both languages; what could be meant otherwise never loosens."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.people.consent import STOPPABLE, Purpose
from crm_store.people.consent_words import Topic, narrowed, read_consent
from crm_store.people.preference_words import read_preferences
from crm_store.wishes.spoken import FRESH, LATEST, Said, certain_wishes, pauses, read_wishes, undoes
from tests.nlu.training_files import LANGUAGES, examples

TODAY = date(2026, 11, 23)  # a Monday
PROMOTION, CARE, SURVEY = Purpose.PROMOTION, Purpose.CARE, Purpose.SURVEY
BIRTHDAYS = {"occasions": ["birthday"]}
AWAY = {"zone": "Asia/Tokyo", "until": "2026-11-29"}


def rules(text: str) -> list[tuple[str, dict[str, Any]]]:
    return [(rule.kind, rule.value) for rule in read_preferences(text, TODAY)]


@pytest.mark.parametrize(
    "text",
    [
        "only birthdays, nothing before ten, at most one a month",
        "Only birthdays please, nothing before 10am, no more than one a month",
        "at most once a month, only birthday messages, and not before ten",
        "只要生日祝福，十点前别发，一个月最多一条",
        "只在生日联系我，早上十点以前不要发，每个月最多一次",
        "只要生日祝福，十點前別發，一個月最多一則",
    ],
)
def test_three_rules_of_one_sentence_are_all_read(text: str) -> None:
    assert dict(rules(text)) == {"only": BIRTHDAYS, "hours": {"from": "10:00"}, "at_most": {"count": 1, "per": "month"}}


@pytest.mark.parametrize(
    ("text", "occasions"),
    [
        ("only birthdays", ["birthday"]),
        ("birthdays only please", ["birthday"]),
        ("just my birthday", ["birthday"]),
        ("nothing but birthdays and Christmas", ["christmas", "birthday"]),
        ("no messages except for birthdays", ["birthday"]),
        ("only write to me on Mother's Day", ["mothers_day"]),
        ("除了生日，其他都不要", ["birthday"]),
        ("生日以外的消息都不要", ["birthday"]),
        ("只發生日和聖誕節的就好", ["christmas", "birthday"]),
        ("只要中秋的问候", ["mid_autumn"]),
    ],
)
def test_nothing_but_some_occasions(text: str, occasions: list[str]) -> None:
    assert rules(text) == [("only", {"occasions": occasions})]


@pytest.mark.parametrize(
    "text", ["only promotions", "I only got a birthday card", "my birthday is the only day I shop", "birthdays", "生日"]
)
def test_what_does_not_leave_occasions_alone_sets_none(text: str) -> None:
    assert "only" not in dict(rules(text))


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("nothing before ten", {"from": "10:00"}),
        ("not before 10 please", {"from": "10:00"}),
        ("nothing after nine", {"to": "21:00"}),
        ("nothing after nine at night", {"to": "21:00"}),
        ("don't write before eight in the evening", {"from": "20:00"}),
        ("no messages before ten and after eight", {"from": "10:00", "to": "20:00"}),
        ("only between nine and five", {"from": "09:00", "to": "17:00"}),
        ("write after six", {"from": "18:00"}),
        ("nothing before 3 days", None),
        ("nothing before 10/5", None),
    ],
)
def test_an_hour_needs_no_am_or_pm_where_nothing_else_can_be_meant(text: str, hours: dict[str, str] | None) -> None:
    assert dict(rules(text)).get("hours") == hours


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("I'm in Tokyo this week", AWAY),
        ("i am in osaka for the rest of the week", AWAY),
        ("我这周在东京", AWAY),
        ("我這週在東京", AWAY),
        ("我到东京了，这周都在", AWAY),
        ("人在日本，到周日", AWAY),
        ("I'm travelling to London until Friday", {"zone": "Europe/London", "until": "2026-11-27"}),
        ("we're in New York for two weeks", {"zone": "America/New_York", "until": "2026-12-06"}),
        ("I'll be in Bali till 3 December", {"zone": "Asia/Makassar", "until": "2026-12-03"}),
        ("I'm in Sydney until March", {"zone": "Australia/Sydney", "until": "2027-02-28"}),
        ("接下来两周我在首尔", {"zone": "Asia/Seoul", "until": "2026-12-06"}),
        ("我今天在上海", {"zone": "Asia/Shanghai", "until": "2026-11-23"}),
    ],
)
def test_where_somebody_is_for_a_while_is_a_zone_with_its_last_day(text: str, value: dict[str, str]) -> None:
    assert rules(text) == [("zone", value)]


@pytest.mark.parametrize(
    "text",
    [
        "I'm in Tokyo",
        "I was in Tokyo this week",
        "I'm in Tokyo next week",
        "I'm not in Tokyo this week",
        "I'm in the US this week",
        "I'm in Atlantis this week",
        "do you have a store in Tokyo this week",
        "送到东京这周可以吗",
        "下周去东京",
        "我这周不在东京",
    ],
)
def test_a_clock_is_not_changed_on_a_guess(text: str) -> None:
    assert "zone" not in dict(rules(text))


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("only before I buy", "before"),
        ("nothing after I bought", "before"),
        ("don't contact me after a purchase", "before"),
        ("只在购买前联系我", "before"),
        ("買了以後就別發了", "before"),
        ("only after I've bought something", "after"),
        ("no messages before I buy", "after"),
        ("购买之前别打扰我", "after"),
        ("只要售后的消息", "after"),
    ],
)
def test_a_stage_is_before_or_after_they_buy(text: str, stage: str) -> None:
    assert ("stage", {"stage": stage}) in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "don't profile me",
        "please stop tracking me",
        "no personalised messages",
        "turn off personalization",
        "不要用户画像",
        "别给我做个性化推荐",
        "關閉個性化推薦",
        "不许根据我的购买记录推荐",
    ],
)
def test_profiling_can_be_refused(text: str) -> None:
    assert rules(text) == [("impersonal", {"impersonal": True})]


@pytest.mark.parametrize("text", ["track my order", "my profile picture", "personal shopper", "个人资料"])
def test_other_words_of_the_kind_refuse_no_profiling(text: str) -> None:
    assert "impersonal" not in dict(rules(text))


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("stop until March", "2027-03-01"),
        ("Stop until March!", "2027-03-01"),
        ("stop messaging me until 5 January", "2027-01-05"),
        ("stop for two weeks", "2026-12-07"),
        ("no messages till next month", "2026-12-01"),
        ("停到三月", "2027-03-01"),
        ("三月再说，先别发", "2027-03-01"),
        ("停到三月再說", "2027-03-01"),
    ],
)
def test_a_stop_until_a_day_is_a_pause(text: str, until: str) -> None:
    assert ("snooze", {"until": until}) in rules(text)
    assert pauses(text, TODAY)


@pytest.mark.parametrize("text", ["stop", "stop it for good", "never again", "退订", "以后都别发了"])
def test_a_stop_without_an_end_is_no_pause(text: str) -> None:
    assert not pauses(text, TODAY)


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        ("promotions by e-mail only", ("email",)),
        ("offers only by sms please", ("sms",)),
        ("no more promotions except by email", ("email",)),
        ("促销只发邮件", ("email",)),
        ("優惠只用微信通知我", ("wechat",)),
    ],
)
def test_one_purpose_can_be_left_one_channel(text: str, channels: tuple[str, ...]) -> None:
    reading = read_consent(text)
    assert reading.narrow == Topic((PROMOTION,), channels)
    assert (reading.withdraw, reading.grant) == (None, None)
    choices = narrowed(reading.narrow)
    assert {channel for _, channel, _ in choices}.isdisjoint({*channels, "*"})
    assert len(choices) == 7
    assert not any(granted for _, _, granted in choices)


@pytest.mark.parametrize(
    "text",
    [
        "no more promotions, birthdays are fine",
        "birthdays are fine but no more offers",
        "不要再发促销了，生日祝福可以",
        "促銷不要了，生日祝福可以",
        "keep the birthday wishes, kill the promotions",
    ],
)
def test_what_is_fine_is_neither_taken_nor_given(text: str) -> None:
    reading = read_consent(text)
    assert (reading.withdraw, reading.grant, reading.keep) == (Topic((PROMOTION,)), None, Topic((CARE,)))


def test_not_even_by_mail_is_nowhere() -> None:
    assert read_consent("no promotions, not even by email").withdraw == Topic((PROMOTION,))
    assert read_consent("促销连短信都不要").withdraw == Topic((PROMOTION,))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("any time is fine again", "hours"),
        ("什么时候发都可以", "hours"),
        ("any day is fine", "days"),
        ("as often as you like", "at_most"),
        ("unmute", "snooze"),
        ("not only birthdays", "only"),
        ("我回来了", "zone"),
    ],
)
def test_a_rule_can_be_lifted_in_so_many_words(text: str, kind: str) -> None:
    assert rules(text) == [(kind, {})]


@pytest.mark.parametrize(
    "text", ["don't write at any time of day", "no, any time is not fine", "不是什么时候发都可以的，别发"]
)
def test_a_lifting_that_is_refused_lifts_nothing(text: str) -> None:
    assert not [kind for kind, value in rules(text) if not value]


@pytest.mark.parametrize(
    ("text", "said", "shape"),
    [
        ("no more promotions, nothing before ten", Said.CONSENT, (1, 1, 0)),
        ("only birthdays, no promotions, nothing before ten", Said.RULES, (1, 2, 0)),
        ("nothing before ten, no Mother's Day", Said.RULES, (0, 1, 1)),
        ("no Mother's Day, no promotions either", Said.OCCASIONS, (1, 0, 1)),
        ("促销不要了，十点前别发", Said.CONSENT, (1, 1, 0)),
        ("stop the newsletter, I only read on weekends", Said.CONSENT, (1, 0, 0)),
    ],
)
def test_each_clause_is_read_for_what_it_says(text: str, said: Said, shape: tuple[int, int, int]) -> None:
    wishes = read_wishes(text, TODAY, said)
    assert (not wishes.consent.unclear, len(wishes.rules), len(wishes.occasions)) == shape


CERTAIN = [
    "only birthdays, nothing before ten, at most one a month",
    "promotions by e-mail only",
    "don't write to me, I'll ask",
    "stop until March",
    "I'm in Tokyo this week",
    "我这周在东京",
    "only before I buy",
    "nothing after I bought",
    "don't profile me",
    "只要生日祝福，十点前别发，一个月最多一条",
    "促销只发邮件",
    "停到三月",
    "别给我做个性化推荐",
    "只在购买前联系我",
    "nothing before ten",
    "at most one a month",
    "一個月最多一則",
    "I'm in Tokyo this week, nothing before ten",
]


@pytest.mark.parametrize("text", CERTAIN)
def test_a_message_that_is_all_wish_needs_no_model(text: str) -> None:
    assert certain_wishes(text, TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "I ordered only by email and it never came before ten",
        "can you deliver before ten?",
        "Sunday",
        "before ten",
        "you may write any time",
        "sign me up for promotions by e-mail only",
        "any time is fine again",
        "you may personalise again",
        "the tokyo bowl broke this week",
        "I'm in Tokyo this week, where is my order",
        "x" * 201,
        "",
    ],
)
def test_a_message_that_may_mean_something_else_is_left_to_the_model(text: str) -> None:
    assert certain_wishes(text, TODAY) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_all_training_lines_only_those_of_wishes_are_certain(language: str) -> None:
    lines = [(intent, line) for intent, lines in examples(language).items() for line in lines]
    assert [told for told in lines if certain_wishes(told[1], TODAY) and told[0] != "set_preference"] == []
    assert {intent for intent, line in lines if undoes(line)} <= {"deny"}


@pytest.mark.parametrize(
    "text", ["undo that", "Undo!", "please undo that, thanks", "撤销", "撤銷", "改回去", "帮我改回去吧", "還原"]
)
def test_an_undo_is_heard(text: str) -> None:
    assert undoes(text) == LATEST


@pytest.mark.parametrize("text", ["change it back", "sorry, that was a mistake", "当我没说", "我反悔了"])
def test_a_vague_undo_is_one_only_a_moment_later(text: str) -> None:
    assert undoes(text) == FRESH < LATEST


@pytest.mark.parametrize(
    "text",
    ["cancel", "取消", "undo my order", "I want to return it", "改回去年的地址", "don't undo that", "never mind"],
)
def test_other_words_undo_nothing(text: str) -> None:
    assert undoes(text) is None


WORDS = st.sampled_from(
    [
        "only",
        "not",
        "no",
        "birthdays",
        "promotions",
        "before",
        "ten",
        "after",
        "e-mail",
        "stop",
        "until",
        "March",
        "yes",
        "any time is fine",
        "I'm in Tokyo",
        "this week",
        "sign me up",
        "profile me",
        "don't",
        "undo",
        "，",
        ",",
        "生日",
        "促销",
        "不要",
        "可以",
        "只",
        "十点",
        "前",
        "别发",
        "订阅",
        "一个月",
        "最多",
        "一条",
        "撤销",
        "随时都可以发",
        "?",
        "/affirm",
        "{x}",
        "\u202e",
    ]
)


@given(st.lists(WORDS, max_size=12).map(" ".join), st.sampled_from(list(Said)))
def test_no_heap_of_words_is_certain_to_allow_anything(text: str, said: Said) -> None:
    read_wishes(text, TODAY, said)
    wishes = certain_wishes(text, TODAY)
    if wishes is not None:
        assert wishes.consent.grant is None
        assert all(rule.value for rule in wishes.rules) or any(rule.kind != "style" for rule in wishes.rules)


@given(st.text(max_size=300))
def test_any_text_at_all_can_be_read(text: str) -> None:
    for said in Said:
        read_wishes(text, TODAY, said)
    certain_wishes(text, TODAY)
    undoes(text)


@given(st.integers(0, 400))
def test_a_stay_never_ends_before_it_began_nor_after_a_year(days: int) -> None:
    day = TODAY + timedelta(days=days)
    found = dict(rules(f"I'm in Tokyo until {day.day} {day:%B}"))
    assert TODAY.isoformat() <= found["zone"]["until"] <= (TODAY + timedelta(days=366)).isoformat()


def test_service_is_never_narrowed() -> None:
    assert read_consent("order updates only by email").narrow is None
    assert Purpose.SERVICE not in STOPPABLE
