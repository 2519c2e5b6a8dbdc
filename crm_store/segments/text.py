"""Pure: an expression as a line that people read and write; `from_text` reads it back to the same expression."""

from crm_store.segments.comparing import Op
from crm_store.segments.expression import All, AnyOf, Condition, Expression, Not
from crm_store.segments.field import Kind
from crm_store.segments.fields import FIELDS
from crm_store.segments.reading import from_text
from crm_store.segments.tokens import AND, EVERYBODY, NOT, OR, SegmentTextRefused, quoted

__all__ = ["SegmentTextRefused", "as_lines", "as_text", "from_text"]


def as_text(expression: Expression) -> str:
    """`tier in (gold, silver) and spent(90 days) >= 100.00 and not open_complaint and last_order > 60 days ago`"""
    match expression:
        case Condition():
            return _condition(expression)
        case Not():
            return f"{NOT} {_inner(expression.of)}"
        case All() if not expression.of:
            return EVERYBODY
        case All() | AnyOf():
            join = f" {AND if isinstance(expression, All) else OR} "
            return join.join(_inner(part) for part in expression.of)


def as_lines(expression: Expression) -> str:
    """The same, each part of the outermost group on a line of its own."""
    match expression:
        case All() | AnyOf() if len(expression.of) > 1:
            join = AND if isinstance(expression, All) else OR
            return f"\n{join} ".join(_inner(part) for part in expression.of)
    return as_text(expression)


def _inner(part: Expression) -> str:
    """In brackets where it is a group."""
    is_group = isinstance(part, All | AnyOf) and bool(part.of)
    return f"({as_text(part)})" if is_group else as_text(part)


def _condition(condition: Condition) -> str:
    within = [f"{condition.within} days"] if condition.within is not None else []
    brackets = ", ".join([*map(quoted, condition.about), *within])
    name = f"{condition.field}({brackets})" if brackets else condition.field
    return " ".join([name, *_compared(condition)])


def _compared(condition: Condition) -> list[str]:
    kind, op = FIELDS[condition.field].kind, condition.op
    values = [_value(kind, value) for value in condition.values]
    ago = ["days ago"] if kind is Kind.AGO else []
    match op:
        case Op.YES:
            return []
        case Op.IN | Op.NOT_IN if len(values) == 1:
            return ["=" if op is Op.IN else "!=", values[0]]
        case Op.IN | Op.NOT_IN:
            return [op, f"({', '.join(values)})"]
        case Op.BETWEEN:
            return [op, values[0], AND, values[1], *ago]
    return [op, values[0], *ago]


def _value(kind: Kind, value: int | str) -> str:
    if isinstance(value, str):
        return quoted(value)
    return f"{value // 100}.{value % 100:02}" if kind is Kind.MONEY else str(value)
