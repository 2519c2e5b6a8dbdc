"""Pure: which language a shopper asks for, by explicit words (`language_words.yml`)."""

import re

from crm_store.words import folded, word_lists

_WORDS = word_lists(__file__)
_CLAUSES = re.compile(r"[,.;!?，。；！？\n]+|\bbut\b|\bcan\b|\bplease\b|但是?|所以|请|能")
_OTHER = {"en": "zh", "zh": "en"}


def language_wanted(text: str) -> str | None:
    """``en`` or ``zh``; "I cannot read Chinese" asks for English. None when the words name neither or both alike."""
    wanted: set[str] = set()
    unwanted: set[str] = set()
    for clause in _CLAUSES.split(folded(text)):
        named = _WORDS.found("languages", clause)
        refused = _WORDS.finds("cannot", clause)
        (unwanted if refused and len(named) == 1 else wanted).update(named)
    if len(wanted - unwanted) == 1:
        return (wanted - unwanted).pop()
    return _OTHER[unwanted.pop()] if not wanted and len(unwanted) == 1 else None
