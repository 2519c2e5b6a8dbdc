"""Pure: a snippet as pieces, marked or not, so that a template can show it without making markup of anybody's words."""

from collections.abc import Iterator

from crm_store.search.search_words import Snippet


def marked(snippet: Snippet) -> Iterator[tuple[str, bool]]:
    """Pieces in order, each with whether the words asked for stand there."""
    end = 0
    for first, behind in snippet.marks:
        if first > end:
            yield snippet.text[end:first], False
        if behind > max(first, end):
            yield snippet.text[max(first, end) : behind], True
        end = max(end, behind)
    if end < len(snippet.text):
        yield snippet.text[end:], False
