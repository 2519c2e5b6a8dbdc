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
class Tiles:
    """Makes them. `now` and `before` are None where nothing was opened."""

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
        notes = [self._link("still_open", n=self.now.still_open)]
        return Tile(
            "opened", str(self.now.opened), self._way("opened"), notes, change(self.now.opened, was), str(was),
            self.sparks["opened"],
        )  # fmt: skip

    def _answers(self) -> Tile:
        now, before, measures = self.now, self.before, self._measures
        was = before.answer_in_time if before else None
        median, p90 = measures.wait(now.first_answer_median), measures.wait(now.first_answer_p90)
        notes = [
            (self._say("median_p90", median=median, p90=p90), self._way("answered") if now.answered else ""),
            self._link("answer_missed", n=now.answer_missed),
            self._link("not_answered", n=now.opened - now.answered),
        ]
        good = change(now.answer_in_time, was, "up")
        return Tile(
            "answers", measures.share(now.answer_in_time), self._way("answer_kept"), notes, good, measures.share(was)
        )

    def _resolutions(self) -> Tile:
        now, before, measures = self.now, self.before, self._measures
        was = before.resolution_in_time if before else None
        notes = [
            (
                self._say("median", median=measures.wait(now.resolution_median)),
                self._way("resolved") if now.resolved else "",
            ),
            self._link("resolution_missed", n=now.resolution_missed),
        ]
        good = change(now.resolution_in_time, was, "up")
        return Tile(
            "resolutions",
            measures.share(now.resolution_in_time),
            self._way("resolution_kept"),
            notes,
            good,
            measures.share(was),
        )

    def _reopened(self) -> Tile:
        now, before, measures = self.now, self.before, self._measures
        was = before.reopen_rate if before else None
        notes = [self._link("reopened", n=now.reopened)]
        if now.answer_again_median is not None:
            notes.append(
                (self._say("again", median=measures.wait(now.answer_again_median)), self._way("answered_again"))
            )
        good = change(now.reopen_rate, was, "down")
        return Tile(
            "reopening", measures.share(now.reopen_rate), self._way("reopened"), notes, good, measures.share(was)
        )

    def _satisfaction(self) -> Tile:
        now, before, measures = self.now, self.before, self._measures
        was = before.score_mean if before else None
        notes = [self._link("scored", n=now.scores)]
        if now.yes_share is not None:
            notes += [
                (self._say("yes", share=measures.share(now.yes_share)), self._way("said_yes") if now.said_yes else ""),
                self._link("said_no", n=now.said_no),
            ]
        good = change(now.score_mean, was, "up")
        return Tile(
            "satisfaction", measures.score(now.score_mean), self._way("scored"), notes, good, measures.score(was)
        )

    def _cost(self, costs: list[CauseCost], costs_before: list[CauseCost]) -> Tile:
        total, was = (sum(each.cost for each in some) for some in (costs, costs_before))
        to = "/console/reports/costs?" + urlencode(self.period.named)
        notes = [(self._say("remedies", n=sum(each.remedies for each in costs)), to)]
        money = self._measures.money
        return Tile("costs", money(total), to, notes, change(total, was if costs_before else None, "down"), money(was))

    def _link(self, figure: str, n: int) -> Note:
        return self._say(f"n_{figure}", n=n), self._way(figure) if n else ""

    def _way(self, figure: str) -> str:
        return "/console/reports/cases?" + urlencode({**self.period.named, "figure": figure})

    def _say(self, name: str, **values: object) -> str:
        return self.frame.say(self.language, f"reports.{name}", **values)

    @property
    def _measures(self) -> Measures:
        return Measures(self.frame.texts, self.language)
