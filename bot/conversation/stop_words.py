"""Pure: a stop in whatever words, if the message says nothing else (`stop_words.yml`)."""

from crm_store.words import folded, trimmed, word_lists

_WORDS = word_lists(__file__)
LONGEST = 120
"""Characters: who writes more tells something besides, and the model is asked."""


def is_all_stop(text: str) -> bool:
    """Whether something is refused, it is being written to, and no other word is left over."""
    line = folded(text)
    if len(line) > LONGEST or "?" in line or _WORDS.finds("not_a_stop", line) or refuses_twice(line):
        return False
    if not (_WORDS.finds("refuse", line) and _WORDS.finds("object", line)):
        return False
    for name in ("refuse", "object", "filler"):
        line = _WORDS.without(name, line)
    return not trimmed(line)


def refuses_twice(line: str) -> bool:
    """ "Don't stop": of a folded line."""
    return _WORDS.finds("doubled", line)


def bare_of_manners(line: str) -> str:
    """A folded line without "please", "now" and the like, and without signs at its ends."""
    return trimmed(" ".join(_WORDS.without("polite", line).split()))
