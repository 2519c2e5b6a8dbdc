"""Pure: which language a shopper asks for, by explicit words (`language_words.yml`)."""

from crm_store.words import folded, word_lists

_WORDS = word_lists(__file__)
_OTHER = {"en": "zh", "zh": "en"}


def language_wanted(text: str) -> str | None:
    """``en`` or ``zh``; "I cannot read Chinese" asks for English. None when the words name neither."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for clause in _WORDS.regex("clauses").split(folded(text)):
        named = _WORDS.found("languages", clause)
        if len(named) == 1:
            (unwanted if _WORDS.finds("cannot", clause) else wanted).extend(named)
    left = [language for language in wanted if language not in unwanted]
    if left:
        return left[-1]
    return _OTHER[unwanted[-1]] if len(set(unwanted)) == 1 else None
