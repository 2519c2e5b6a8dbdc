"""How the figures went, day by day or week by week: the charts of a report and the table of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from console.charts.drawing import Columns, Lines, Place, columns, lines, spark
from console.charts.scales import time_ticks
from console.frame.frame import Frame
from console.reports.measures import Measures
from console.reports.naming import day_named
from console.reports.period import Period
from crm_store.desk.reports import Figures

COUNTED = ("opened", "still_open", "answer_kept", "answer_missed", "resolution_kept", "resolution_missed", "reopened")
CASES = "/console/reports/cases?"


@dataclass(frozen=True)
class Step:
    """One day or week with its counts by name; waits only where it is one day."""

    period: Period
    name: str
    full: str
    counts: Mapping[str, int]
    median: float | None
    p90: float | None

    def way(self, figure: str) -> str:
        """The page of the cases behind."""
        return CASES + urlencode({**self.period.named, "figure": figure})


@dataclass(frozen=True)
class Course:
    """`waits` is None where the steps are weeks: medians of days make no median of a week."""

    steps: list[Step]
    opened: Columns
    answers: Columns
    resolutions: Columns
    waits: Lines | None
    sparks: Mapping[str, str]


def course_of(frame: Frame, language: str, period: Period, days: Sequence[Figures]) -> Course:
    """`days` are the figures by day; those without a case are not among them."""
    steps = _steps(period, language, {row.value: row for row in days})
    measures = Measures(frame.texts, language)

    def chart(says: str, *names: str) -> Columns:
        def place(step: Step) -> Place:
            counts = {name: step.counts[name] for name in names}
            told = f"{step.full}: " + frame.say(language, f"reports.{says}_says", **counts)
            return Place(step.name, told, tuple(step.way(name) for name in names))

        return columns([place(step) for step in steps], [_parts(step, names) for step in steps])

    return Course(
        steps,
        chart("opened", "opened", "still_open"),
        chart("answered", "answer_kept", "answer_missed"),
        chart("resolved", "resolution_kept", "resolution_missed"),
        _waits(frame, language, steps, measures) if steps[0].period.length == steps[-1].period.length == 1 else None,
        {name: spark([step.counts[name] for step in steps]) for name in COUNTED},
    )


def _parts(step: Step, names: tuple[str, ...]) -> list[int]:
    """From below. Of those opened: which are settled, then which are open still."""
    first, second = (step.counts[name] for name in names)
    return [first - second if names[0] == "opened" else first, second]


def _steps(period: Period, language: str, by_day: Mapping[str, Figures]) -> list[Step]:
    steps = []
    for piece in period.pieces():
        found = [by_day[day.first.isoformat()] for day in _days(piece) if day.first.isoformat() in by_day]
        counts = {name: sum(getattr(row, name) for row in found) for name in COUNTED}
        alone = found[0] if found and piece.length == 1 else None
        full = day_named(piece.first, language)
        if piece.length > 1:
            full += f" – {day_named(piece.last, language)}"
        name = (
            f"{piece.first.day}/{piece.first.month}" if language == "en" else f"{piece.first.month}/{piece.first.day}"
        )
        median, p90 = (alone.first_answer_median, alone.first_answer_p90) if alone else (None, None)
        steps.append(Step(piece, name, full, counts, median, p90))
    return steps


def _days(piece: Period) -> list[Period]:
    return piece.pieces()


def _waits(frame: Frame, language: str, steps: Sequence[Step], measures: Measures) -> Lines:
    def told(step: Step) -> str:
        values = {"median": measures.wait(step.median), "p90": measures.wait(step.p90)}
        return f"{step.full}: " + frame.say(language, "reports.waits_says", **values)

    places = [Place(step.name, told(step), (step.way("answered"), step.way("answered"))) for step in steps]
    values = [[step.median for step in steps], [step.p90 for step in steps]]
    top = max((value for line in values for value in line if value is not None), default=0)
    return lines(places, values, time_ticks(top), lambda seconds: measures.wait(seconds) if seconds else "0")
