"""One question, opened up: what the gates look at, worked out once from facts, message, now and policy."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crm_store.decision.facts import Contact, Facts, Permission, Standing
from crm_store.decision.message import Message, Policy
from crm_store.decision.windows import end_of_day, local_day_of
from crm_store.decision.zones import Whereabouts, whereabouts, zone_named
from crm_store.people.consent import ANY_CHANNEL, STOPPABLE, Purpose

_MOMENT = timedelta(microseconds=1)


@dataclass(slots=True)
class Case:
    """`last`: the last instant at which it may go to this person. `away_until`: until then only `away` counts.

    Channels in the campaign's order: `base` are those there is an address on (all of them when there is none at all,
    so that a stop or a missing yes is still named), `reachable` of these, `consented` of these, `wanted` of these in
    the person's own order. `counted`: contacts that count against this message.
    """

    facts: Facts
    standing: Standing
    message: Message
    policy: Policy
    now: datetime
    home: Whereabouts
    away: Whereabouts | None
    away_until: datetime | None
    last: datetime
    addressed: bool
    base: tuple[str, ...]
    reachable: tuple[str, ...] = ()
    consented: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    counted: tuple[Contact, ...] = ()

    @property
    def exempt(self) -> bool:
        """A service message: outside preferences and caps."""
        return self.message.purpose is Purpose.SERVICE

    def where(self, at: datetime) -> Whereabouts:
        if self.away is not None and self.away_until is not None and at < self.away_until:
            return self.away
        return self.home

    @property
    def day(self) -> str | None:
        """The local date it is about."""
        return self.facts.local_date or self.message.day


def opened(facts: Facts, message: Message, now: datetime, policy: Policy) -> Case:
    """The case with its place, its end and its channels."""
    standing = facts.standing
    away, away_until = _away(standing)
    addressed = _addressed(standing, message)
    home = whereabouts(standing.zone, policy.zone)
    base = addressed or message.channels
    case = Case(
        facts, standing, message, policy, now, home, away, away_until, message.expires_at, bool(addressed), base
    )
    if message.ends_with_day:
        case.last = _end_of_its_day(case)
    _narrow(case)
    return case


def permission_for(standing: Standing, purpose: Purpose, channel: str) -> Permission | None:
    """The newest word on it; None when nothing was said."""
    newest = None
    for permission in standing.permissions:
        fits = permission.purpose == purpose and permission.channel in (channel, ANY_CHANNEL)
        if fits and (newest is None or permission.place > newest.place):
            newest = permission
    return newest


def usable_at(case: Case, channel: str, at: datetime) -> bool:
    """Whether the provider takes it then: within the window, or by a template in the person's language."""
    if channel not in case.policy.windows or (channel, case.standing.language) in case.message.templates:
        return True
    until = next((reach.window_until for reach in case.standing.reach if reach.channel == channel), None)
    return until is not None and at < until


def _away(standing: Standing) -> tuple[Whereabouts | None, datetime | None]:
    away = standing.away
    if away is None or zone_named(away.zone) is None:
        return None, None
    last_day = date.fromisoformat(away.until).toordinal()
    return Whereabouts((away.zone,), True, away.zone), end_of_day(away.zone, last_day)


def _end_of_its_day(case: Case) -> datetime:
    """The last moment of the local day it is about, else of that on which it begins: where a first zone ends it."""
    begins = case.message.not_before or case.message.fired_at
    if case.day is not None:
        ordinal = date.fromisoformat(case.day).toordinal()
        ends = min(end_of_day(zone, ordinal) for zone in zones_on(case, ordinal))
    elif begins is not None:
        ends = min(end_of_day(zone, local_day_of(zone, begins)) for zone in case.where(begins).zones)
    else:
        return case.message.expires_at
    return min(case.message.expires_at, ends - _MOMENT)


def zones_on(case: Case, ordinal: int) -> tuple[str, ...]:
    """Where they are on a date: away while it lasts."""
    away = case.standing.away
    if case.away is not None and away is not None and ordinal <= date.fromisoformat(away.until).toordinal():
        return case.away.zones
    return case.home.zones


def _addressed(standing: Standing, message: Message) -> tuple[str, ...]:
    has = {reach.channel for reach in standing.reach}
    return tuple(channel for channel in message.channels if channel in has)


def _narrow(case: Case) -> None:
    unfit = {reach.channel for reach in case.standing.reach if reach.state != "ok"}
    case.reachable = tuple(name for name in case.base if name not in unfit and not _stopped(case, name))
    case.consented = tuple(name for name in case.reachable if _consented(case, name))
    case.wanted = _in_own_order(case)


def _stopped(case: Case, channel: str) -> bool:
    """They withdrew everything that can be withdrawn: not a no to one purpose, but a stop."""
    if case.message.purpose not in STOPPABLE:
        return False
    own = permission_for(case.standing, case.message.purpose, channel)
    if own is None or own.granted:
        return False
    said = (permission_for(case.standing, purpose, channel) for purpose in STOPPABLE)
    return all(permission is not None and not permission.granted for permission in said)


def _consented(case: Case, channel: str) -> bool:
    purpose = case.message.purpose
    permission = permission_for(case.standing, purpose, channel)
    return purpose in case.policy.without_consent if permission is None else permission.granted


def _in_own_order(case: Case) -> tuple[str, ...]:
    rules = case.standing.rules
    first = rules.only_channels or rules.first_channels
    if not first:
        return case.consented
    own = tuple(name for name in first if name in case.consented)
    if rules.only_channels and not case.exempt:
        return own
    return own + tuple(name for name in case.consented if name not in own)
