"""Fields over points, coupons and life cycle."""

from sqlalchemy import ColumnElement, func, not_

from crm_store.loyalty.lapsing import HOLDER, holders, lapsing_points
from crm_store.people.customers import Customer
from crm_store.segments.comparing import holds
from crm_store.segments.field import Asked, Field, Kind, Window
from crm_store.segments.records import COUPONS, LIFECYCLES, POINTS
from crm_store.segments.rows import Rows, among, figure

STAGES = ("new", "growing", "mature", "fading", "lost")


def _points(asked: Asked) -> ColumnElement[bool]:
    return Rows(POINTS.c.customer_id).measured(func.sum(POINTS.c.delta), asked)


def _points_lapsing(asked: Asked) -> ColumnElement[bool]:
    span = (asked.day, asked.until)
    owned = HOLDER.in_(holders(*span)) if asked.whole else Customer.id == HOLDER
    lapsing = lapsing_points(*span, owned)
    found = (lapsing.subquery() if asked.whole else lapsing.correlate(Customer).lateral()).c
    fits = asked.compared(found.points)
    if holds(asked.op, asked.values, 0):
        return not_(Rows(found.customer_id, not_(fits)).exist())
    return Rows(found.customer_id, fits).exist()


def _usable(asked: Asked) -> tuple[ColumnElement[bool], ...]:
    """Not used, and good today."""
    return COUPONS.c.used_at.is_(None), COUPONS.c.valid_from <= asked.day, COUPONS.c.valid_until >= asked.day


def _coupons(asked: Asked) -> ColumnElement[bool]:
    return Rows(COUPONS.c.customer_id, *_usable(asked)).count(asked)


def _coupons_lapsing(asked: Asked) -> ColumnElement[bool]:
    return Rows(COUPONS.c.customer_id, *_usable(asked), COUPONS.c.valid_until <= asked.until).count(asked)


def _stage(asked: Asked) -> ColumnElement[bool]:
    return Rows(LIFECYCLES.c.customer_id, among(LIFECYCLES.c.stage, asked.values)).exist()


def _risk(asked: Asked) -> ColumnElement[bool]:
    return figure(LIFECYCLES.c.customer_id, LIFECYCLES.c.risk, asked)


LOYALTY_FIELDS = (
    Field("points", "loyalty", Kind.NUMBER, _points),
    Field("points_lapsing", "loyalty", Kind.NUMBER, _points_lapsing, window=Window.NEEDED),
    Field("coupons", "loyalty", Kind.NUMBER, _coupons),
    Field("coupons_lapsing", "loyalty", Kind.NUMBER, _coupons_lapsing, window=Window.NEEDED),
    Field("stage", "lifecycle", Kind.CHOICE, _stage, options=STAGES, nightly=True),
    Field("risk", "lifecycle", Kind.NUMBER, _risk, most=100, nightly=True),
)
