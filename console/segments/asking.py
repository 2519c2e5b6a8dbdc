"""Pure: what a sent form asks: the expression, or everything that is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from console.segments.tree import Group, expression_of
from console.segments.typed import Typed
from crm_store.segments.expression import Condition, Expression, conditions
from crm_store.segments.fields import FIELDS
from crm_store.segments.flaws import Flaw
from crm_store.segments.purchase_fields import YEAR
from crm_store.segments.text import SegmentTextRefused, as_lines, from_text


@dataclass(frozen=True)
class Asked:
    """`expression` is None when it cannot be asked: `refused` says why of a text, `flaws` of a form."""

    expression: Expression | None
    refused: SegmentTextRefused | None = None
    flaws: tuple[Flaw, ...] = ()
    nightly: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        return "" if self.expression is None else as_lines(self.expression)


def asked(typed: Typed) -> Asked:
    """Marks in the tree what is wrong with it."""
    if typed.mode == "text":
        try:
            return _whole(from_text(typed.text or "everybody"))
        except SegmentTextRefused as refused:
            return Asked(None, refused)
    found = expression_of(typed.tree)
    return Asked(None, None, tuple(_flaws(typed.tree))) if found is None else _whole(found)


def _whole(expression: Expression) -> Asked:
    nightly = {condition.field for condition in conditions(expression) if _is_nightly(condition)}
    return Asked(expression, nightly=tuple(name for name in FIELDS if name in nightly))


def _is_nightly(condition: Condition) -> bool:
    """A window is counted at once, save the year, which every night has."""
    counted = condition.within is None or (condition.field, condition.within) == ("spent", YEAR)
    return counted and FIELDS[condition.field].nightly


def _flaws(group: Group) -> Iterator[Flaw]:
    if group.flaw:
        yield group.flaw
    for part in group.parts:
        if isinstance(part, Group):
            yield from _flaws(part)
        elif part.flaw:
            yield part.flaw
