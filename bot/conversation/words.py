"""Pure: words that act at once, before any model is asked (`words.yml`)."""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.conversation.language import folded
from bot.conversation.stop_words import bare_of_manners, is_all_stop, refuses_twice
from crm_store.words import trimmed
from crm_store.yaml_file import read_yaml

_CODE = re.compile(r"(?<![a-z0-9])([0-9])[\s-]?([0-9])[\s-]?([0-9])[\s-]?([0-9])[\s-]?([0-9])[\s-]?([0-9])(?![a-z0-9])")
_EMAIL = re.compile(r"(?<![^\s@<>,;:，。])[^\s@<>,;:，。]+@[^\s@<>,;:，。]+\.[A-Za-z]{2,}")
_MEMBER = re.compile(r"(?<![A-Za-z0-9])[Mm]\d{8}(?![A-Za-z0-9])")
_PHONE = re.compile(r"\+?\d[\d\s-]{6,17}\d")


class Plain(StrEnum):
    """What needs no model."""

    STOP = "stop"
    PERSON = "person"
    BACK = "back"
    UNLINK = "unlink"
    LEAVE = "leave"
    AGAIN = "again"


WHOLE_ONLY = (Plain.BACK, Plain.UNLINK, Plain.LEAVE, Plain.AGAIN)


@dataclass(frozen=True)
class PlainWords:
    """The word lists, folded once."""

    stop: frozenset[str]
    stop_anywhere: tuple[str, ...]
    stop_unless: tuple[str, ...]
    person: frozenset[str]
    person_anywhere: tuple[str, ...]
    others: tuple[tuple[Plain, frozenset[str]], ...]

    def meaning(self, text: str) -> Plain | None:
        """What a message says without doubt; None when the bot has to think about it."""
        line = folded(text)
        bare = trimmed(line)
        if self._stops(line, bare):
            return Plain.STOP
        if bare in self.person or any(words in line for words in self.person_anywhere):
            return Plain.PERSON
        return next((plain for plain, words in self.others if bare in words), None)

    def _stops(self, line: str, bare: str) -> bool:
        if bare in self.stop or bare_of_manners(line) in self.stop:
            return True
        if refuses_twice(line) or any(words in line for words in self.stop_unless):
            return False
        return any(words in line for words in self.stop_anywhere) or is_all_stop(line)


def read_words() -> PlainWords:
    """Read and fold the lists; called once by the root."""
    data: dict[str, Any] = read_yaml(Path(__file__).with_name("words.yml"))
    return PlainWords(
        stop=_folded_set(data["stop"]["whole"]),
        stop_anywhere=tuple(_folded_set(data["stop"]["anywhere"])),
        stop_unless=tuple(_folded_set(data["stop_unless"])),
        person=_folded_set(data["person"]["whole"]),
        person_anywhere=tuple(_folded_set(data["person"]["anywhere"])),
        others=tuple((plain, _folded_set(data[plain])) for plain in WHOLE_ONLY),
    )


def _folded_set(lines: list[str]) -> frozenset[str]:
    return frozenset(folded(str(line)) for line in lines)


def code_in(text: str) -> str | None:
    """Six digits standing alone, perhaps with blanks or hyphens between them."""
    found = _CODE.search(folded(text))
    return "".join(found.groups()) if found else None


def contact_in(text: str) -> str | None:
    """An e-mail address, member number or phone number in the message, as typed."""
    line = folded(text)
    for pattern in (_EMAIL, _MEMBER, _PHONE):
        found = pattern.search(line)
        if found:
            return found.group().strip()
    return None
