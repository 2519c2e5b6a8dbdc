"""Pure: a segment as it stands in the form, row by row and group by group, and its expression."""

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from crm_store.segments.comparing import Op
from crm_store.segments.expression import All, AnyOf, Condition, Expression, Not, flaw_of_size, normal
from crm_store.segments.field import Field, Kind, Window
from crm_store.segments.fields import FIELDS
from crm_store.segments.flaws import Flaw, flaw_of_about, flaw_of_field, flaw_of_values, flaw_of_window

NO = "no"
"""How a row says that a flag is not so; every other way of comparing is an `Op`."""
USUAL_DAYS = "30"
JOINS = ("all", "any", "none", "not_all")


@dataclass
class Row:
    """One condition as it was typed. `within`: days; `values` as text."""

    name: str
    op: str = ""
    about: list[str] = field(default_factory=list)
    within: str = ""
    values: list[str] = field(default_factory=list)
    flaw: Flaw | None = None

    @property
    def known(self) -> Field:
        return FIELDS[self.name]


@dataclass
class Group:
    """Rows and groups joined as one of `JOINS` says."""

    join: str = "all"
    parts: list["Row | Group"] = field(default_factory=list)
    flaw: Flaw | None = None


def fresh_row(name: str) -> Row:
    """A row with which nothing is compared yet."""
    known = FIELDS[name]
    usual = {Kind.NUMBER: Op.GE, Kind.MONEY: Op.GE, Kind.AGO: Op.GT}.get(known.kind, known.operators[0])
    return Row(name, usual, within=USUAL_DAYS if known.window is Window.NEEDED else "")


def tree_of(expression: Expression) -> Group:
    """The form that says the same."""
    found = _node(normal(expression))
    return found if isinstance(found, Group) and found.join in ("all", "any") else Group("all", [found])


def _node(expression: Expression) -> Row | Group:
    match expression:
        case Condition():
            return _row(expression)
        case All() | AnyOf():
            return Group(expression.kind, [_node(part) for part in expression.of])
        case Not(of=Not(of=inner)):
            return _node(inner)
        case Not(of=Condition(op=Op.YES) as flag):
            row = _row(flag)
            row.op = NO
            return row
        case Not(of=All() | AnyOf() as group):
            return Group("not_all" if isinstance(group, All) else "none", [_node(part) for part in group.of])
        case Not():
            return Group("none", [_node(expression.of)])


def _row(condition: Condition) -> Row:
    kind = FIELDS[condition.field].kind
    values = [_typed(kind, value) for value in condition.values]
    within = "" if condition.within is None else str(condition.within)
    return Row(condition.field, condition.op, list(condition.about), within, values)


def _typed(kind: Kind, value: int | str) -> str:
    is_money = kind is Kind.MONEY and isinstance(value, int)
    return f"{int(value) // 100}.{int(value) % 100:02}" if is_money else str(value)


def expression_of(group: Group) -> Expression | None:
    """What the form says; None when something in it is wrong, which is then marked where it is."""
    found = _joined(group, is_whole=True)
    if found is not None and (flaw := flaw_of_size(found)):
        group.flaw, found = flaw, None
    return None if found is None else normal(found)


def _joined(group: Group, is_whole: bool = False) -> Expression | None:
    found = [_condition(part) if isinstance(part, Row) else _joined(part) for part in group.parts]
    parts = [part for part in found if part is not None]
    if len(parts) < len(found):
        return None
    if not parts and not is_whole:
        group.flaw = Flaw("empty_group")
        return None
    joined = All(of=tuple(parts)) if group.join in ("all", "not_all") or not parts else AnyOf(of=tuple(parts))
    return Not(of=joined) if group.join in ("none", "not_all") else joined


def _condition(row: Row) -> Expression | None:
    if flaw := flaw_of_field(row.name):
        row.flaw = flaw
        return None
    known, op = row.known, _op(row)
    within, about = _whole(row.within), tuple(row.about)
    values = tuple(_value(known.kind, text) for text in row.values) if op is not Op.YES else ()
    row.flaw = _days_flaw(row, within) or flaw_of_about(known, about) or flaw_of_window(known, within)
    row.flaw = row.flaw or flaw_of_values(known, op, values)
    if row.flaw:
        return None
    found = Condition(field=row.name, about=about, within=within, op=op, values=values)
    return Not(of=found) if row.op == NO else found


def _op(row: Row) -> Op:
    """The way it compares; one that does not belong to the field is found wrong with the values."""
    try:
        return Op.YES if row.op == NO else Op(row.op)
    except ValueError:
        return Op.YES if row.known.kind is not Kind.FLAG else Op.IN


def _days_flaw(row: Row, within: int | None) -> Flaw | None:
    return Flaw("days", {"found": row.within[:20]}) if row.within and within is None else None


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None


def _value(kind: Kind, text: str) -> int | str:
    """A number where one is wanted and typed; else the text, which is then found wrong."""
    if kind is Kind.MONEY:
        return _cents(text)
    number = _whole(text) if kind is not Kind.CHOICE else None
    return text if number is None else number


def _cents(text: str) -> int | str:
    try:
        cents = Decimal(text.replace(",", "")) * 100
    except InvalidOperation:
        return text
    return int(cents) if cents.is_finite() and cents == int(cents) and abs(cents) < 10**15 else text
