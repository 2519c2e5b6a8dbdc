"""Points that lapse: the ledger walked in SQL, to the same figures as `crm_store.loyalty.points.balance_of`.

What lapses first is spent first. So of the points with a last day up to D there is left: what was earned of them less
what was spent, in the order it was written, never below nothing. That walk ends at its sum less its lowest point.
"""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from crm_store.loyalty.points import PointsEntry
from crm_store.people.customers import Customer

_ENTRY = PointsEntry.__table__.c
HOLDER = _ENTRY.customer_id
"""Whose points; what `owned` may be about."""


def lapsing_points(first: date, last: date, *owned: ColumnElement[bool]) -> Select[Any]:
    """`customer_id` and `points` in hand whose last day is from `first` to `last`; of those to whom `owned` applies.

    `owned` may name a customer of the statement around it: then only that ledger is walked.
    """
    walks = select(
        HOLDER,
        _ENTRY.delta,
        *_walk("late", _ENTRY.expires_on <= last, HOLDER),
        *_walk("past", _ENTRY.expires_on < first, HOLDER),
    ).where(*owned)
    walked = walks.correlate(Customer).lateral().c
    return select(walked.customer_id, _lost(walked).label("points")).group_by(walked.customer_id)


def lapsing_by_day(first: date, last: date) -> Select[Any]:
    """`customer_id`, `day` and `points` in hand with that last day, of everybody, for each day from `first` to `last`.

    Days on which nothing is left have 0.
    """
    lots = holders(first, last).add_columns(_ENTRY.expires_on.label("day")).distinct().subquery().c
    walks = (
        select(
            HOLDER,
            lots.day,
            _ENTRY.delta,
            *_walk("late", _ENTRY.expires_on <= lots.day, HOLDER, lots.day),
            *_walk("past", _ENTRY.expires_on < lots.day, HOLDER, lots.day),
        )
        .join_from(lots.customer_id.table, PointsEntry, lots.customer_id == HOLDER)
        .subquery()
        .c
    )
    lost = _lost(walks).label("points")
    return select(walks.customer_id, walks.day, lost).group_by(walks.customer_id, walks.day)


def holders(first: date, last: date) -> Select[Any]:
    """Whoever was ever given points with a last day from `first` to `last`."""
    return select(HOLDER).where(_ENTRY.delta > 0, _ENTRY.expires_on.between(first, last))


def _walk(name: str, belongs: ColumnElement[bool], *by: ColumnElement[Any]) -> tuple[ColumnElement[Any], ...]:
    """The step of each entry, and how far the walk has come with it."""
    step = case((_ENTRY.delta <= 0, _ENTRY.delta), (belongs, _ENTRY.delta), else_=0)
    come = func.sum(step).over(partition_by=by, order_by=(_ENTRY.at, _ENTRY.id))
    return step.label(name), come.label(f"{name}_come")


def _lost(walked: Any) -> ColumnElement[Any]:
    """What is left of the one and not of the other, and in hand at all."""
    return func.least(_left(walked, "late") - _left(walked, "past"), func.sum(walked.delta))


def _left(walked: Any, name: str) -> ColumnElement[Any]:
    total: ColumnElement[Any] = func.sum(walked[name])
    return total - func.least(0, func.min(walked[f"{name}_come"]))
