"""Rows that belong to customers, asked as a semi join: whether there are any, how many, what they add up to."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, String, any_, bindparam, func, not_, select
from sqlalchemy.dialects.postgresql import ARRAY

from crm_store.people.customers import Customer
from crm_store.segments.comparing import Op, holds
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

    def _of_one(self) -> Select[Any]:
        return self._from(select(1)).where(self._owner == Customer.id, *self._where).correlate(Customer)

    def _from(self, some: Select[Any]) -> Select[Any]:
        return some if self._source is None else some.select_from(self._source)

    def exist(self) -> ColumnElement[bool]:
        """There is one."""
        return self._of_one().exists()

    def together(self, fits: ColumnElement[bool], whole: bool) -> ColumnElement[bool]:
        """There are some, and what they add up to fits. `whole`: everybody's groups at once, joined by hash."""
        if not whole:
            return self._of_one().having(fits & (func.count() > 0)).exists()
        owner = self._owner.label("owner")
        group = self._from(select(owner)).where(*self._where).group_by(self._owner).having(fits).subquery()
        return select(1).where(group.c.owner == Customer.id).correlate(Customer).exists()

    def measured(self, measure: ColumnElement[Any], asked: Asked) -> ColumnElement[bool]:
        """What they add up to compares so. Nothing adds up to 0: where that fits, those whose sum does not leave."""
        fits = asked.compared(measure)
        if holds(asked.op, asked.values, 0):
            return not_(self.together(not_(fits), asked.whole))
        return self.together(fits, asked.whole)

    def count(self, asked: Asked) -> ColumnElement[bool]:
        """So many of them; one is enough or none wanted where that is all the comparison asks."""
        if (asked.op, asked.values) in {(Op.GE, (1,)), (Op.GT, (0,)), (Op.NE, (0,))}:
            return self.exist()
        if (asked.op, asked.values) in {(Op.LT, (1,)), (Op.LE, (0,)), (Op.EQ, (0,))}:
            return not_(self.exist())
        return self.measured(func.count(), asked)


def figure(owner: ColumnElement[Any], column: ColumnElement[Any], asked: Asked) -> ColumnElement[bool]:
    """A figure kept in a row of one for each customer; who has no row has 0."""
    fits = asked.compared(column)
    return not_(Rows(owner, not_(fits)).exist()) if holds(asked.op, asked.values, 0) else Rows(owner, fits).exist()
