"""Pure: whether words say that it is put right or that it is not, and the score in an answer (`resolved_words.yml`)."""

import re

from crm_store.words import folded, trimmed, word_lists

_WORDS = word_lists(__file__)
LONGEST_YES = 80
"""Characters: a longer yes says more than yes, and somebody has to read it."""


def resolved_in(text: str) -> bool | None:
    """True for yes, False for no, None for anything else; "thanks" is a yes."""
    line = folded(text)
    told = _WORDS.without("relief", line)
    asks = _WORDS.regex("question").search(line) is not None
    if _WORDS.finds("no_anywhere", told):
        return False
    if not asks and (_begins(told) or _WORDS.regex("negated").search(told)):
        return False
    if asks or len(line) > LONGEST_YES or _WORDS.finds("but", line):
        return None
    return True if _WORDS.finds("yes", told) or told != line else None


def score_from(text: str) -> int | None:
    """1 to 5, when the message is a score and nothing else; stars may be counted."""
    line = folded(text)
    stars = re.fullmatch(r"[★⭐🌟]{1,5}", line.replace("\ufe0f", ""))
    if stars:
        return len(stars.group())
    found = _WORDS.regex("score").search(trimmed(line) or line)
    if found is None:
        return None
    figures: dict[str, int] = _WORDS.values("figures")
    return figures[found[1]] if found[1] in figures else int(found[1])


def _begins(line: str) -> bool:
    """A no as the first word; in Chinese 不 and 没 begin too many words, so there it has to be all of it."""
    bare = trimmed(line)
    found = _WORDS.pattern("no_first").match(bare)
    if found is None:
        return False
    return found.group().isascii() or len(bare) <= len(found.group()) + 1
