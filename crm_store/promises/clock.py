"""Pure: the clocks of a case, replayed from what happened to it. The same events give the same clocks, always."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from crm_store.cases.events import Happened
from crm_store.promises.choice import ClockKind, Promises, Terms
from crm_store.promises.running import Hold, Reading

ANSWERS = (ClockKind.FIRST_ANSWER, ClockKind.NEXT_ANSWER)
RESOLVED = frozenset({"done", "confirmed", "closed"})


@dataclass(frozen=True)
class Occurred:
    """One event of a case, as far as clocks care."""

    id: int
    at: datetime
    kind: Happened
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Promised:
    """`now` is what the policies of today promise; `kept` what was decided before, by clock, and stays decided."""

    now: Promises
    kept: Mapping[tuple[ClockKind, int], tuple[Hold, ...]] = field(default_factory=dict)

    def terms(self, kind: ClockKind, ordinal: int, at: datetime) -> Terms | None:
        """What holds for this clock from this moment on; None when nothing of the kind is promised."""
        for hold in self.kept.get((kind, ordinal), ()):
            if hold.since == at:
                return hold.terms
        offered = self.now.get(kind, ())
        return min(offered, key=lambda terms: terms.calendar.hours.add(at, terms.target), default=None)


def replay(events: Iterable[Occurred], promised: Promised, now: datetime) -> list[Reading]:
    """The clocks as they stand at `now`, in the order of their kinds; events after `now` have not happened yet."""
    case = _Case(promised)
    for event in sorted(events, key=attrgetter("at", "id")):
        if event.at <= now and event.kind in CLOCK_EVENTS:
            case.happens(event)
    return [case.read(reading, now) for kind in ClockKind for reading in case.clocks[kind]]


class _Case:
    """The clocks of one case while its events are read."""

    def __init__(self, promised: Promised) -> None:
        self._promised = promised
        self.clocks: dict[ClockKind, list[Reading]] = {kind: [] for kind in ClockKind}
        self._merged_at: datetime | None = None
        self._closed_at: datetime | None = None
        self._answered = False

    def happens(self, event: Occurred) -> None:
        """In a merged case nothing moves the clocks but its split."""
        if self._merged_at is None or event.kind is Happened.SPLIT:
            _MOVES[event.kind](self, event)

    def opened(self, event: Occurred) -> None:
        self._begin(ClockKind.FIRST_ANSWER, event.at)
        self._begin(ClockKind.RESOLUTION, event.at)

    def asked(self, event: Occurred) -> None:
        if self._answered:
            self._begin(ClockKind.NEXT_ANSWER, event.at)

    def answered(self, event: Occurred) -> None:
        self._answered = True
        self._all(ANSWERS, lambda clock: clock.met(event.at))

    def reopened(self, event: Occurred) -> None:
        """What was missed before stays missed; the new interval is not late from its beginning."""
        self._closed_at = None
        self._all((ClockKind.NEXT_ANSWER,), lambda clock: _over_if_missed(clock, event.at))
        self._begin(ClockKind.NEXT_ANSWER, event.at)
        self._begin(ClockKind.RESOLUTION, event.at)

    def moved(self, event: Occurred) -> None:
        state = str(event.detail.get("to", ""))
        if state not in RESOLVED:
            self._closed_at = None
            if self.clocks[ClockKind.RESOLUTION]:
                # Done and undone again is not done: the promise to resolve it begins anew.
                self._begin(ClockKind.RESOLUTION, event.at)
            return
        self._all((ClockKind.RESOLUTION,), lambda clock: clock.met(event.at))
        if state == "confirmed":
            # The shopper's own word: nothing is left to answer.
            self._all(ANSWERS, lambda clock: clock.ended(event.at))
        if state == "closed":
            self._closed_at = event.at

    def paused(self, event: Occurred) -> None:
        reason = str(event.detail.get("reason", ""))
        self._all((ClockKind.RESOLUTION,), lambda clock: clock.pause(event.at, reason))

    def resumed(self, event: Occurred) -> None:
        self._all((ClockKind.RESOLUTION,), lambda clock: clock.resume(event.at))

    def targeted(self, event: Occurred) -> None:
        self._all(ClockKind, lambda clock: self._retargeted(clock, event.at))

    def merged(self, event: Occurred) -> None:
        self._merged_at = event.at
        self._all(ClockKind, lambda clock: clock.ended(event.at))

    def split(self, event: Occurred) -> None:
        merged_at, self._merged_at = self._merged_at, None
        self._all(ClockKind, lambda clock: clock.revived(event.at) if clock.ended_at == merged_at else clock)

    def _begin(self, kind: ClockKind, at: datetime) -> None:
        """A new interval, unless one of the kind runs: what was promised first is due first."""
        begun = self.clocks[kind]
        if begun and (begun[-1].runs or kind is ClockKind.FIRST_ANSWER):
            return
        terms = self._promised.terms(kind, len(begun) + 1, at)
        if terms is not None:
            begun.append(Reading.begun(kind, len(begun) + 1, terms, at))

    def _retargeted(self, clock: Reading, at: datetime) -> Reading:
        # Where nothing is promised any more, what was promised still holds.
        return clock.retargeted(at, self._promised.terms(clock.kind, clock.ordinal, at) or clock.terms)

    def _all(self, kinds: Iterable[ClockKind], change: Callable[[Reading], Reading]) -> None:
        for kind in kinds:
            self.clocks[kind] = [change(clock) for clock in self.clocks[kind]]

    def read(self, clock: Reading, now: datetime) -> Reading:
        """As seen now. Closing a case answers nobody: an open answer is missed when due, and over with that."""
        seen = clock.seen_at(now)
        if self._closed_at is not None and seen.runs and seen.missed_at is not None:
            return replace(seen, ended_at=max(seen.missed_at, self._closed_at))
        return seen


def _over_if_missed(clock: Reading, at: datetime) -> Reading:
    return clock.ended(at) if clock.seen_at(at).missed_at is not None else clock


_MOVES: Mapping[Happened, Callable[[_Case, Occurred], None]] = {
    Happened.OPENED: _Case.opened,
    Happened.ASKED: _Case.asked,
    Happened.ANSWERED: _Case.answered,
    Happened.STATE: _Case.moved,
    Happened.PAUSED: _Case.paused,
    Happened.RESUMED: _Case.resumed,
    Happened.REOPENED: _Case.reopened,
    Happened.TARGETED: _Case.targeted,
    Happened.MERGED: _Case.merged,
    Happened.SPLIT: _Case.split,
}
CLOCK_EVENTS = frozenset(_MOVES)
