"""Fields over what people bought. A purchase is an order that was neither cancelled nor returned."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, any_, func, literal_column, select

from crm_store.segments.comparing import Op
from crm_store.segments.field import About, Asked, Field, Kind, Window
from crm_store.segments.records import LIFECYCLES, LINES, ORDERS, PRODUCTS, STORES
from crm_store.segments.rows import Rows, among, figure

YEAR = 365
KEPT: ColumnElement[bool] = literal_column("orders.state not in ('cancelled', 'returned')")
"""Written out, so that the index of the same words is found whatever plan is made."""


def _recent(asked: Asked) -> tuple[ColumnElement[bool], ...]:
    """Kept orders up to now, within the window if there is one."""
    bounds = (ORDERS.c.placed_at <= asked.at, KEPT)
    return bounds if asked.within is None else (ORDERS.c.placed_at > asked.since, *bounds)


def _counted(column: ColumnElement[Any], asked: Asked) -> ColumnElement[bool]:
    return figure(LIFECYCLES.c.customer_id, column, asked)


def _orders(asked: Asked) -> ColumnElement[bool]:
    if asked.within is None:
        return _counted(LIFECYCLES.c.orders, asked)
    return Rows(ORDERS.c.customer_id, *_recent(asked)).count(asked)


def _spent(asked: Asked) -> ColumnElement[bool]:
    if asked.within is None:
        return _counted(LIFECYCLES.c.spent_cents, asked)
    if asked.within == YEAR:
        return _counted(LIFECYCLES.c.spent_year_cents, asked)
    return Rows(ORDERS.c.customer_id, *_recent(asked)).measured(func.sum(ORDERS.c.total_cents), asked)


def _average_basket(asked: Asked) -> ColumnElement[bool]:
    return _counted(LIFECYCLES.c.spent_cents / func.greatest(LIFECYCLES.c.orders, 1), asked)


def _last_order(asked: Asked) -> ColumnElement[bool]:
    """There is one, and none after it: newer ones are looked for in the orders, so that one of an hour ago counts."""
    owner, placed, (first, *rest) = ORDERS.c.customer_id, ORDERS.c.placed_at, asked.values
    until = asked.at - timedelta(days=first)
    after = Rows(owner, placed > until, placed <= asked.at, KEPT).exist()
    at_or_after = Rows(owner, placed >= until, placed <= asked.at, KEPT).exist()
    ever = Rows(LIFECYCLES.c.customer_id, LIFECYCLES.c.orders > 0).exist()
    if asked.op is Op.BETWEEN:
        since = asked.at - timedelta(days=rest[0])
        return Rows(owner, placed >= since, placed <= until, KEPT).exist() & ~after
    return {Op.LT: after, Op.LE: at_or_after, Op.GT: ever & ~at_or_after, Op.GE: ever & ~after}[asked.op]


def _bought(asked: Asked, products: ColumnElement[bool]) -> ColumnElement[bool]:
    lines = LINES.join(ORDERS, ORDERS.c.id == LINES.c.order_id)
    # As a list, found once before all else: joined, the planner would take it for a product or two.
    named = LINES.c.product_id == any_(func.array(select(PRODUCTS.c.id).where(products).scalar_subquery()))
    return Rows(ORDERS.c.customer_id, named, *_recent(asked), source=lines).exist()


def _bought_product(asked: Asked) -> ColumnElement[bool]:
    return _bought(asked, among(PRODUCTS.c.sku, asked.about))


def _bought_category(asked: Asked) -> ColumnElement[bool]:
    """By its English name, which every category has."""
    return _bought(asked, among(PRODUCTS.c.category["en"].astext, asked.about))


def _bought_brand(asked: Asked) -> ColumnElement[bool]:
    return _bought(asked, among(PRODUCTS.c.brand, asked.about))


def _bought_at(asked: Asked) -> ColumnElement[bool]:
    named = ORDERS.c.store_id.in_(select(STORES.c.id).where(among(STORES.c.code, asked.about)))
    return Rows(ORDERS.c.customer_id, named, *_recent(asked)).exist()


def _bought_through(asked: Asked) -> ColumnElement[bool]:
    return Rows(ORDERS.c.customer_id, among(ORDERS.c.channel, asked.about), *_recent(asked)).exist()


_ANY = Window.OPTIONAL
PURCHASE_FIELDS = (
    Field("orders", "purchases", Kind.NUMBER, _orders, window=_ANY, nightly=True),
    Field("spent", "purchases", Kind.MONEY, _spent, window=_ANY, most=100_000_000_000, nightly=True),
    Field("average_basket", "purchases", Kind.MONEY, _average_basket, nightly=True),
    Field("last_order", "purchases", Kind.AGO, _last_order, most=36_500, nightly=True),
    Field("bought", "purchases", Kind.FLAG, _bought_product, About("skus", 1, 100), _ANY),
    Field("bought_category", "purchases", Kind.FLAG, _bought_category, About("categories", 1, 100), _ANY),
    Field("bought_brand", "purchases", Kind.FLAG, _bought_brand, About("brands", 1, 100), _ANY),
    Field("bought_at", "purchases", Kind.FLAG, _bought_at, About("stores", 1, 100), _ANY),
    Field("bought_through", "purchases", Kind.FLAG, _bought_through, About("ways", 1, 10), _ANY),
)
