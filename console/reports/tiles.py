"""The figures at the head of a report: each with what it was before, what it is made of, and its cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from console.frame.frame import Frame
from console.reports.measures import Change, Measures, change
from console.reports.period import Period
from crm_store.desk.reports import Figures
from crm_store.remedies.past import CauseCost

Note = tuple[str, str]
"""Words and where they lead; an empty address for nowhere."""


@dataclass(frozen=True)
class Tile:
    """`name` is the text of the label, `was` the same figure in the days before."""

    name: str
    figure: str
    to: str
    notes: list[Note]
    change: Change | None
    was: str
    spark: str = ""


@dataclass(frozen=True)
class Told:
    """A figure and what it was, as they are read."""

    now: str
    was: str
    change: Change | None

    @property
    def read(self) -> Change | None:
        """What reads the same is the same."""
        return Change("same", "") if self.change and self.now == self.was else self.change


@dataclass(frozen=True)
class Tiles:
    """Makes them. `before` is None where nothing was opened in the days before."""

    frame: Frame
    language: str
    period: Period
    now: Figures
    before: Figures | None
    sparks: Mapping[str, str]

    def all(self, costs: list[CauseCost], costs_before: list[CauseCost]) -> list[Tile]:
        cost = self._cost(costs, costs_before)
        return [self._opened(), self._answers(), self._resolutions(), self._reopened(), self._satisfaction(), cost]

    def _opened(self) -> Tile:
        was = self.before.opened if self.before else 0
        told = Told(str(self.now.opened), str(was), change(self.now.opened, was))
        return self._tile("opened", "opened", told, [self._link("still_open", self.now.still_open)])

    def _answers(self) -> Tile:
        now, wait = self.now, self._measures.wait
        spread = self._say("median_p90", median=wait(now.first_answer_median), p90=wait(now.first_answer_p90))
        missing = self._link("not_answered", now.opened - now.answered)
        notes = [(spread, self._way("answered", now.answered)), self._link("answer_missed", now.answer_missed), missing]
        return self._tile("answers", "answer_kept", self._shares("answer_in_time", "up"), notes)

    def _resolutions(self) -> Tile:
        now = self.now
        median = self._say("median", median=self._measures.wait(now.resolution_median))
        notes = [(median, self._way("resolved", now.resolved)), self._link("resolution_missed", now.resolution_missed)]
        return self._tile("resolutions", "resolution_kept", self._shares("resolution_in_time", "up"), notes)

    def _reopened(self) -> Tile:
        notes = [self._link("reopened", self.now.reopened)]
        if self.now.answer_again_median is not None:
            again = self._say("again", median=self._measures.wait(self.now.answer_again_median))
            notes.append((again, self._way("answered_again")))
        return self._tile("reopening", "reopened", self._shares("reopen_rate", "down"), notes)

    def _satisfaction(self) -> Tile:
        now, measures = self.now, self._measures
        notes = [self._link("scored", now.scores)]
        if now.yes_share is not None:
            share = self._say("yes", share=measures.share(now.yes_share))
            notes += [(share, self._way("said_yes", now.said_yes)), self._link("said_no", now.said_no)]
        was = self.before.score_mean if self.before else None
        told = Told(measures.score(now.score_mean), measures.score(was), change(now.score_mean, was, "up"))
        return self._tile("satisfaction", "scored", told, notes)

    def _cost(self, costs: list[CauseCost], costs_before: list[CauseCost]) -> Tile:
        total, was = (sum(each.cost for each in some) for some in (costs, costs_before))
        to = "/console/reports/costs?" + urlencode(self.period.named)
        notes = [(self._say("remedies", n=sum(each.remedies for each in costs)), to)]
        money = self._measures.money
        return Tile("costs", money(total), to, notes, change(total, was if costs_before else None, "down"), money(was))

    def _shares(self, name: str, good: str) -> Told:
        now, was = getattr(self.now, name), getattr(self.before, name) if self.before else None
        return Told(self._measures.share(now), self._measures.share(was), change(now, was, good))

    def _tile(self, name: str, figure: str, told: Told, notes: list[Note]) -> Tile:
        spark = self.sparks["opened"] if figure == "opened" else ""
        return Tile(name, told.now, self._way(figure), notes, told.read, told.was, spark)

    def _link(self, figure: str, n: int) -> Note:
        return self._say(f"n_{figure}", n=n), self._way(figure, n)

    def _way(self, figure: str, n: int = 1) -> str:
        """Nowhere where nothing is counted."""
        return "/console/reports/cases?" + urlencode({**self.period.named, "figure": figure}) if n else ""

    def _say(self, name: str, **values: object) -> str:
        return self.frame.say(self.language, f"reports.{name}", **values)

    @property
    def _measures(self) -> Measures:
        return Measures(self.frame.texts, self.language)
