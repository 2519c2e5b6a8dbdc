"""The figures at the top of a campaign's results, each with what it is made of and where it opens."""

from dataclasses import dataclass

from console.frame.frame import Frame
from console.reports.measures import Measures
from crm_store.results.figures import Result

Note = tuple[str, str]


@dataclass(frozen=True)
class Tile:
    """`to` is empty where nobody stands behind it; notes are words and where they lead."""

    name: str
    figure: str
    to: str
    notes: list[Note]
    tone: str = ""


class Tiles:
    """Of one campaign, in one language. `to`: the page of its people."""

    def __init__(self, frame: Frame, language: str, result: Result, to: str) -> None:
        self._frame, self._language, self._result, self._to = frame, language, result, to
        self._measures = Measures(frame.texts, language)

    def all(self) -> list[Tile]:
        tiles = [self._sent(), self._answered(), self._stopped(), self._bought(), self._sold(), self._saved()]
        return [*tiles, self._score()] if self._result.scores else tiles

    def _sent(self) -> Tile:
        figures = self._result.figures
        told = [("delivered", figures.delivered), ("read", figures.read)]
        notes = [self._n(name, many) for name, many in told if many]
        notes += [] if figures.delivered or not figures.sent else [(self._say("not_told"), "")]
        notes += [self._n(name, getattr(figures, name)) for name in ("failed", "unknown") if getattr(figures, name)]
        return self._tile("sent", figures.sent, notes)

    def _answered(self) -> Tile:
        figures = self._result.figures
        return self._tile("answered", figures.answered, [self._of_sent(figures.answered)])

    def _stopped(self) -> Tile:
        figures = self._result.figures
        notes = [self._of_sent(figures.stopped), (self._say("stopped_lead"), "")]
        return self._tile("stopped", figures.stopped, notes)

    def _bought(self) -> Tile:
        figures = self._result.figures
        notes = [self._of_sent(figures.converted), (self._say("within", n=self._result.goal_days), "")]
        return self._tile("converted", figures.converted, notes)

    def _sold(self) -> Tile:
        figures = self._result.figures
        each = round(figures.sold_cents / figures.sent) if figures.sent else 0
        notes = [(self._say("each", money=self._measures.money(each)), "")] if figures.sent else []
        return Tile("sold", self._measures.money(figures.sold_cents), self._people("converted"), notes)

    def _saved(self) -> Tile:
        savings = self._result.savings
        notes = [(self._say("coupons_used", used=f"{savings.used:,}", given=f"{savings.given:,}"), "")]
        notes = notes if savings.given else []
        for name, cents in (("reminder", savings.reminder_cents), ("points", savings.points_cents)):
            if cents:
                notes.append((self._say(f"saved_{name}", money=self._measures.money(cents)), ""))
        notes = notes or [(self._say("saved_none"), "")]
        return Tile("saved", self._measures.money(savings.cents), self._people("saved"), notes, "brass")

    def _score(self) -> Tile:
        answers = sum(self._result.scores.values())
        notes = [(self._say("answers", n=answers), self._people("scored"))]
        return Tile("score", self._measures.score(self._result.score), self._people("scored"), notes)

    def _tile(self, name: str, many: int, notes: list[Note]) -> Tile:
        return Tile(name, f"{many:,}", self._people(name) if many else "", notes)

    def _of_sent(self, many: int) -> Note:
        share = many / self._result.figures.sent if self._result.figures.sent else None
        return (self._say("of_sent", share=self._measures.share(share)), "")

    def _n(self, name: str, many: int) -> Note:
        return (self._say(f"n_{name}", n=f"{many:,}"), self._people(name))

    def _people(self, figure: str) -> str:
        return f"{self._to}?figure={figure}"

    def _say(self, key: str, **values: object) -> str:
        return self._frame.say(self._language, f"results.{key}", **values)
