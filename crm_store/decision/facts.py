"""What `decide` knows of one person: plain values, without ids, so that equal people are decided once."""

from dataclasses import dataclass
from datetime import datetime

from crm_store.people.consent import Purpose


@dataclass(frozen=True, slots=True)
class Zone:
    """An IANA name and where we have it from: `said`, `phone`, `address`, `shop`, `unknown`; `temporary` until a day.

    `country` (ISO 3166, two letters) matters where the zone is unknown: only hours allowed in all of its zones count.
    """

    name: str
    source: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class Away:
    """Where they said they are for a while: the IANA zone, to the end of that day (ISO) there."""

    zone: str
    until: str


@dataclass(frozen=True, slots=True)
class Reach:
    """One address on one channel: `ok`, `blocked`, `bounced`, `stopped`. `window_until`: free text is taken until."""

    channel: str
    state: str
    window_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Permission:
    """The newest yes or no to a purpose on a channel (`*`: on every channel), with its place among the others said.

    Of two that fit, the one said later (`place` higher) counts, whatever it is more exact about.
    """

    purpose: Purpose
    channel: str
    granted: bool
    place: int

    @property
    def key(self) -> str:
        return f"{self.purpose}:{self.channel}"


@dataclass(frozen=True, slots=True)
class Rules:
    """A shopper's own rules, empty where they said nothing.

    `hours` allowed, local wall clock, "HH:MM" each; across midnight when the first is later. `days` 0 = Monday.
    `at_most`: so many in `per` (`day`, `week`, `month`, `year`). `only_channels` in their order; `first_channels` are
    wished for. `only_occasions`: nothing but these. `off`: occasions they do not want to hear of. `stage`: `before` or
    `after` a purchase only. `pull`: never write first. `snoozed_until`: an instant. `impersonal`: no profiling.
    """

    hours: tuple[str, str] | None = None
    days: frozenset[int] | None = None
    at_most: tuple[int, str] | None = None
    only_channels: tuple[str, ...] = ()
    first_channels: tuple[str, ...] = ()
    only_occasions: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()
    stage: str | None = None
    pull: bool = False
    snoozed_until: datetime | None = None
    impersonal: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Rank:
    """Who wins when two messages want one slot; the smaller one does: purpose class, then campaign priority (0 goes
    first), then the nearest expiry, then the occurrence."""

    purpose_class: int
    priority: int
    expires_at: datetime
    occurrence: int


@dataclass(frozen=True, slots=True)
class Contact:
    """One message of ours to this person, by purpose and channel: sent at `at` (no rank), or reserved for `at`."""

    at: datetime
    purpose: Purpose
    channel: str
    reserved: Rank | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person allows and where they can be reached: everything that is the same for every message.

    `blocked`: `erased`, `merged` or `staff` (the shop writes to them no more). `born`: ISO date, for the age.
    `hushed`: an open complaint holds promotions; `hushed_until` when a settled one still does. `away`: where they are
    for a while; until then its zone counts, after it their own.
    """

    language: str
    zone: Zone
    blocked: str | None = None
    born: str | None = None
    permissions: tuple[Permission, ...] = ()
    reach: tuple[Reach, ...] = ()
    rules: Rules = Rules()
    hushed: bool = False
    hushed_until: datetime | None = None
    away: Away | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """A person's standing, and what is true of them for this one message.

    `eligible`: the segment and the trigger still fit. `held_out`: in the control group. `taken`: this occurrence was
    already sent to them (or to their household). `local_date`: the day it is about, ISO, for birthdays. `variables`
    that are missing are named by whoever renders; they make it not eligible.
    """

    standing: Standing
    eligible: bool = True
    held_out: bool = False
    taken: bool = False
    local_date: str | None = None
    contacts: tuple[Contact, ...] = ()
