"""From an expression to one SELECT of customers' ids. Every value is bound; nothing anybody wrote stands in the SQL.

A condition is true or false of everybody, never unknown: who has no birthday is not "18 or older", and is among those
of "not 18 or older". So an expression and its opposite always part all customers.
"""

from datetime import datetime

from sqlalchemy import (
    BooleanClauseList,
    ColumnElement,
    Exists,
    Select,
    UnaryExpression,
    and_,
    not_,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.sql.visitors import iterate

from crm_store.people.customers import Customer
from crm_store.segments.comparing import Op
from crm_store.segments.expression import All, AnyOf, Condition, Expression, Not
from crm_store.segments.field import Asked
from crm_store.segments.fields import FIELDS


def members(expression: Expression, at: datetime, *, whole: bool = False) -> Select[int]:
    """Ids of the customers to whom it applies at `at`, whose own zone says which day it is; never of the erased.

    Made for a few: add ``.where(Customer.id.between(a, b))`` or ``Customer.id == any_(ids)``. With `whole`, sums are
    made for everybody at once: the better plan where all members are wanted, and only there.
    """
    return select(Customer.id).where(Customer.erased_at.is_(None), clause(expression, at, whole))


def clause(expression: Expression, at: datetime, whole: bool = False) -> ColumnElement[bool]:
    """What has to be true of a row of `customers`."""
    return _Compiler(at, whole).of(expression, True)


class _Compiler:
    """Drives NOT down to the conditions: there it becomes an anti join, which the planner knows how to hurry."""

    def __init__(self, at: datetime, whole: bool) -> None:
        self._at = at
        self._whole = whole

    def of(self, expression: Expression, wanted: bool) -> ColumnElement[bool]:
        match expression:
            case Condition():
                return self._condition(expression, wanted)
            case Not():
                return self.of(expression.of, not wanted)
            case All() | AnyOf():
                parts = [self.of(part, wanted) for part in expression.of]
                if not parts:
                    return true() if wanted else not_(true())
                return and_(*parts) if isinstance(expression, All) is wanted else self._either(parts)

    def _either(self, parts: list[ColumnElement[bool]]) -> ColumnElement[bool]:
        """Of everybody: a list for each way in, since within an OR no join is possible and each row is asked alone."""
        alone = [part for part in parts if not _asks_rows(part)]
        if not self._whole or len(alone) >= len(parts):
            return or_(*parts)
        ways = [*([or_(*alone)] if alone else []), *(part for part in parts if _asks_rows(part))]
        if len(ways) == 1:
            return ways[0]
        lists = [select(Customer.id).where(Customer.erased_at.is_(None), way).correlate(None) for way in ways]
        return Customer.id.in_(union_all(*lists))

    def _condition(self, condition: Condition, wanted: bool) -> ColumnElement[bool]:
        negative = condition.op is Op.NOT_IN
        op = Op.IN if negative else condition.op
        asked = Asked(condition.about, condition.within, op, condition.values, self._at, self._whole)
        fits = FIELDS[condition.field].meaning(asked)
        if wanted is not negative:
            return fits
        return not_(fits) if _is_never_unknown(fits) else fits.is_not(true())


def _asks_rows(clause: ColumnElement[bool]) -> bool:
    """Whether other tables are looked at."""
    return any(isinstance(part, SelectBase) for part in iterate(clause))


def _is_never_unknown(clause: ColumnElement[bool]) -> bool:
    """Made of EXISTS alone."""
    if isinstance(clause, BooleanClauseList):
        return all(_is_never_unknown(part) for part in clause.clauses)
    return isinstance(clause, Exists) or (isinstance(clause, UnaryExpression) and isinstance(clause.element, Exists))
