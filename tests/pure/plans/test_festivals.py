"""The days everybody shares fall where the calendars have them."""

from datetime import date

import pytest

from crm_store.model import Languages
from crm_store.plans.festivals import festival_after, festival_day, festivals, occasion_name, occasion_of


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("lunar_new_year", "2026-02-17"),
        ("lunar_new_year", "2027-02-06"),
        ("lantern", "2026-03-03"),
        ("dragon_boat", "2026-06-19"),
        ("qixi", "2026-08-19"),
        ("mid_autumn", "2026-09-25"),
        ("mid_autumn", "2025-10-06"),  # after a leap sixth month
        ("double_ninth", "2026-10-18"),
        ("mothers_day", "2026-05-10"),
        ("fathers_day", "2026-06-21"),
        ("womens_day", "2026-03-08"),
        ("singles_day", "2026-11-11"),
    ],
)
def test_a_festival_is_on_its_day(name: str, day: str) -> None:
    found = date.fromisoformat(day)
    assert festival_day(name, found.year) == found


def test_where_no_lunar_calendar_is_known_there_is_no_day() -> None:
    assert festival_day("mid_autumn", 2101) is None
    assert festival_after("mid_autumn", date(2100, 12, 1)) is None


@pytest.mark.parametrize("name", sorted(festivals()))
def test_every_festival_has_a_name_in_every_language_and_comes_every_year(name: str) -> None:
    assert all(occasion_name(name, language) for language in Languages)
    found = festival_after(name, date(2026, 1, 1))
    assert found is not None
    assert festival_after(name, found) != found


def test_whoever_wants_no_valentines_wants_no_qixi() -> None:
    assert (occasion_of("qixi"), occasion_of("mid_autumn")) == ("valentines", "mid_autumn")
