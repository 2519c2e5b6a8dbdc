"""What answers to our own messages say, and the score in them, before any model is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.aftercare.reply_words import LONGEST, Meant, meant_in, names_another, names_it
from crm_store.answers.choices import choices_of, touch_in
from crm_store.answers.survey_words import on_five, survey_score

SAID = [
    ("is it still valid?", Meant.VALID),
    ("Until when can I use this?", Meant.VALID),
    ("还能用吗", Meant.VALID),
    ("這張券過期了嗎", Meant.VALID),
    ("how do I use it?", Meant.HOW),
    ("怎么用啊", Meant.HOW),
    ("在哪裡用", Meant.HOW),
    ("What is the code?", Meant.CODE),
    ("券码是多少", Meant.CODE),
    ("no thanks, too many", Meant.TOO_MANY),
    ("太频繁了", Meant.TOO_MANY),
    ("可以少發一點嗎", Meant.TOO_MANY),
    ("please don't send me these", Meant.NONE_OF_THESE),
    ("这种消息不用再发了", Meant.NONE_OF_THESE),
    ("which order was that?", Meant.WHICH_ORDER),
    ("你说的是哪一单？", Meant.WHICH_ORDER),
    ("why did I get this?", Meant.WHY),
    ("为什么给我发这个", Meant.WHY),
    ("No, thank you", Meant.DECLINE),
    ("不需要谢谢", Meant.DECLINE),
    ("唔需要，唔該", Meant.DECLINE),
    ("not interested, sorry", Meant.DECLINE),
    ("thanks a lot 🙏", Meant.THANKS),
    ("谢谢你们", Meant.THANKS),
]


@pytest.mark.parametrize(("words", "meant"), SAID)
def test_what_is_plain_is_understood_in_both_languages_and_scripts(words: str, meant: Meant) -> None:
    assert meant_in(words)[:1] == [meant]


OTHER = [
    "where is my parcel",
    "what is the verification code",
    "not interested, but where is my order WM104233?",
    "no",
    "ok can you check my points",
    "不用这个地址，改成新的",
    "我想退货",
    "",
    "?",
    "thanks, but my kettle leaks",
]


@pytest.mark.parametrize("words", OTHER)
def test_what_is_about_something_else_is_left_to_the_bot(words: str) -> None:
    assert meant_in(words) == []


def test_who_writes_at_length_has_more_to_say() -> None:
    assert meant_in("too many " + "messages " * LONGEST) == []


def test_a_coupon_is_named_or_only_pointed_at() -> None:
    assert names_it("how do I use the coupon")
    assert names_it("这张券怎么用")
    assert not names_it("how do I use it")


def test_another_code_is_seen_and_our_own_is_none() -> None:
    assert names_another("is XMAS-20 still valid", "LEAF-7Q")
    assert not names_another("is leaf-7q still valid", "LEAF-7Q")
    assert not names_another("is it still valid on the 20th", "LEAF-7Q")


SCORES = [
    ("4", 4, False),
    ("4分", 4, False),
    ("四分", 4, False),
    ("4 / 5", 4, False),
    ("five stars", 5, False),
    ("★★", 2, False),
    ("2, the lid is cracked", 2, True),
    ("3分 送货有点慢", 3, True),
    ("1 because nobody answered", 1, True),
    ("0", 1, False),
    ("I give it 4", 4, False),
    ("sorry, 2", 2, False),
    ("不对，应该是2分", 2, False),
    ("8/10", 4, False),
    ("very good", 5, False),
    ("it was terrible", 1, False),
    ("不太满意", 2, False),
    ("还不错", 4, False),
]


@pytest.mark.parametrize(("words", "score", "more"), SCORES)
def test_a_score_is_read_in_figures_stars_and_words(words: str, score: int, more: bool) -> None:
    rated = survey_score(words)
    assert rated is not None
    assert (rated.score, rated.has_words) == (score, more)


@pytest.mark.parametrize(
    "words",
    [
        "4 days late",
        "2个杯子破了",
        "3-5 days",
        "3.5",
        "6",
        "12",
        "WM104233",
        "order 4",
        "5pm",
        "3点到",
        "ok",
        "好的",
        "4th",
        "",
    ],
)
def test_what_only_looks_like_a_score_is_none(words: str) -> None:
    assert survey_score(words) is None


@given(st.text(max_size=300))
def test_garbage_is_read_without_harm(words: str) -> None:
    rated = survey_score(words)
    assert rated is None or 1 <= rated.score <= 5
    assert len(meant_in(words)) <= len(Meant)


@given(st.integers(1, 100), st.integers(1, 100))
def test_every_scale_fits_into_five(value: int, out_of: int) -> None:
    assert 1 <= on_five(value, out_of) <= 5


def test_buttons_are_known_again_and_a_survey_has_five() -> None:
    assert [choice["label"] for choice in choices_of(7, 9, (), "score")] == ["1 ★", "2 ★", "3 ★", "4 ★", "5 ★"]
    (choice,) = choices_of(7, 9, ("Yes: now",), "")
    assert (touch_in(choice["payload"]).occurrence_id, touch_in(choice["payload"]).told) == (7, "said")
    assert touch_in(choices_of(7, 9, (), "score")[3]["payload"]).told == "score:4"
    assert choices_of(7, 9, (), "") == []
