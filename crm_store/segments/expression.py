"""A segment's question as a typed tree: conditions joined by all of, any of, and not."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from crm_store.segments.comparing import Op
from crm_store.segments.field import Kind
from crm_store.segments.fields import FIELDS
from crm_store.segments.flaws import Flaw, flaw_of_about, flaw_of_field, flaw_of_values, flaw_of_window

DEEPEST = 12
"""Levels of groups within each other."""
MOST_CONDITIONS = 60


class _Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(_Node):
    """One field compared. `about` and `within` (days) stand in its brackets; `values` are words, numbers or cents.

    ``{"kind": "condition", "field": "spent", "within": 90, "op": ">=", "values": [10000]}``
    """

    kind: Literal["condition"] = "condition"
    field: str
    about: tuple[StrictStr, ...] = ()
    within: int | None = None
    op: Op = Op.YES
    values: tuple[StrictInt | StrictStr, ...] = ()

    @model_validator(mode="after")
    def _is_right(self) -> Self:
        if flaw := self._flaw():
            raise PydanticCustomError("segment", "{flaw}", {"flaw": str(flaw), "code": flaw.code, **flaw.values})
        return self

    def _flaw(self) -> Flaw | None:
        if unknown := flaw_of_field(self.field):
            return unknown
        known = FIELDS[self.field]
        return (
            flaw_of_about(known, self.about)
            or flaw_of_window(known, self.within)
            or flaw_of_values(known, self.op, self.values)
        )


class All(_Node):
    """Every one of them; of nothing: everybody."""

    kind: Literal["all"] = "all"
    of: tuple["Expression", ...] = ()


class AnyOf(_Node):
    """At least one of them."""

    kind: Literal["any"] = "any"
    of: tuple["Expression", ...] = Field(min_length=1)


class Not(_Node):
    """Exactly those who are not."""

    kind: Literal["not"] = "not"
    of: "Expression"


Expression = Annotated[All | AnyOf | Not | Condition, Field(discriminator="kind")]
for _kind in (All, AnyOf, Not):
    _kind.model_rebuild()

EXPRESSION: TypeAdapter[All | AnyOf | Not | Condition] = TypeAdapter(Expression)
EVERYBODY = All()


def conditions(expression: Expression) -> Iterator[Condition]:
    """Each of them, from left to right."""
    match expression:
        case Condition():
            yield expression
        case Not():
            yield from conditions(expression.of)
        case _:
            for part in expression.of:
                yield from conditions(part)


def normal(expression: Expression) -> Expression:
    """The same question without groups of one, and with its values in the order in which they are always told."""
    match expression:
        case Condition():
            return _in_order(expression)
        case Not():
            return Not(of=normal(expression.of))
        case _:
            parts = tuple(normal(part) for part in expression.of)
            return parts[0] if len(parts) == 1 else type(expression)(of=parts)


def _in_order(condition: Condition) -> Condition:
    """Of what is a mere list; a purpose and a channel keep their places, and so do numbers."""
    known = FIELDS[condition.field]
    about = condition.about if known.about.options else tuple(sorted(set(condition.about)))
    if known.kind is not Kind.CHOICE:
        return condition.model_copy(update={"about": about})
    place = {option: number for number, option in enumerate(known.options)}
    values = sorted(set(condition.values), key=lambda value: (place.get(str(value), 0), str(value)))
    return condition.model_copy(update={"about": about, "values": tuple(values)})


def flaw_of_size(expression: Expression) -> Flaw | None:
    """Whether it is too large to be asked."""
    if sum(1 for _ in conditions(expression)) > MOST_CONDITIONS:
        return Flaw("too_many", {"right": str(MOST_CONDITIONS)})
    return Flaw("too_deep", {"right": str(DEEPEST)}) if _depth(expression) > DEEPEST else None


def _depth(expression: Expression) -> int:
    match expression:
        case Condition():
            return 1
        case Not():
            return 1 + _depth(expression.of)
        case _:
            return 1 + max(map(_depth, expression.of), default=0)
