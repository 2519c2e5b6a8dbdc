"""Points that lapse: the ledger walked in SQL, to the same figures as `crm_store.loyalty.points.balance_of`."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from crm_store.loyalty.points import PointsEntry

_ENTRY = PointsEntry.__table__.c
HOLDER = _ENTRY.customer_id
"""Whose points; what `owned` may be about."""


def lapsing_points(first: date, last: date, *owned: ColumnElement[bool]) -> Select[Any]:
    """`customer_id` and `points` in hand whose last day is from `first` to `last`; of those to whom `owned` applies.

    What lapses first is spent first. So of the points with a last day up to D there is left: what was earned less what
    was spent, in the order it was written, never below nothing. That walk ends at its sum less its lowest point.
    """
    walks = select(
        _ENTRY.customer_id,
        _ENTRY.delta,
        *_walk("late", _ENTRY.expires_on <= last),
        *_walk("past", _ENTRY.expires_on < first),
    ).where(*owned)
    walked = walks.subquery().c
    points = func.least(_left(walked, "late") - _left(walked, "past"), func.sum(walked.delta))
    return select(walked.customer_id, points.label("points")).group_by(walked.customer_id)


def holders(first: date, last: date) -> Select[Any]:
    """Whoever was ever given points with a last day from `first` to `last`."""
    return select(_ENTRY.customer_id).where(_ENTRY.delta > 0, _ENTRY.expires_on.between(first, last))


def _walk(name: str, belongs: ColumnElement[bool]) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The step of each entry, and how far the walk has come with it."""
    step = case((_ENTRY.delta <= 0, _ENTRY.delta), (belongs, _ENTRY.delta), else_=0)
    come = func.sum(step).over(partition_by=_ENTRY.customer_id, order_by=(_ENTRY.at, _ENTRY.id))
    return step.label(name), come.label(f"{name}_come")


def _left(walked: Any, name: str) -> ColumnElement[Any]:
    total: ColumnElement[Any] = func.sum(walked[name])
    return total - func.least(0, func.min(walked[f"{name}_come"]))
