"""Personal dates: whose birthday, wedding day or membership day falls on a day, whichever calendar it was told in."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, Date, Select, exists, extract, func, literal, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from crm_store.decision.occasions import PersonalDate, falling_on
from crm_store.people.customers import Customer
from crm_store.people.identities import ChannelIdentity
from crm_store.people.preferences import Occasion

UNTOLD = date(1970, 1, 1)
"""What a form without a date leaves behind."""


def has_date_on(kind: str, day: date, leap_day: str) -> ColumnElement[bool]:
    """Of `customers`: they have a date of this kind (see `Anniversary.of`) that is kept on `day`.

    What they told us themselves counts before the birth date on file; nobody has been a member for no year.
    """
    told = sorted(falling_on(day, leap_day), key=repr)
    if kind == "membership_day":
        return _solar(Customer.joined_on, told) & (Customer.joined_on < literal(day, Date))
    noted = Customer.id.in_(_noted(kind).where(_written(told)))
    if kind != "birthday":
        return noted
    return or_(noted, _born(told) & Customer.id.not_in(_noted(kind)))


def _solar(column: InstrumentedAttribute[date], told: Iterable[PersonalDate]) -> ColumnElement[bool]:
    days = [(each.month, each.day) for each in told if each.calendar == "solar"]
    return tuple_(extract("month", column), extract("day", column)).in_(days)


def _born(told: Iterable[PersonalDate]) -> ColumnElement[bool]:
    born = Customer.birth_date
    columns = tuple_(extract("month", born), extract("day", born), Customer.birth_calendar, Customer.birth_leap_month)
    return columns.in_(_plainly(told)) & (born != UNTOLD)


def _written(told: Iterable[PersonalDate]) -> ColumnElement[bool]:
    columns = tuple_(Occasion.month, Occasion.day, Occasion.calendar, Occasion.leap_month)
    return columns.in_(_plainly(told))


def _plainly(told: Iterable[PersonalDate]) -> list[tuple[int, int, str, bool]]:
    return [(each.month, each.day, each.calendar, each.leap_month) for each in told]


def _noted(kind: str) -> Select[int]:
    """Whose dates of this kind we were told, each by the last word on it; from an address of nobody's, of nobody."""
    later = aliased(Occasion)
    owner = func.coalesce(Occasion.customer_id, ChannelIdentity.customer_id)
    said_again = exists().where(
        (later.customer_id == Occasion.customer_id) | (later.identity_id == Occasion.identity_id),
        later.kind == Occasion.kind,
        later.whom == Occasion.whom,
        later.month.is_not(None),
        later.id > Occasion.id,
    )
    unlinked = (ChannelIdentity.id == Occasion.identity_id) & Occasion.customer_id.is_(None)
    return (
        select(owner)
        .select_from(Occasion)
        .outerjoin(ChannelIdentity, unlinked)
        .where(Occasion.kind == kind, Occasion.month.is_not(None), owner.is_not(None), ~said_again)
    )
