"""Pure: a person's day as a time gate sees it: where their clock is and which minutes of it a message may go in."""

from dataclasses import dataclass
from datetime import date, datetime

from crm_store.decision.case import opened
from crm_store.decision.facts import Facts
from crm_store.decision.message import Message, Policy
from crm_store.decision.waits import closed_on, spans
from crm_store.decision.windows import Spans
from crm_store.decision.zones import SURE


@dataclass(frozen=True, slots=True)
class OpenDay:
    """`zone` is IANA; where several count (`place` is then a country), the first of them. `open`: minutes of the day.

    `own`: they named hours of their own. `guessed`: nobody knows where they are, so that the shorter hours count.
    `closed`: dates, ISO, of those asked about on which nothing goes at all.
    """

    zone: str
    place: str
    open: Spans
    own: bool
    guessed: bool
    closed: tuple[str, ...] = ()


def open_day(facts: Facts, message: Message, policy: Policy, at: datetime, days: tuple[date, ...] = ()) -> OpenDay:
    """As it is where they are `at`."""
    case = opened(facts, message, at, policy)
    place = case.where(at)
    closed = tuple(day.isoformat() for day in days if closed_on(case, day.toordinal()))
    own = facts.standing.rules.hours is not None and not case.exempt
    guessed = not place.sure and facts.standing.zone.source not in SURE
    return OpenDay(place.zones[0], place.name, spans(case, place), own, guessed, closed)
