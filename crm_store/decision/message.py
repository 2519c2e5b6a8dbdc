"""What `decide` knows of one message, and the shop's rules for writing."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from crm_store.decision.facts import Rank
from crm_store.people.consent import Purpose

PURPOSE_CLASSES = {Purpose.SERVICE: 0, Purpose.CARE: 1, Purpose.SURVEY: 2, Purpose.PROMOTION: 3}
"""Who goes first when two want one slot."""


class Late(StrEnum):
    """When the wished-for hour had passed before the occurrence fired: at that hour of the next day, as soon as the
    hours allow it, or not at all."""

    NEXT = "next"
    NOW = "now"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Message:
    """One occurrence of a campaign, the same for everybody it goes to.

    `channels` in the campaign's own order; `templates` names (channel, language) pairs that may go outside a window.
    `at_clock` ("HH:MM") is wished for on the person's own clock, on `Facts.local_date` or on `day` (ISO); `not_before`
    is an instant. `expires_at` is the last instant for everybody; `ends_with_day`: it dies at their own midnight.
    `ready`: `running`, `paused` or `cancelled`. `fired_at`: when the occurrence fired; by it alone a message is late.
    """

    occurrence: int
    purpose: Purpose
    channels: tuple[str, ...]
    expires_at: datetime
    priority: int = 5
    occasion: str | None = None
    stage: str | None = None
    personal: bool = True
    ready: str = "running"
    not_before: datetime | None = None
    day: str | None = None
    at_clock: str | None = None
    ends_with_day: bool = False
    late: Late = Late.NEXT
    templates: frozenset[tuple[str, str]] = frozenset()
    fired_at: datetime | None = None

    @property
    def rank(self) -> Rank:
        return Rank(PURPOSE_CLASSES[self.purpose], self.priority, self.expires_at, self.occurrence)


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `count` in any `within`."""

    count: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """The shop's rules for everybody; a change makes a new version and touches future decisions only.

    `hours` allowed by purpose (local wall clock); `unsure_hours` where the zone is a guess. `overall`, `by_purpose`,
    `by_channel`: all have to hold; service messages and replies are not counted. `gap` between two messages.
    `minimum_age` in years by purpose. `holidays` (ISO dates) on which `quiet_days_for` purposes do not go.
    `windows`: channels that take free text only within their window.
    """

    version: int
    zone: str
    hours: dict[Purpose, tuple[str, str]]
    unsure_hours: tuple[str, str]
    overall: tuple[Cap, ...] = ()
    by_purpose: dict[Purpose, tuple[Cap, ...]] = field(default_factory=dict)
    by_channel: dict[str, tuple[Cap, ...]] = field(default_factory=dict)
    gap: timedelta = timedelta(0)
    minimum_age: dict[Purpose, int] = field(default_factory=dict)
    holidays: frozenset[str] = frozenset()
    quiet_on_holidays: frozenset[Purpose] = frozenset()
    windows: frozenset[str] = frozenset()
    leap_day: str = "02-28"
    without_consent: frozenset[Purpose] = frozenset({Purpose.SERVICE})
