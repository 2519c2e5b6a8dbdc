"""Pure: whether a message only thanks or nods (`thanks_words.yml`). "thanks" starts no clock and wakes nobody."""

import re

from crm_store.words import folded, word_lists

_WORDS = word_lists(__file__)
_LETTER = re.compile(r"[^\W_]")
LONGEST = 80
"""Characters; whoever writes more has something to say."""


def only_thanks(text: str) -> bool:
    """Nothing but thanks, nods and signs ("ok, thank you 🙏", "好的谢谢"); a question mark asks."""
    line = folded(text)
    if len(line) > LONGEST or "?" in line or not _WORDS.finds("thanks", line):
        return False
    return not _LETTER.search(_WORDS.without("beside", _WORDS.without("thanks", line)))
