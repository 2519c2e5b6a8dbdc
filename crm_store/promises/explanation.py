"""Pure: why a clock is due when it is, in plain values; and what another calendar would make of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from crm_store.promises.calendar import Span
from crm_store.promises.choice import CalendarOf, ClockKind, Terms
from crm_store.promises.clock import Occurred, Promised, replay
from crm_store.promises.running import Hold, Pause, Reading


@dataclass(frozen=True)
class DayCounted:
    """Business time of one local day: its spans in UTC, clipped and without pauses, and their seconds."""

    day: date
    spans: tuple[Span, ...]
    seconds: float


@dataclass(frozen=True)
class Explanation:
    """All that decides `due`. Seconds are business time, but for `waited`: the shopper's wait on their own wall."""

    kind: ClockKind
    ordinal: int
    started_at: datetime
    due: datetime | None
    holds: tuple[Hold, ...]
    days: tuple[DayCounted, ...]
    holidays: tuple[tuple[date, str], ...]
    pauses: tuple[Pause, ...]
    counted: float
    waited: float

    @property
    def terms(self) -> Terms:
        """What holds now: the target, and the versions of policy and calendar that said so."""
        return self.holds[-1].terms


def explain(clock: Reading, now: datetime) -> Explanation:
    """Counted up to its due moment; up to now while it is paused and has none."""
    over = clock.met_at or clock.ended_at
    end = clock.due or over or now
    days = tuple(_days(clock, end))
    return Explanation(
        clock.kind,
        clock.ordinal,
        clock.started_at,
        clock.due,
        clock.holds,
        days,
        tuple(_holidays(clock, end)),
        clock.pauses,
        sum(day.seconds for day in days),
        ((over or now) - clock.started_at).total_seconds(),
    )


def _days(clock: Reading, end: datetime) -> Iterable[DayCounted]:
    hours = clock.terms.calendar.hours
    by_day: dict[date, list[Span]] = defaultdict(list)
    for stretch in _stretches(clock, end):
        for span in hours.spans(stretch.opens, stretch.closes):
            by_day[span.opens.astimezone(hours.zone).date()].append(span)
    for day, spans in by_day.items():
        yield DayCounted(day, tuple(spans), sum(span.seconds for span in spans))


def _stretches(clock: Reading, end: datetime) -> Iterable[Span]:
    """From the start to the end, without the pauses."""
    start = clock.started_at
    for pause in clock.pauses:
        if start < min(pause.since, end):
            yield Span(start, min(pause.since, end))
        start = max(start, pause.until or end)
    if start < end:
        yield Span(start, end)


def _holidays(clock: Reading, end: datetime) -> Iterable[tuple[date, str]]:
    """Those on which the desk would have been open."""
    hours = clock.terms.calendar.hours
    first, last = (moment.astimezone(hours.zone).date() for moment in (clock.started_at, end))
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    return [(day, hours.holidays[day]) for day in days if day in hours.holidays and hours.week[day.weekday()]]


@dataclass(frozen=True)
class Difference:
    """One clock as it is and as it would be; None where it would not be there."""

    kind: ClockKind
    ordinal: int
    before: Reading | None
    after: Reading | None


def compared(before: Iterable[Reading], after: Iterable[Reading]) -> list[Difference]:
    """Clock by clock."""
    were, would = ({(clock.kind, clock.ordinal): clock for clock in clocks} for clocks in (before, after))
    return [Difference(*key, were.get(key), would.get(key)) for key in dict.fromkeys([*were, *would])]


def with_calendar(
    events: Iterable[Occurred], promised: Promised, calendar: CalendarOf, now: datetime
) -> list[Difference]:
    """What this version would make of the clocks that go by the calendar of its name."""
    told = list(events)

    def by_it(terms: Terms) -> Terms:
        return replace(terms, calendar=calendar) if terms.calendar.name == calendar.name else terms

    other = Promised(
        {kind: tuple(by_it(terms) for terms in offered) for kind, offered in promised.now.items()},
        {
            clock: tuple(replace(hold, terms=by_it(hold.terms)) for hold in holds)
            for clock, holds in promised.kept.items()
        },
    )
    return compared(replay(told, promised, now), replay(told, other, now))
