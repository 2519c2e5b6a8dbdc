"""Pure: what a handler should know before a reply leaves: it asks what is known, or a variable stands unfilled."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crm_store.staff.canned import variables
from crm_store.words import folded, word_lists

_WORDS = word_lists(__file__)
_BRACED = re.compile(r"\{[a-z_]{1,40}\}|\[[^\[\]]{1,60}\]")


@dataclass(frozen=True)
class Hints:
    """`known`: facts the reply asks for although we hold them, by name. `unfilled`: variables as they stand in it."""

    known: Mapping[str, str] = field(default_factory=dict)
    unfilled: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        return bool(self.known or self.unfilled)


def hints_for(text: str, facts: Iterable[tuple[str, str]]) -> Hints:
    """`facts` are names and values; a value that the reply itself says is not asked for."""
    line = folded(text)
    asked = set(_WORDS.found("facts", line)) if _asks(text, line) else set()
    known = {name: value for name, value in facts if name in asked and value and folded(value) not in line}
    return Hints(known, unfilled_in(text))


def unfilled_in(text: str) -> tuple[str, ...]:
    """Each once, in order."""
    names = {f"[{word}]" for words in variables().values() for word in words.values()}
    found = dict.fromkeys(_BRACED.findall(text))
    return tuple(each for each in found if each in names or each.startswith("{"))


def _asks(text: str, line: str) -> bool:
    return "?" in text or "？" in text or _WORDS.finds("asks", line)
