"""Pure: what is wrong with a condition, as a code and the words a page fills its own sentence with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from crm_store.segments.comparing import Op
from crm_store.segments.field import About, Field, Kind, Window
from crm_store.segments.fields import FIELDS

_NUMBER = re.compile("[0-9]{1,18}")
_UNFIT = re.compile("[\0\ud800-\udfff]")
"""Signs that no text in the store may hold."""

LONGEST = 100
"""Signs of one value."""
MOST_VALUES = 200
LONGEST_WINDOW = 3650
"""Days."""


@dataclass(frozen=True)
class Flaw:
    """`code` names it; `values` say of what, and what would be right."""

    code: str
    values: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return ": ".join([self.code, ", ".join(f"{name} {value}" for name, value in self.values.items())])


def flaw_of_field(name: str) -> Flaw | None:
    if name in FIELDS:
        return None
    near = get_close_matches(name, FIELDS, n=3, cutoff=0.4) or sorted(FIELDS)
    return Flaw("unknown_field", {"found": name, "right": ", ".join(near)})


def flaw_of_about(known: Field, about: Sequence[str]) -> Flaw | None:
    """What stands in the brackets."""
    wanted = known.about
    if not wanted.least <= len(about) <= wanted.most:
        right = f"{wanted.least}-{wanted.most} {wanted.what}" if wanted.most else "-"
        return Flaw("brackets", {"field": known.name, "found": str(len(about)), "right": right})
    return _flaw_of_options(known.name, wanted, about) or flaw_of_words(about)


def _flaw_of_options(name: str, wanted: About, about: Sequence[str]) -> Flaw | None:
    for place, word in enumerate(about[: len(wanted.options)]):
        if word not in wanted.options[place]:
            return Flaw("not_one_of", {"field": name, "found": word, "right": ", ".join(wanted.options[place])})
    if wanted.numbers and (wrong := [word for word in about if not _NUMBER.fullmatch(word)]):
        return Flaw("not_a_number", {"field": name, "found": wrong[0][:20], "right": "12"})
    return None


def flaw_of_words(words: Sequence[str]) -> Flaw | None:
    for word in words:
        if not word or len(word) > LONGEST or _UNFIT.search(word):
            return Flaw("value_length", {"found": _UNFIT.sub("", word[:20]), "right": f"1-{LONGEST}"})
    return None


def flaw_of_window(known: Field, within: int | None) -> Flaw | None:
    if within is None:
        return Flaw("window_missing", {"field": known.name}) if known.window is Window.NEEDED else None
    if known.window is Window.NONE:
        return Flaw("no_window", {"field": known.name})
    if not 1 <= within <= LONGEST_WINDOW:
        return Flaw("window_range", {"field": known.name, "found": str(within), "right": f"1-{LONGEST_WINDOW}"})
    return None


def flaw_of_values(known: Field, op: Op, values: Sequence[int | str]) -> Flaw | None:
    """Whether the operator belongs to the field, and the values to both."""
    if op not in known.operators:
        right = ", ".join(known.operators)
        return Flaw("operator", {"field": known.name, "found": op, "right": right})
    if known.kind is Kind.FLAG:
        return Flaw("no_value", {"field": known.name}) if values else None
    if known.kind is Kind.CHOICE:
        return _flaw_of_choice(known, values)
    return _flaw_of_numbers(known, op, values)


def _flaw_of_choice(known: Field, values: Sequence[int | str]) -> Flaw | None:
    words = [value for value in values if isinstance(value, str)]
    if not 1 <= len(values) <= MOST_VALUES or len(words) < len(values):
        return Flaw("choices", {"field": known.name, "right": f"1-{MOST_VALUES}"})
    if known.options and (wrong := [word for word in words if word not in known.options]):
        return Flaw("not_one_of", {"field": known.name, "found": wrong[0], "right": ", ".join(known.options)})
    return flaw_of_words(words)


def _flaw_of_numbers(known: Field, op: Op, values: Sequence[int | str]) -> Flaw | None:
    wanted = 2 if op is Op.BETWEEN else 1
    numbers = [value for value in values if isinstance(value, int)]
    if len(values) != wanted or len(numbers) < wanted:
        return Flaw("numbers", {"field": known.name, "right": str(wanted)})
    if wrong := [number for number in numbers if not known.least <= number <= known.most]:
        right = f"{known.least}-{known.most}"
        return Flaw("number_range", {"field": known.name, "found": str(wrong[0]), "right": right})
    return Flaw("between_order", {"field": known.name}) if numbers != sorted(numbers) else None
