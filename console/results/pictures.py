"""The pictures of one campaign's results: bought by day after the message, what went out by day, the comparison."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from console.charts.drawing import Columns, Lines, Place, columns, lines
from console.charts.scales import ticks
from console.charts.whiskers import Bounded, Whiskers, whiskers
from console.frame.frame import Frame
from console.reports.measures import Measures
from console.reports.naming import day_named
from crm_store.results.figures import Figures, Result
from crm_store.results.intervals import Difference, Share, Verdict

Say = Callable[..., str]
_NAMES = ("value", "low", "high")


@dataclass(frozen=True)
class Day:
    """One day of sending as a row of the table."""

    full: str
    figures: Figures
    query: str


@dataclass(frozen=True)
class Pictures:
    """`curve`: rows (days after, share of those meant, share of those held out). `compared` is None without both."""

    days: list[Day]
    by_day: Columns
    curve: list[tuple[int, str, str]]
    after: Lines
    compared: Whiskers | None
    difference: Whiskers | None


def pictures_of(frame: Frame, language: str, result: Result, to: str) -> Pictures:
    """`to`: the page of the people, to which figure and day are added."""

    def say(key: str, **values: object) -> str:
        return frame.say(language, f"results.{key}", **values)

    measures = Measures(frame.texts, language)
    days = [Day(day_named(day, language), figures, urlencode({"day": day})) for day, figures in result.by_day]
    curve = [
        (place + 1, measures.share(meant), measures.share(held))
        for place, (meant, held) in enumerate(zip(*result.curve, strict=True))
        if meant is not None or held is not None
    ]
    return Pictures(
        days,
        _by_day(say, days, [day for day, _ in result.by_day], language, to),
        curve,
        _after(say, result, measures),
        *_compared(say, result),
    )


def _by_day(say: Say, days: list[Day], dates: list[date], language: str, to: str) -> Columns:
    def place(day: Day, at: date) -> Place:
        name = f"{at.day}/{at.month}" if language == "en" else f"{at.month}/{at.day}"
        told = say("day_says", day=day.full, sent=day.figures.sent, bought=day.figures.converted)
        ways = tuple(f"{to}?figure={figure}&{day.query}" for figure in ("converted", "sent"))
        return Place(name, told, ways)

    places = [place(day, at) for day, at in zip(days, dates, strict=True)]
    return columns(places, [[day.figures.converted, day.figures.sent - day.figures.converted] for day in days])


def _after(say: Say, result: Result, measures: Measures) -> Lines:
    held = result.comparison.held_out.share.whole > 0
    meant_line, held_line = result.curve
    places = [
        Place(
            str(place + 1),
            say("after_says", n=place + 1, meant=measures.share(meant), held=measures.share(other)),
        )
        for place, (meant, other) in enumerate(zip(meant_line, held_line, strict=True))
    ]
    values = [[None if each is None else each * 100 for each in line] for line in ([meant_line, held_line][: 1 + held])]
    top = max((each for line in values for each in line if each is not None), default=0)
    return lines(places, values, ticks(top), lambda tick: f"{tick} %")


def _compared(say: Say, result: Result) -> tuple[Whiskers | None, Whiskers | None]:
    meant, held = result.comparison.meant.share, result.comparison.held_out.share
    difference = result.comparison.difference
    if difference is None:
        return None, None
    both = whiskers([_bounded(say, meant, "brand", "meant"), _bounded(say, held, "brass", "held_out")])
    told = say(f"verdict_{difference.verdict}", **bounds(difference)) if difference.verdict != Verdict.FEW else ""
    value = Bounded(difference.value * 100, difference.low * 100, difference.high * 100, "brand", told)
    return both, whiskers([value])


def _bounded(say: Say, share: Share, tone: str, name: str) -> Bounded:
    told = say("share_says", name=say(name), value=hundredths(share.value), **_unsigned(share.low, share.high))
    return Bounded((share.value or 0) * 100, share.low * 100, share.high * 100, tone, told)


def hundredths(share: float | None) -> str:
    """To a tenth."""
    return "–" if share is None else f"{share * 100:.1f}"


def bounds(difference: Difference) -> dict[str, str]:
    """`value`, `low` and `high` in hundredths for the sentence that tells it; without a sign where the sentence says
    which way it goes."""
    if difference.verdict is Verdict.MORE:
        told = (difference.value, difference.low, difference.high)
        return dict(zip(_NAMES, map(hundredths, told), strict=True))
    if difference.verdict is Verdict.LESS:
        told = (-difference.value, -difference.high, -difference.low)
        return dict(zip(_NAMES, map(hundredths, told), strict=True))
    told = (difference.value, difference.low, difference.high)
    return dict(zip(_NAMES, map(_signed, told), strict=True))


def _signed(difference: float) -> str:
    return f"{difference * 100:+.1f}".replace("-", "−")


def _unsigned(low: float, high: float) -> dict[str, str]:
    return {"low": hundredths(low), "high": hundredths(high)}
