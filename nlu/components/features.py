"""Pure: the features of a message, counted from its words."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlu.components.words import is_han


@dataclass(frozen=True)
class Grams:
    """Lengths of the runs that are counted: of words, and of letters inside one Latin word."""

    words: int = 3
    letters_from: int = 3
    letters_to: int = 5


def count(words: Sequence[str], grams: Grams) -> Counter[str]:
    found = Counter(_runs(words, grams.words))
    found.update(_letters(words, grams))
    return found


def _runs(words: Sequence[str], longest: int) -> Iterator[str]:
    for length in range(1, longest + 1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def _letters(words: Sequence[str], grams: Grams) -> Iterator[str]:
    """Parts of Latin words, for typing errors and endings; `#` keeps them apart from the words themselves."""
    for word in words:
        if is_han(word):
            continue
        framed = f"_{word}_"
        for length in range(grams.letters_from, grams.letters_to + 1):
            for start in range(len(framed) - length + 1):
                yield f"#{framed[start : start + length]}"
