"""Pure: which field of the profile a shopper wants changed (`profile_words.yml`)."""

from crm_store.words import folded, word_lists

_WORDS = word_lists(__file__)


def field_in(text: str) -> str | None:
    """`name`, `email`, `phone`, `birthday` or `address`; None when none, or more than one, is named."""
    named = _WORDS.found("fields", folded(text))
    return named[0] if len(named) == 1 else None
