"""Pure: the time gates. Each moves a message to the earliest instant it allows, or lets it be, until none moves it.

The earliest instant allowed by all is what they come to together: each only ever moves forward, to its first free
instant. So a cap is asked about the hour at which a message would really go, not about now.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import lru_cache

from crm_store.decision.caps import OWN_WINDOWS, crowded, words_of
from crm_store.decision.case import Case
from crm_store.decision.decision import Reason
from crm_store.decision.message import Cap
from crm_store.decision.trace import Log, Move
from crm_store.decision.windows import ANY_HOUR, HoursRefused, Spans, earliest_on, earliest_within, spans_of
from crm_store.decision.wishes import not_before
from crm_store.decision.zones import Whereabouts

ROUNDS = 400


TimeGate = Callable[[Case, datetime], Move | None]


def not_yet(case: Case, at: datetime) -> Move | None:
    wished = not_before(case, at)
    return Move(wished, case.message.at_clock or "") if wished is not None and at < wished else None


def snooze(case: Case, at: datetime) -> Move | None:
    until = case.standing.rules.snoozed_until
    return Move(until, "") if until is not None and at < until and not case.exempt else None


def hours(case: Case, at: datetime) -> Move | None:
    def first(place: Whereabouts, start: datetime) -> datetime | None:
        allowed = spans(case, place)
        return _everywhere(place, start, case.last, lambda zone, then: earliest_within(zone, then, allowed))

    return _moved(case, at, first)


def days(case: Case, at: datetime) -> Move | None:
    if (case.exempt or case.standing.rules.days is None) and not _quiet(case):
        return None

    def fits(ordinal: int) -> bool:
        return not closed_on(case, ordinal)

    def first(place: Whereabouts, start: datetime) -> datetime | None:
        return _everywhere(place, start, case.last, lambda zone, then: earliest_on(zone, then, fits))

    return _moved(case, at, first)


def closed_on(case: Case, ordinal: int) -> bool:
    """Whether nothing goes on that date: not a day of theirs, or one the shop keeps quiet."""
    wanted, quiet = None if case.exempt else case.standing.rules.days, _quiet(case)
    return (wanted is not None and (ordinal - 1) % 7 not in wanted) or (bool(quiet) and _iso(ordinal) in quiet)


def gap(case: Case, at: datetime) -> Move | None:
    return _under(case, at, (Cap(1, case.policy.gap),))


def cap_overall(case: Case, at: datetime) -> Move | None:
    return _under(case, at, case.policy.overall)


def cap_purpose(case: Case, at: datetime) -> Move | None:
    purpose = case.message.purpose
    return _under(case, at, case.policy.by_purpose.get(purpose, ()), purpose=purpose)


def own_cap(case: Case, at: datetime) -> Move | None:
    most = case.standing.rules.at_most
    return None if most is None else _under(case, at, (Cap(most[0], OWN_WINDOWS[most[1]]),))


def cap_channel(channel: str) -> TimeGate:
    """The one gate that knows the channel: it is chosen before, for a cap never changes it."""

    def gate(case: Case, at: datetime) -> Move | None:
        return _under(case, at, case.policy.by_channel.get(channel, ()), channel=channel)

    return gate


COMMON: tuple[tuple[Reason, TimeGate], ...] = (
    (Reason.NOT_YET, not_yet),
    (Reason.SNOOZE, snooze),
    (Reason.HOURS, hours),
    (Reason.DAYS, days),
    (Reason.GAP, gap),
    (Reason.CAP_OVERALL, cap_overall),
    (Reason.CAP_PURPOSE, cap_purpose),
    (Reason.OWN_CAP, own_cap),
)


def settled_on(case: Case, channel: str, at: datetime, log: Log) -> datetime | None:
    """As `settled`, with the cap of a channel, from an instant at which all the others are settled."""
    gate = cap_channel(channel)
    if gate(case, at) is None:
        log.passed(Reason.CAP_CHANNEL)
        return at
    return settled(case, ((Reason.CAP_CHANNEL, gate), *COMMON), at, log)


def settled(case: Case, gates: Iterable[tuple[Reason, TimeGate]], at: datetime, log: Log) -> datetime | None:
    """The earliest instant from `at` on that all gates allow; None when that is after the last one, or never.

    `log` takes what each gate said.
    """
    for _ in range(ROUNDS):
        began = at
        for reason, gate in gates:
            move = gate(case, at)
            if move is None:
                log.passed(reason)
                continue
            log.moved(reason, move, at)
            if move.until is None or move.until > case.last:
                return None
            at = move.until
        if at is began:
            return at
    return None


def _under(case: Case, at: datetime, caps: tuple[Cap, ...], purpose: str = "", channel: str = "") -> Move | None:
    """Below all caps, counting what has the purpose and the channel, if one is named."""
    contacts = case.counted
    if case.exempt or not (contacts or any(cap.count < 1 for cap in caps)):
        return None
    if purpose or channel:
        contacts = tuple(c for c in contacts if purpose in ("", c.purpose) and channel in ("", c.channel))
    for cap in caps:
        if free := crowded(at, contacts, cap):
            return Move(free.at, words_of(cap), free.winner.occurrence if free.winner else None)
    return None


def spans(case: Case, place: Whereabouts) -> Spans:
    """The minutes of a day that the shop's hours and their own allow there."""
    own = None if case.exempt else case.standing.rules.hours
    shop = case.policy.hours.get(case.message.purpose, ANY_HOUR)
    return _allowed(shop, own, None if place.sure or shop == ANY_HOUR else case.policy.unsure_hours)


def _quiet(case: Case) -> frozenset[str]:
    return case.policy.holidays if case.message.purpose in case.policy.quiet_on_holidays else frozenset()


@lru_cache(maxsize=4096)
def _allowed(shop: tuple[str, str], own: tuple[str, str] | None, unsure: tuple[str, str] | None) -> Spans:
    """Hours of their own that cannot be read allow nothing: it is safer not to write."""
    try:
        return spans_of(tuple(window for window in (shop, own, unsure) if window is not None))
    except HoursRefused:
        return ()


def _moved(case: Case, at: datetime, first: Callable[[Whereabouts, datetime], datetime | None]) -> Move | None:
    """The first allowed instant where they are, which may be elsewhere once they are back."""
    place = case.where(at)
    until = first(place, at)
    back = case.away_until
    if place is case.away and back is not None and (until is None or until >= back):
        place = case.home
        until = first(place, back)
    return None if until is at else Move(until, place.name)


def _everywhere(
    place: Whereabouts, at: datetime, last: datetime, first: Callable[[str, datetime], datetime | None]
) -> datetime | None:
    while True:
        later: datetime | None = at
        for zone in place.zones:
            later = first(zone, later) if later is not None else None
        if later is None or later is at or later > last:
            return later
        at = later


@lru_cache(maxsize=4096)
def _iso(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()
