"""Pure: one clock while it runs: what is left of it, when its next step comes, and what has happened to it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from crm_store.promises.choice import ClockKind, Terms

WARN_AT = 0.75
ALARM_AT = 0.90
"""Shares of the target."""


@dataclass(frozen=True)
class Pause:
    """A stretch in which the clock stands still, and why; `until` is None while it does."""

    since: datetime
    until: datetime | None
    reason: str


@dataclass(frozen=True)
class Hold:
    """The terms in force from a moment on."""

    since: datetime
    terms: Terms


@dataclass(frozen=True)
class Reading:
    """One clock as it stands. Moments are those of the thing itself, never of our noticing it.

    `due` is None while it is paused, unless it has been missed. `left` is the business time that remained at `since`.
    `warns`, `alarms`: when these steps come or came. Steps at or before the moment read have happened.
    """

    kind: ClockKind
    ordinal: int
    started_at: datetime
    holds: tuple[Hold, ...]
    since: datetime
    left: float
    pauses: tuple[Pause, ...] = ()
    due: datetime | None = None
    warns: datetime | None = None
    alarms: datetime | None = None
    warned_at: datetime | None = None
    alarmed_at: datetime | None = None
    missed_at: datetime | None = None
    met_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def terms(self) -> Terms:
        return self.holds[-1].terms

    @property
    def runs(self) -> bool:
        """Neither met nor ended; it may be late, and it may be paused."""
        return self.met_at is None and self.ended_at is None

    @property
    def paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].until is None

    @property
    def next_at(self) -> datetime | None:
        """When its next step comes."""
        if not self.runs or self.paused or self.missed_at is not None:
            return None
        to_come = ((self.warned_at, self.warns), (self.alarmed_at, self.alarms), (None, self.due))
        return min((comes for happened, comes in to_come if happened is None and comes is not None), default=None)

    @classmethod
    def begun(cls, kind: ClockKind, ordinal: int, terms: Terms, at: datetime) -> Self:
        return cls(kind, ordinal, at, (Hold(at, terms),), at, terms.target)._timed()

    def _timed(self) -> Self:
        """With the moments of its steps, counted from `since`."""
        add, target = self.terms.calendar.hours.add, self.terms.target
        return replace(
            self,
            due=add(self.since, self.left),
            warns=add(self.since, self.left - target * (1 - WARN_AT)),
            alarms=add(self.since, self.left - target * (1 - ALARM_AT)),
        )

    def seen_at(self, at: datetime) -> Self:
        """With the steps that have happened by then; one that has happened is never taken back."""
        if not self.runs or self.paused or self.missed_at is not None or self.due is None:
            return self
        return replace(
            self,
            warned_at=self.warned_at or _reached(self.warns, at),
            alarmed_at=self.alarmed_at or _reached(self.alarms, at),
            missed_at=_reached(self.due, at),
        )

    def met(self, at: datetime) -> Self:
        """Kept when before its due moment; else missed, and met later."""
        return replace(self.seen_at(at)._going_on(at), met_at=at) if self.runs else self

    def ended(self, at: datetime) -> Self:
        return replace(self.seen_at(at)._going_on(at), ended_at=at) if self.runs else self

    def pause(self, at: datetime, reason: str) -> Self:
        """Stand still, with what is left by then."""
        if not self.runs or self.paused:
            return self
        seen = self.seen_at(at)
        stands = replace(seen, pauses=(*seen.pauses, Pause(at, None, reason)))
        return stands if seen.missed_at is not None else replace(stands, left=seen._left(at), since=at, due=None)

    def resume(self, at: datetime) -> Self:
        """Go on with what was left."""
        if not self.runs or not self.paused:
            return self
        goes = self._going_on(at)
        return goes if goes.missed_at is not None else goes._timed()

    def revived(self, at: datetime) -> Self:
        """Not ended after all: the time in between counts as a pause."""
        if self.ended_at is None:
            return self
        between = Pause(self.ended_at, None, "merged")
        stands = replace(self, ended_at=None, pauses=(*self.pauses, between))
        if self.missed_at is None:
            stands = replace(stands, left=self._left(self.ended_at), since=self.ended_at, due=None)
        return stands.resume(at)

    def retargeted(self, at: datetime, terms: Terms) -> Self:
        """Other terms from now on; what was missed stays so.

        A tighter target counts from now, and by business time is not later than what was promised before. A looser one
        counts from the start. Neither is over at once.
        """
        if not self.runs:
            return self
        seen = self.seen_at(at)
        changed = replace(seen, holds=(*seen.holds, Hold(at, terms)))
        if seen.missed_at is not None:
            return changed
        promised = seen.terms.calendar.hours.add(at, seen._left(at))
        before = terms.calendar.hours.elapsed(at, promised)
        left = max(terms.target - seen.used(at, terms), min(terms.target, before), 1.0)
        changed = replace(changed, left=left, since=at)
        return changed if changed.paused else changed._timed()

    def used(self, at: datetime, terms: Terms) -> float:
        """Business seconds from the start, by these terms' calendar, without the pauses."""
        elapsed = terms.calendar.hours.elapsed
        standing = sum(elapsed(pause.since, min(pause.until or at, at)) for pause in self.pauses)
        return elapsed(self.started_at, at) - standing

    def _left(self, at: datetime) -> float:
        return self.left if self.paused else self.left - self.terms.calendar.hours.elapsed(self.since, at)

    def _going_on(self, at: datetime) -> Self:
        """With the last pause, if there is one open, closed."""
        if not self.paused:
            return self
        return replace(self, pauses=(*self.pauses[:-1], replace(self.pauses[-1], until=at)), since=at)


def _reached(comes: datetime | None, at: datetime) -> datetime | None:
    return comes if comes is not None and comes <= at else None
