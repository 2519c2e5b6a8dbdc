"""Rows that belong to customers, asked as a semi join: whether there are any, how many, what they add up to."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, String, any_, bindparam, func, not_, select
from sqlalchemy.dialects.postgresql import ARRAY

from crm_store.people.customers import Customer
from crm_store.segments.comparing import Op, compared, holds
from crm_store.segments.field import Asked


def among(column: ColumnElement[Any], words: Sequence[str]) -> ColumnElement[bool]:
    """The column is one of these words; one bound list, whatever stands in them."""
    return column == any_(bindparam(None, list(words), ARRAY(String)))


class Rows:
    """Rows whose `owner` is the customer and to which all of `where` applies; `source` where they are joined."""

    def __init__(self, owner: ColumnElement[Any], *where: ColumnElement[bool], source: FromClause | None = None):
        self._owner = owner
        self._where = where
        self._source = source

    def exist(self) -> ColumnElement[bool]:
        """There is one."""
        found = select(1).where(self._owner == Customer.id, *self._where)
        if self._source is not None:
            found = found.select_from(self._source)
        return found.correlate(Customer).exists()

    def count(self, asked: Asked) -> ColumnElement[bool]:
        """So many of them; one is enough or none wanted where that is all the comparison asks."""
        if (asked.op, asked.values) in {(Op.GE, (1,)), (Op.GT, (0,)), (Op.NE, (0,))}:
            return self.exist()
        if (asked.op, asked.values) in {(Op.LT, (1,)), (Op.LE, (0,)), (Op.EQ, (0,))}:
            return not_(self.exist())
        return self.measured(func.count(), asked)

    def measured(self, measure: ColumnElement[Any], asked: Asked) -> ColumnElement[bool]:
        """What they add up to compares so; nothing adds up to 0."""
        if asked.whole:
            return self._by_group(measure, asked)
        one = select(func.coalesce(measure, 0)).where(self._owner == Customer.id, *self._where)
        if self._source is not None:
            one = one.select_from(self._source)
        return asked.compared(one.correlate(Customer).scalar_subquery())

    def _by_group(self, measure: ColumnElement[Any], asked: Asked) -> ColumnElement[bool]:
        """Everybody's sums at once, joined by hash. Who has no rows is in no group: where 0 fits, the others leave."""
        fits = compared(asked.op, asked.values, measure)
        nothing_fits = holds(asked.op, asked.values, 0)
        groups = select(self._owner.label("owner")).where(*self._where).group_by(self._owner)
        if self._source is not None:
            groups = groups.select_from(self._source)
        having = groups.having(not_(fits) if nothing_fits else fits).subquery()
        found = select(1).where(having.c.owner == Customer.id).correlate(Customer).exists()
        return not_(found) if nothing_fits else found


def figure(owner: ColumnElement[Any], column: ColumnElement[Any], asked: Asked) -> ColumnElement[bool]:
    """A figure kept in a row of one for each customer; who has no row has 0."""
    fits = asked.compared(column)
    return not_(Rows(owner, not_(fits)).exist()) if holds(asked.op, asked.values, 0) else Rows(owner, fits).exist()
