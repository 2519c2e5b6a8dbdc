import pytest

from bot.conversation.language import clean, folded, language_of, language_to_answer
from bot.conversation.words import Plain, code_in, contact_in, read_words

WORDS = read_words()


@pytest.mark.parametrize(
    "text",
    [
        "stop",
        "STOP!",
        "Unsubscribe.",
        "TD",
        "退订",
        "退訂",
        "别再发了",
        "別再發了！",
        "please stop texting me",
        "不要再联系我了",
        "never contact me again",
    ],
)
def test_a_stop_is_heard_in_every_wording(text: str) -> None:
    assert WORDS.meaning(text) is Plain.STOP


@pytest.mark.parametrize(
    "text",
    [
        "where can I stop by",
        "no more messages before 10am",
        "别再给我发促销了",
        "bus stop near the store",
        "stop sending me promo messages please",
        "非stop",
    ],
)
def test_a_rule_about_one_kind_of_message_is_not_a_stop(text: str) -> None:
    assert WORDS.meaning(text) is not Plain.STOP


@pytest.mark.parametrize(
    "text", ["agent", "Talk to a human please", "转人工", "轉人工", "人工客服!!", "can i speak to a real person"]
)
def test_a_person_is_one_message_away(text: str) -> None:
    assert WORDS.meaning(text) is Plain.PERSON


def test_a_code_is_read_however_it_is_typed() -> None:
    assert code_in("123456") == "123456"
    assert code_in("code: 123 456") == "123456"
    assert code_in("验证码１２３４５６") == "123456"
    assert code_in("1234567") is None
    assert code_in("WM104233 is my order") is None


def test_a_contact_is_read_however_it_is_typed() -> None:
    assert contact_in("it's Emma.Tan@Example.com thanks") == "emma.tan@example.com"
    assert contact_in("会员号M10000001") == "m10000001"
    assert contact_in("my phone +65 9123 0001") == "+65 9123 0001"
    assert contact_in("what are your hours") is None


def test_language_follows_the_writer_until_asked_otherwise() -> None:
    assert language_of("我的points还有多少") == "zh"
    assert language_of("ok") is None
    assert language_to_answer("zh", "guess", "where is my order") == "en"
    assert language_to_answer("zh", "asked", "where is my order") == "zh"
    assert language_to_answer("zh", "guess", "4") == "zh"


@pytest.mark.parametrize("text", ["mei.lin@example.com", "WM100001 WM100002", "https://shop.example/help/refunds"])
def test_an_address_or_a_number_says_nothing_about_the_language(text: str) -> None:
    assert language_of(text) is None
    assert language_of(f"my address is {text}") == "en"


def test_control_and_bidi_characters_go_and_everything_else_stays() -> None:
    assert clean("a\x00b\u202ec\ud800 😀\u200d👧") == "abc 😀\u200d👧"
    assert folded("ＲＸ１２ 積分") == "rx12 积分"
