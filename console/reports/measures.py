"""Pure: figures as one reads them, and how they changed."""

from dataclasses import dataclass

from console.charts.scales import DAY, HOUR, MINUTE
from console.frame.texts import Texts


@dataclass(frozen=True)
class Measures:
    """Writes figures in one language. What was not measured is a dash."""

    texts: Texts
    language: str

    def wait(self, seconds: float | None) -> str:
        """Minutes under two hours, hours under two days, else days."""
        if seconds is None:
            return self.nothing
        if seconds < 2 * HOUR:
            return self._say("minutes", n=f"{max(round(seconds / MINUTE), 1 if seconds else 0)}")
        if seconds < 2 * DAY:
            return self._say("hours", n=_plain(seconds / HOUR))
        return self._say("days", n=_plain(seconds / DAY))

    def short(self, seconds: float | None) -> str:
        """The same where seconds matter: what a machine does."""
        if seconds is not None and seconds < 2 * MINUTE:
            return self._say("seconds", n=_plain(seconds))
        return self.wait(seconds)

    def share(self, share: float | None) -> str:
        """Hundredths; no rounding says all or none where it was not."""
        if share is None:
            return self.nothing
        hundredths = round(share * 100)
        if hundredths in (0, 100) and share not in (0, 1):
            hundredths = min(max(hundredths, 1), 99)
        return self._say("share", n=f"{hundredths}")

    def score(self, score: float | None) -> str:
        return self.nothing if score is None else f"{score:.1f}"

    def money(self, cents: int) -> str:
        return f"{cents / 100:,.2f}"

    @property
    def nothing(self) -> str:
        return self._say("not_measured")

    def _say(self, name: str, **values: str) -> str:
        return self.texts.say(self.language, f"reports.{name}", **values)


@dataclass(frozen=True)
class Change:
    """`way` is ``up``, ``down`` or ``same``; `tone` whether that is good: ``ok``, ``bad`` or empty."""

    way: str
    tone: str


def change(now: float | None, before: float | None, good: str = "") -> Change | None:
    """`good` is the way that pleases, empty when neither does; None where there is nothing to compare."""
    if now is None or before is None:
        return None
    if abs(now - before) < 1e-9:
        return Change("same", "")
    way = "up" if now > before else "down"
    return Change(way, "" if not good else "ok" if way == good else "bad")


def _plain(value: float) -> str:
    """One decimal where there is one."""
    return f"{value:.1f}".removesuffix(".0")
