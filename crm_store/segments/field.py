"""What a field of the catalogue is: its kind, what may stand with it, and how it is asked of the records."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement

from crm_store.segments.comparing import Op, compared


class Kind(StrEnum):
    """What a field holds. AGO: days since it happened; MONEY: cents, written ``100.00``."""

    FLAG = "flag"
    CHOICE = "choice"
    NUMBER = "number"
    MONEY = "money"
    AGO = "ago"


_NUMERIC = (Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE, Op.BETWEEN)
OPERATORS: dict[Kind, tuple[Op, ...]] = {
    Kind.FLAG: (Op.YES,),
    Kind.CHOICE: (Op.IN, Op.NOT_IN),
    Kind.NUMBER: _NUMERIC,
    Kind.MONEY: _NUMERIC,
    Kind.AGO: (Op.LT, Op.LE, Op.GT, Op.GE, Op.BETWEEN),
}


class Window(StrEnum):
    """Whether a number of days stands in the brackets: looking back, or ahead for what lapses."""

    NONE = "none"
    OPTIONAL = "optional"
    NEEDED = "needed"


@dataclass(frozen=True)
class About:
    """What stands in the brackets beside the days. `most` 0: nothing.

    `options`: closed lists by place. `numbers`: each of them is one.
    """

    what: str = ""
    least: int = 0
    most: int = 0
    options: tuple[tuple[str, ...], ...] = ()
    numbers: bool = False


@dataclass(frozen=True)
class Asked:
    """One condition as it is asked at an instant. The day is that of `at` in the zone it carries.

    `whole`: of all customers at once, so sums are made by group; else of a few, so sums are made one by one.
    """

    about: tuple[str, ...]
    within: int | None
    op: Op
    values: tuple[Any, ...]
    at: datetime
    whole: bool

    @property
    def day(self) -> date:
        return self.at.date()

    @property
    def since(self) -> datetime:
        """Where the window begins."""
        return self.at - timedelta(days=self.within or 0)

    @property
    def until(self) -> date:
        """The last day of a window that looks ahead."""
        return self.day + timedelta(days=self.within or 0)

    def compared(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        return compared(self.op, self.values, column)


@dataclass(frozen=True)
class Field:
    """One thing that can be asked of a customer.

    `meaning` gives the clause over `customers` for everything but IN and NOT_IN, YES and their opposites: those it
    gives as if they were IN and YES. `options`: the closed list of values, empty where the shop's own records have
    them. `least` and `most` bound a number. `nightly`: from what was counted last night.
    """

    name: str
    group: str
    kind: Kind
    meaning: Callable[[Asked], ColumnElement[bool]]
    about: About = About()
    window: Window = Window.NONE
    options: tuple[str, ...] = ()
    least: int = 0
    most: int = 1_000_000_000
    nightly: bool = False

    @property
    def operators(self) -> tuple[Op, ...]:
        return OPERATORS[self.kind]
