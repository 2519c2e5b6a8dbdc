"""What the builder of a segment has to offer: fields by group, ways to compare, values from the shop's records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from console.segments.tree import JOINS, NO
from crm_store.model import Languages, Words
from crm_store.people.consent import Purpose
from crm_store.segments.choices import Choices
from crm_store.segments.comparing import Op
from crm_store.segments.field import Field, Kind, Window
from crm_store.segments.fields import FIELDS

NAMES = {"=": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "between": "between"}
CHANNELS = ("telegram", "webchat", "email", "sms")
WAYS = ("store", "web", "app")
SAMPLES = {
    Kind.FLAG: "",
    Kind.CHOICE: " = …",
    Kind.NUMBER: " >= 2",
    Kind.MONEY: " >= 100.00",
    Kind.AGO: " > 60 days ago",
}


@dataclass(frozen=True)
class Shelf:
    """`choices`: from the records. `lanes`: the channels this copy has."""

    choices: Choices
    channels: tuple[str, ...] = CHANNELS
    joins: tuple[str, ...] = JOINS

    def of(self, what: str) -> Mapping[str, Words | None]:
        """The values to choose from, each with its words or none; empty where none are known."""
        listed: dict[str, tuple[str, ...]] = {
            "language": Languages,
            "channels": self.channels,
            "ways": WAYS,
            "purposes": tuple(Purpose)[::-1],
        }
        return dict.fromkeys(listed[what]) if what in listed else self.choices.of(what)

    def closed(self, field: Field) -> Mapping[str, Words | None]:
        """The values of a field that has them by itself."""
        return dict.fromkeys(field.options)

    def groups(self) -> Iterator[tuple[str, list[Field]]]:
        """Fields by group, as the catalogue has them."""
        for group in dict.fromkeys(field.group for field in FIELDS.values()):
            yield group, [field for field in FIELDS.values() if field.group == group]

    def ops(self, field: Field) -> list[tuple[str, str]]:
        """Ways to compare, each with the name of its text."""
        if field.kind is Kind.FLAG:
            return [(Op.YES, "op_yes"), (NO, "op_no")]
        if field.kind is Kind.CHOICE:
            return [(Op.IN, "op_in"), (Op.NOT_IN, "op_not_in")]
        prefix = "ago" if field.kind is Kind.AGO else "op"
        return [(op, f"{prefix}_{NAMES[op]}") for op in field.operators]

    def examples(self) -> Iterator[tuple[str, str]]:
        """How each field is written in the text."""
        for name, field in FIELDS.items():
            words = ["…"] if field.about.most else []
            days = ["90 days"] if field.window is not Window.NONE else []
            brackets = f"({', '.join([*words, *days])})" if words or days else ""
            yield f"{name}{brackets}{SAMPLES[field.kind]}", name
