"""Pure: a message that corrects what a complaint says, "no, the order is WM1234" (`correction_words.yml`)."""

import re
from dataclasses import dataclass
from functools import cache

from crm_store.cases.grievance_words import WISHES
from crm_store.numbers import order_numbers
from crm_store.words import folded, word_lists

_WORDS = word_lists(__file__)
_NUMBER = re.compile(r"(?<![a-z0-9])[a-z]{0,4}[ -]?\d{4,10}(?![a-z0-9])")
_LETTER = re.compile(r"[^\W_]")
MOST = 120
"""Characters: who writes more tells something."""


@dataclass(frozen=True)
class Correction:
    """What is right: the order's number as we store them, or the wish by its name; at least one of them."""

    order_number: str | None
    wanted: str | None


def correction_in(text: str) -> Correction | None:
    """None unless the whole message is one, and says what is right rather than only what is not."""
    line = folded(text)
    if len(line) > MOST or line.endswith(("?", "吗")) or not _corrects(line):
        return None
    numbers = [found.group() for found in _NUMBER.finditer(line) if not _negated(line, found.start())]
    order = next(iter(order_numbers(numbers[0])), None) if len(numbers) == 1 else None
    wishes = [name for name in WISHES if _wished(line, name)]
    wish = wishes[0] if len(wishes) == 1 else None
    if (order is None and wish is None) or len(numbers) > 1 or len(wishes) > 1 or _rest(line):
        return None
    return Correction(order, wish)


def _corrects(line: str) -> bool:
    return _WORDS.finds("marks", line) or _WORDS.finds("negations", line)


def _wished(line: str, name: str) -> bool:
    found = _WORDS.pattern_in("wishes", name).finditer(line)
    return any(not _negated(line, match.start()) for match in found)


def _negated(line: str, start: int) -> bool:
    """Whether a negation stands before it, with nothing but fillers between."""
    before = line[max(0, start - 24) : start].rstrip()
    while before:
        if _at_end("negations").search(before):
            return True
        filler = _at_end("fillers").search(before)
        if filler is None:
            return False
        before = before[: filler.start()].rstrip()
    return False


@cache
def _at_end(name: str) -> re.Pattern[str]:
    return re.compile(f"(?:{_WORDS.pattern(name).pattern})$")


def _rest(line: str) -> bool:
    """Whether anything is left that is none of all this."""
    for name in WISHES:
        line = _WORDS.pattern_in("wishes", name).sub(" ", line)
    line = _NUMBER.sub(" ", line)
    for name in ("negations", "marks", "fillers"):
        line = _WORDS.without(name, line)
    return _LETTER.search(line) is not None
