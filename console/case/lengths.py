"""How long something is, and how much of something is given, in the reader's words."""

from decimal import Decimal

from console.frame.texts import Texts
from crm_store.remedies.granting import RemedyKind

MINUTE, HOUR, DAY = 60, 3600, 86_400


def wall_length(texts: Texts, language: str, seconds: float) -> str:
    """As on the wall: a day has 24 hours."""
    minutes = int(max(seconds, 0)) // MINUTE
    if minutes < 24 * 60:
        return desk_length(texts, language, seconds)
    return texts.say(language, "case.length_days", d=minutes // 1440, h=minutes // 60 % 24)


def desk_length(texts: Texts, language: str, seconds: float) -> str:
    """In hours and minutes: a working day has as many hours as its calendar says."""
    minutes = int(max(seconds, 0)) // MINUTE
    if minutes < 60:
        return texts.say(language, "case.length_minutes", m=minutes)
    if minutes % 60 == 0:
        return texts.say(language, "case.length_hours", h=minutes // 60)
    return texts.say(language, "case.length_both", h=minutes // 60, m=minutes % 60)


def amount_words(texts: Texts, language: str, kind: str, amount: int) -> str:
    """Points as points, cents as money, nothing for an apology."""
    if kind == RemedyKind.APOLOGY:
        return ""
    if kind == RemedyKind.POINTS:
        return texts.say(language, "case.amount_points", n=f"{amount:,}")
    return f"{Decimal(amount) / 100:,.2f}"


def amount_typed(kind: RemedyKind, typed: str) -> int | None:
    """What somebody typed, whole points or money such as ``25`` or ``25.50``, in the unit of the kind; else None."""
    if kind is RemedyKind.APOLOGY:
        return 0
    try:
        value = Decimal(typed.strip().replace(",", "")) * (1 if kind is RemedyKind.POINTS else 100)
    except ArithmeticError:
        return None
    if not value.is_finite() or value != value.to_integral_value() or not 0 < value < 10**9:
        return None
    return int(value)
