from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.people.occasion_words import read_occasions
from crm_store.spoken_dates import SpokenDay, day_in, han_number, next_on

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "kind", "day"),
    [
        ("my birthday is 3 May", "birthday", SpokenDay(5, 3)),
        ("bday is 2/11", "birthday", SpokenDay(11, 2)),
        ("my son's birthday is 1 April", "child_birthday", SpokenDay(4, 1)),
        ("got married 10.10.2010", "wedding", SpokenDay(10, 10)),
        ("my lunar birthday is the 15th day of the 8th month", "birthday", SpokenDay(8, 15, "lunar")),
        ("我過農曆生日，八月十五", "birthday", SpokenDay(8, 15, "lunar")),
        ("外婆九十岁生日在正月初八", "family_birthday", SpokenDay(1, 8, "lunar")),
        ("0315是我bday", "birthday", SpokenDay(3, 15)),
        ("今天我生日", "birthday", SpokenDay(11, 21)),
        ("結婚紀念日10月10號", "wedding", SpokenDay(10, 10)),
        ("don't congratulate me on the wrong day, my birthday is the 7th of July", "birthday", SpokenDay(7, 7)),
    ],
)
def test_a_personal_date_is_read_in_both_calendars(text: str, kind: str, day: SpokenDay) -> None:
    [wish] = read_occasions(text, TODAY)
    assert (wish.kind, wish.day, wish.off) == (kind, day, False)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("no Mother's Day messages please", "mothers_day"),
        ("父亲节的消息不用发，谢谢", "fathers_day"),
        ("I lost my father this year, please leave out Father's Day", "fathers_day"),
        ("我们家不过圣诞节", "christmas"),
    ],
)
def test_a_day_can_be_turned_off(text: str, kind: str) -> None:
    [wish] = read_occasions(text, TODAY)
    assert (wish.kind, wish.off) == (kind, True)


def test_one_message_can_welcome_one_feast_and_refuse_another() -> None:
    wishes = read_occasions("we keep Hari Raya, not Christmas", TODAY)
    assert [(wish.kind, wish.off) for wish in wishes] == [("hari_raya", False), ("christmas", True)]


def test_a_personal_date_without_its_day_needs_one() -> None:
    [wish] = read_occasions("please save my anniversary", TODAY)
    assert wish.needs_day


@given(st.dates(date(2024, 1, 1), date(2024, 12, 31)))
def test_every_day_of_the_year_is_read_back_as_it_was_said(day: date) -> None:
    said = SpokenDay(day.month, day.day)
    assert day_in(f"{day.day} {day:%B}") == day_in(f"{day:%B} {day.day}") == day_in(f"{day.month}月{day.day}日") == said
    assert day_in(f"{day.day}/{day.month}") == said


@pytest.mark.parametrize("text", ["31 February", "13月40日", "99/99", "yesterday", ""])
def test_a_day_that_does_not_exist_is_not_read(text: str) -> None:
    assert day_in(text) is None


@pytest.mark.parametrize(
    ("word", "number"), [("十", 10), ("十五", 15), ("二十", 20), ("廿三", 23), ("三十", 30), ("7", 7), ("多", 0)]
)
def test_chinese_figures_are_numbers(word: str, number: int) -> None:
    assert han_number(word) == number


@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)))
def test_the_next_time_a_day_comes_is_never_past_and_within_a_year(today: date) -> None:
    coming = next_on(SpokenDay(2, 29), today)
    assert 0 <= (coming - today).days <= 366
