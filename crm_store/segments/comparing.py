"""Pure: how a value is compared, the same in Python and in SQL."""

import operator
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement


class Op(StrEnum):
    """How a condition compares; YES: the field is true or not, there is nothing to compare it with."""

    YES = "yes"
    IN = "in"
    NOT_IN = "not in"
    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    BETWEEN = "between"


_OPERATORS: dict[Op, Callable[[Any, Any], Any]] = {
    Op.EQ: operator.eq,
    Op.NE: operator.ne,
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}


def holds(op: Op, values: Sequence[int], number: int) -> bool:
    """Whether `number` compares so; BETWEEN includes both ends."""
    if op is Op.BETWEEN:
        return values[0] <= number <= values[1]
    return bool(_OPERATORS[op](number, values[0]))


def compared(op: Op, values: Sequence[Any], column: ColumnElement[Any]) -> ColumnElement[bool]:
    """The same of a column; unknown where the column is empty. The values are bound, never written into the text."""
    if op is Op.BETWEEN:
        return column.between(values[0], values[1])
    compared_so: ColumnElement[bool] = _OPERATORS[op](column, values[0])
    return compared_so
