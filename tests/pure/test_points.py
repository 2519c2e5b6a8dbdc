from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crm_store.loyalty.points import Balance, balance_of

TODAY = date(2026, 11, 21)
SOON, LATER = date(2026, 12, 31), date(2027, 12, 31)


def test_what_lapses_first_is_spent_first() -> None:
    assert balance_of([(500, SOON), (300, LATER), (-400, None)], TODAY) == Balance(400, 100, SOON)
    assert balance_of([(500, SOON), (300, LATER), (-500, None)], TODAY) == Balance(300, 300, LATER)


def test_points_given_after_spending_are_not_spent() -> None:
    assert balance_of([(900, LATER), (-400, None), (300, SOON)], TODAY) == Balance(800, 300, SOON)


def test_points_without_a_last_day_never_lapse() -> None:
    assert balance_of([(200, None)], TODAY) == Balance(200, 0, None)


def test_nothing_in_hand_lapses_nothing() -> None:
    assert balance_of([], TODAY) == Balance(0, 0, None)
    assert balance_of([(100, SOON), (-100, None)], TODAY) == Balance(0, 0, None)


@given(
    st.lists(st.tuples(st.integers(-500, 500), st.integers(-400, 400).map(lambda days: TODAY + timedelta(days=days))))
)
def test_no_more_lapses_than_is_in_hand(entries: list[tuple[int, date]]) -> None:
    balance = balance_of(entries, TODAY)
    assert balance.points == sum(delta for delta, _ in entries)
    assert 0 <= balance.lapsing <= max(balance.points, 0)
    assert (balance.lapsing == 0) == (balance.lapsing_on is None)
