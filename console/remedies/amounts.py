"""Amounts of remedies in the reader's words."""

from dataclasses import dataclass

from console.case.lengths import amount_words
from console.frame.texts import Texts


@dataclass(frozen=True)
class Amounts:
    """Writes them in one language."""

    texts: Texts
    language: str

    def of(self, kind: str, amount: int) -> str:
        """Points as points, cents as money, a dash for an apology."""
        return amount_words(self.texts, self.language, kind, amount) or "–"

    def limit(self, kind: str, amount: int | None) -> str:
        """Up to what a role grants alone."""
        return self.texts.say(self.language, "remedies.never") if amount is None else self.of(kind, amount)

    def money(self, cents: int) -> str:
        return f"{cents / 100:,.2f}"
