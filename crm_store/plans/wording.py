"""Pure: a message's text with its variables put in. Read once from left to right: a value is never looked at again."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from crm_store.errors import CareLoopError
from crm_store.plans.plan import Content, Plan

EVERY_CHANNEL = "*"
_SIGN = re.compile(r"\{\{|\}\}|\{(?P<name>[a-z][a-z0-9_]*)\}|[{}]")


class WordingBroken(CareLoopError):
    """A brace that opens or closes nothing, or braces around what is no name; two braces stand for one.

    `line` counts from 1.
    """

    code = "wording_broken"

    def __init__(self, line: int, found: str) -> None:
        super().__init__(f"line {line}: {found} is no variable; write {{{{ or }}}} for a plain brace")
        self.line, self.found = line, found


class ValueMissing(CareLoopError):
    """A text names a variable there is no value for: the message is not sent."""

    code = "value_missing"


class ContentMissing(CareLoopError):
    """There are no words for this channel in this language; another language is never sent in their place."""

    code = "content_missing"


@dataclass(frozen=True, slots=True)
class Piece:
    """Plain text, or a variable by its name; where it begins."""

    text: str
    is_variable: bool
    line: int


@lru_cache(maxsize=1024)
def pieces(text: str) -> tuple[Piece, ...]:
    """`text` cut into plain text and variables; raises `WordingBroken`. One text is read once for many people."""
    return tuple(_cut(text))


def _cut(text: str) -> Iterator[Piece]:
    read, line = 0, 1
    for sign in _SIGN.finditer(text):
        before = text[read : sign.start()]
        if before:
            yield Piece(before, False, line)
            line += before.count("\n")
        read = sign.end()
        if sign["name"]:
            yield Piece(sign["name"], True, line)
        elif len(sign[0]) == 2:
            yield Piece(sign[0][0], False, line)
        else:
            raise WordingBroken(line, text[sign.start() : sign.start() + 20].split("\n")[0])
    if text[read:]:
        yield Piece(text[read:], False, line)


def names_in(*texts: str) -> frozenset[str]:
    """Every variable named in well-formed texts."""
    return frozenset(piece.text for text in texts for piece in pieces(text) if piece.is_variable)


def variables_of(plan: Plan) -> frozenset[str]:
    """Every variable any words of the plan name."""
    return names_in(*(text for content in plan.contents for text in (content.text, content.subject, *content.choices)))


def plainly_braced(text: str) -> str:
    """`text` written so that it says just that: `filled` gives it back."""
    return text.replace("{", "{{").replace("}", "}}")


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with its values; raises `ValueMissing`, `WordingBroken`."""
    return "".join(_value(piece.text, values) if piece.is_variable else piece.text for piece in pieces(text))


def _value(name: str, values: Mapping[str, str]) -> str:
    if name not in values:
        raise ValueMissing(f"{{{name}}}: there is no value for this person")
    return values[name]


def render(content: Content, values: Mapping[str, str]) -> str:
    """The message itself; raises as `filled`."""
    return filled(content.text, values)


def rendered_subject(content: Content, values: Mapping[str, str]) -> str:
    """On one line, whatever the values hold."""
    return " ".join(filled(content.subject, values).split())


def rendered_choices(content: Content, values: Mapping[str, str]) -> tuple[str, ...]:
    """The labels of the quick replies, each on one line."""
    return tuple(" ".join(filled(choice, values).split()) for choice in content.choices)


def content_for(plan: Plan, channel: str, language: str) -> Content:
    """The channel's own words, else those for every channel, in this very language; raises `ContentMissing`."""
    there = {content.channel: content for content in plan.contents if content.language == language}
    found = there.get(channel) or there.get(EVERY_CHANNEL)
    if found is None or not found.text.strip():
        raise ContentMissing(f"contents: there are no words for {channel} in {language}")
    return found
