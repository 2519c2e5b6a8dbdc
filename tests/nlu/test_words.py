import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.components.features import Grams, count
from nlu.components.words import LONGEST, fold, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("我有多少積分", "我有多少积分"),
        ("訂單怎麼還沒出貨", "订单怎么还没出货"),
        ("ＯＲＤＥＲ　１２３４５", "order 12345"),
        ("Where’s MY order", "where's my order"),
        ("/where is it", "／where is it"),
        ("order 12345", "order 98765"),
    ],
)
def test_what_means_the_same_has_the_same_words(one: str, other: str) -> None:
    assert words(one) == words(other)


def test_latin_words_stay_whole_and_chinese_ones_are_single_characters() -> None:
    assert words("我的order到哪里了?") == ["我", "的", "order", "到", "哪", "里", "了", "?"]


def test_short_numbers_stay_and_long_ones_are_alike() -> None:
    assert words("8 of 10") == ["8", "of", "10"]
    assert words("732201349959") == words("111111111111")


def test_only_the_beginning_of_a_long_message_is_looked_at() -> None:
    assert len(words("好" * 10_000)) == LONGEST


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=600))
def test_any_text_at_all_can_be_folded_and_counted(text: str) -> None:
    fold(text).encode()
    assert all(times > 0 for times in count(words(text), Grams()).values())


def test_features_are_runs_of_words_and_parts_of_latin_words() -> None:
    found = count(["my", "积", "分"], Grams(words=2, letters_from=3, letters_to=3))
    assert found == {"my": 1, "积": 1, "分": 1, "my 积": 1, "积 分": 1, "#_my": 1, "#my_": 1}
