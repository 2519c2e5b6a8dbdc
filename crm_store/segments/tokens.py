"""Pure: the readable text of a segment in its smallest parts, each with the place where it stands."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from crm_store.errors import CareLoopError
from crm_store.segments.flaws import Flaw

AND, OR, NOT, IN, BETWEEN, DAYS, AGO, EVERYBODY = "and", "or", "not", "in", "between", "days", "ago", "everybody"
RESERVED = frozenset({AND, OR, NOT, IN, BETWEEN, DAYS, AGO, EVERYBODY, "day"})
LONGEST_TEXT = 20_000


class Part(StrEnum):
    """What a token is. WORD as it is written; STRING without its quotes."""

    STRING = "string"
    NUMBER = "number"
    WORD = "word"
    SIGN = "sign"
    SPACE = "space"
    END = "end"


_PARTS = re.compile(
    r'(?P<string>"(?:[^"\\\n]|\\.)*")'
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<word>[^\W\d][\w-]*)"
    r"|(?P<sign>>=|<=|!=|[=<>(),（），])"
    r"|(?P<space>\s+)"
)
_BARE = re.compile(r"[^\W\d][\w-]*|[0-9]{1,18}")
_WIDE = str.maketrans("（），", "(),")


class SegmentTextRefused(CareLoopError):
    """The text of a segment cannot be read: `line` and `column` count from 1, `flaw` says what would be right."""

    code = "segment_text_refused"

    def __init__(self, line: int, column: int, flaw: Flaw) -> None:
        super().__init__(f"line {line}, column {column}: {flaw}")
        self.line = line
        self.column = column
        self.flaw = flaw


@dataclass(frozen=True)
class Token:
    part: Part
    text: str
    line: int
    column: int

    def says(self, word: str) -> bool:
        """Whether it is this reserved word, in any case, or this sign."""
        return self.part in (Part.WORD, Part.SIGN) and self.text.casefold() == word

    @property
    def is_reserved(self) -> bool:
        return self.part is Part.WORD and self.text.casefold() in RESERVED

    def refused(self, code: str, **values: str) -> SegmentTextRefused:
        return SegmentTextRefused(self.line, self.column, Flaw(code, values))

    def unexpected(self, *right: str) -> SegmentTextRefused:
        """Something else should stand here."""
        return self.refused("unexpected", found=self.text[:40], right=", ".join(right))


def quoted(word: str) -> str:
    """As it stands in the text: bare where nothing else could be meant, else in quotes."""
    is_plain = _BARE.fullmatch(word) and word.casefold() not in RESERVED
    return word if is_plain else json.dumps(word, ensure_ascii=False)


def tokens(text: str) -> Iterator[Token]:
    """From left to right, without blanks, then one END. Raises `SegmentTextRefused`."""
    place = 0
    if len(text) > LONGEST_TEXT:
        raise SegmentTextRefused(1, 1, Flaw("too_long", {"right": str(LONGEST_TEXT)}))
    while place < len(text):
        found = _PARTS.match(text, place)
        if found is None:
            raise _unreadable(text, place)
        part = Part(found.lastgroup or "")
        if part is not Part.SPACE:
            yield _token(part, found[0], *_place(text, place))
        place = found.end()
    yield Token(Part.END, "", *_place(text, place))


def _token(part: Part, text: str, line: int, column: int) -> Token:
    if part is not Part.STRING:
        return Token(part, text.translate(_WIDE) if part is Part.SIGN else text, line, column)
    try:
        return Token(part, json.loads(text), line, column)
    except ValueError:
        raise SegmentTextRefused(line, column, Flaw("bad_string", {"found": text[:40], "right": '\\" \\\\'})) from None


def _unreadable(text: str, place: int) -> SegmentTextRefused:
    code = "open_string" if text[place] == '"' else "bad_sign"
    return SegmentTextRefused(*_place(text, place), Flaw(code, {"found": text[place : place + 20]}))


def _place(text: str, place: int) -> tuple[int, int]:
    return text.count("\n", 0, place) + 1, place - (text.rfind("\n", 0, place) + 1) + 1
