"""Points that lapse soon: the SQL walks the ledger to the same figures as the rule in Python."""

from collections import defaultdict
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_store.database import Store
from crm_store.loyalty.lapsing import HOLDER, lapsing_points
from crm_store.loyalty.points import PointsEntry, balance_of, spend
from tests.store.crowd import TODAY, Crowd, ago

Told = list[tuple[int, date | None]]
DAYS = st.integers(-20, 40).map(lambda days: TODAY + timedelta(days))
EARNED = st.tuples(st.integers(1, 300), st.none() | DAYS)
SPENT = st.tuples(st.integers(-300, -1), st.none())


def left(ledger: Told, until: date) -> int:
    """By the shop's rule, in Python: what lapses first is spent first."""
    lots: dict[date, int] = defaultdict(int)
    for delta, last_day in ledger:
        if delta > 0:
            lots[last_day or date.max] += delta
        else:
            spend(lots, -delta)
    return min(sum(lot for day, lot in lots.items() if TODAY <= day <= until), sum(delta for delta, _ in ledger))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ledger=st.lists(EARNED | SPENT, min_size=1, max_size=12), days=st.integers(0, 60))
async def test_what_lapses_is_the_same_in_sql_as_by_the_rule(store: Store, ledger: Told, days: int) -> None:
    crowd, until = Crowd(store), TODAY + timedelta(days)
    ann = await crowd.customer("Ann")
    await crowd.keep(
        *(
            PointsEntry(customer_id=ann, at=ago(99 - place), delta=delta, reason="purchase", expires_on=day)
            for place, (delta, day) in enumerate(ledger)
        )
    )
    async with store.reading() as crm:
        lapsing = (await crm.session.execute(lapsing_points(TODAY, until, HOLDER.in_([ann])))).mappings().one()
    assert lapsing["customer_id"] == ann
    assert max(lapsing["points"], 0) == max(left(ledger, until), 0)
    balance = balance_of(ledger, TODAY)
    if balance.lapsing_on == until:
        assert lapsing["points"] == balance.lapsing
