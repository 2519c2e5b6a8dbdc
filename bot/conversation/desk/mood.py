"""Pure: whether somebody is angry, by words and by how they are written (`mood.yml`)."""

import re
from enum import IntEnum

from crm_store.words import folded, word_lists

_WORDS = word_lists(__file__)
_SHOUTED = re.compile(r"[!！]{2,}|[?？][!！]|[!！][?？]|[?？]{3,}")
_WORD = re.compile(r"\b[A-Za-z]{2,}\b")
FEWEST_CAPITALS = 3
"""Words in capitals that are a shout and no abbreviation."""


class Mood(IntEnum):
    """ANGRY is one sign, FURIOUS two or more, or one that leaves no doubt."""

    CALM = 0
    ANGRY = 1
    FURIOUS = 2


def mood_of(text: str) -> Mood:
    """How angry one message is."""
    line = folded(text)
    if _WORDS.finds("furious", line):
        return Mood.FURIOUS
    shouts = not _WORDS.finds("glad", line) and (_SHOUTED.search(text) is not None or _in_capitals(text))
    signs = _WORDS.finds("cross", line) + _WORDS.finds("again", line) + shouts
    return Mood(min(signs, Mood.FURIOUS))


def _in_capitals(text: str) -> bool:
    words = _WORD.findall(text)
    loud = [word for word in words if word.isupper()]
    return len(loud) >= FEWEST_CAPITALS and len(loud) * 2 > len(words)
