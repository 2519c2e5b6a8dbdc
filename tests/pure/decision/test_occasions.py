"""Personal dates: by the sun, on 29 February, by the moon with its leap months, and never on a date nobody told."""

from datetime import date, timedelta

import pytest
from borax.calendars.lunardate import LunarDate
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_store.decision.occasions import PersonalDate, falling_on, month_length, next_date

TODAY = date(2026, 11, 24)
DAYS = st.dates(date(2020, 1, 1), date(2033, 12, 31))
LEAP_MONTHS = {2020: 4, 2023: 2, 2025: 6, 2028: 5, 2031: 3, 2033: 11}


@pytest.mark.parametrize(
    ("month", "day", "expected"),
    [
        (11, 24, date(2026, 11, 24)),
        (11, 23, date(2027, 11, 23)),
        (1, 1, date(2027, 1, 1)),
        (12, 31, date(2026, 12, 31)),
    ],
)
def test_a_solar_date_comes_once_a_year(month: int, day: int, expected: date) -> None:
    assert next_date(PersonalDate(month, day), TODAY) == expected


def test_29_february_is_kept_on_the_28th_or_on_1_march_as_the_shop_says() -> None:
    leap = PersonalDate(2, 29)
    assert next_date(leap, TODAY) == date(2027, 2, 28)
    assert next_date(leap, TODAY, "03-01") == date(2027, 3, 1)
    assert next_date(leap, date(2027, 12, 1)) == date(2028, 2, 29)
    assert next_date(leap, date(2028, 3, 1), "03-01") == date(2029, 3, 1)


def test_born_on_29_february_one_is_not_congratulated_twice_in_a_leap_year() -> None:
    assert PersonalDate(2, 29) not in falling_on(date(2028, 2, 28))
    assert PersonalDate(2, 29) not in falling_on(date(2028, 3, 1), "03-01")
    assert PersonalDate(2, 29) in falling_on(date(2028, 2, 29))


@pytest.mark.parametrize(
    ("month", "day", "expected"),
    [
        (1, 1, date(2027, 2, 6)),
        (8, 15, date(2027, 9, 15)),
        (10, 16, date(2026, 11, 24)),
    ],
)
def test_a_lunar_date_moves_with_the_moon(month: int, day: int, expected: date) -> None:
    assert next_date(PersonalDate(month, day, "lunar"), TODAY) == expected


@pytest.mark.parametrize(("year", "month"), LEAP_MONTHS.items())
def test_a_leap_month_is_kept_where_there_is_one_and_on_the_plain_month_elsewhere(year: int, month: int) -> None:
    born = PersonalDate(month, 10, "lunar", leap_month=True)
    new_year = LunarDate(year, 1, 1).to_solar_date()
    assert next_date(born, new_year) == LunarDate(year, month, 10, True).to_solar_date()
    before = LunarDate(year - 1, 1, 1).to_solar_date()
    assert next_date(born, before) == LunarDate(year - 1, month, 10).to_solar_date()


@pytest.mark.parametrize(("year", "month"), LEAP_MONTHS.items())
def test_born_in_the_plain_month_one_is_not_congratulated_again_in_the_leap_month(year: int, month: int) -> None:
    again = LunarDate(year, month, 10, True).to_solar_date()
    assert PersonalDate(month, 10, "lunar") not in falling_on(again)
    assert PersonalDate(month, 10, "lunar", leap_month=True) in falling_on(again)


def test_the_30th_of_a_short_month_is_kept_on_the_29th() -> None:
    born = PersonalDate(12, 30, "lunar")
    for year in range(2020, 2034):
        found = next_date(born, LunarDate(year, 1, 1).to_solar_date())
        eve = LunarDate(year + 1, 1, 1).to_solar_date() - timedelta(days=1)
        assert found == eve, "the last day of the year, be it the 29th or the 30th"
    assert {month_length(year, 12, False) for year in range(2020, 2034)} == {29, 30}


def test_a_lunar_date_late_in_the_year_may_come_twice_or_never_in_one_year_of_the_sun() -> None:
    """The last days of a lunar year fall into January or February."""
    late = PersonalDate(12, 1, "lunar")
    years = []
    day = date(2020, 1, 1)
    while (found := next_date(late, day)) is not None and found.year < 2034:
        years.append(found.year)
        day = found + timedelta(days=1)
    assert len(years) != len(set(years))
    assert set(range(2020, 2034)) - set(years)


@pytest.mark.parametrize(
    "nothing",
    [
        PersonalDate(1, 1, year=1970),
        PersonalDate(13, 1),
        PersonalDate(0, 5),
        PersonalDate(2, 30),
        PersonalDate(4, 31),
        PersonalDate(4, 31, "lunar"),
    ],
)
def test_a_date_that_forms_write_for_unknown_or_that_no_year_has_never_comes(nothing: PersonalDate) -> None:
    assert next_date(nothing, TODAY) is None


def test_new_year_and_1970_alone_are_dates_like_others() -> None:
    assert next_date(PersonalDate(1, 1), TODAY) == date(2027, 1, 1)
    assert next_date(PersonalDate(1, 2, year=1970), TODAY) == date(2027, 1, 2)


def test_where_the_lunar_almanac_ends_nothing_is_guessed() -> None:
    assert next_date(PersonalDate(1, 1, "lunar"), date(2105, 1, 1)) is None
    assert all(found.calendar == "solar" for found in falling_on(date(2105, 1, 1)))


@settings(max_examples=150, deadline=None)
@given(DAYS, st.sampled_from(["02-28", "03-01"]))
def test_asking_a_date_for_its_people_and_people_for_their_date_agree(day: date, leap_day: str) -> None:
    found = falling_on(day, leap_day)
    assert all(next_date(person, day, leap_day) == day for person in found)
    assert {"solar", "lunar"} == {person.calendar for person in found}


@settings(max_examples=150, deadline=None)
@given(DAYS, st.integers(1, 12), st.integers(1, 31), st.sampled_from(["solar", "lunar"]), st.booleans())
def test_every_date_that_exists_falls_on_exactly_the_days_that_are_asked_for_it(
    since: date, month: int, day: int, calendar: str, leap: bool
) -> None:
    of = PersonalDate(month, day, calendar, leap and calendar == "lunar")
    found = next_date(of, since)
    assert (found is not None) == of.exists
    if found is not None:
        assert of in falling_on(found)
        assert not any(of in falling_on(since + timedelta(days=n)) for n in range((found - since).days))
