"""Fields over the customer's own row, household and addresses."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlalchemy.types import Integer

from crm_store.people.customers import Customer
from crm_store.segments.comparing import Op
from crm_store.segments.field import About, Asked, Field, Kind
from crm_store.segments.records import IDENTITIES, STORES
from crm_store.segments.rows import Rows, among

MONTHS = tuple(str(month) for month in range(1, 13))


def years_before(day: date, years: int) -> date:
    """The same day so many years ago; 28 February for a 29th that was not."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _language(asked: Asked) -> ColumnElement[bool]:
    return among(Customer.language.expression, asked.values)


def _tier(asked: Asked) -> ColumnElement[bool]:
    return among(Customer.tier.expression, asked.values)


def _home_store(asked: Asked) -> ColumnElement[bool]:
    named = select(STORES.c.id).where(among(STORES.c.code, asked.values))
    return Customer.home_store_id.in_(named)


def ago(column: ColumnElement[date], asked: Asked) -> ColumnElement[bool]:
    """A day so many days before today: more days ago is an earlier day."""
    days = [asked.day - timedelta(days=count) for count in asked.values]
    mirrored = {Op.LT: Op.GT, Op.LE: Op.GE, Op.GT: Op.LT, Op.GE: Op.LE}
    if asked.op is Op.BETWEEN:
        return column.between(days[1], days[0])
    return Asked(asked.about, None, mirrored[asked.op], tuple(days), asked.at, asked.whole).compared(column)


def _joined(asked: Asked) -> ColumnElement[bool]:
    return ago(Customer.joined_on.expression, asked)


def _age(asked: Asked) -> ColumnElement[bool]:
    """By the day of birth, so that no age has to be worked out for each row."""
    born, day, (first, *rest) = Customer.birth_date, asked.day, asked.values
    at_least, younger = born <= years_before(day, first), born > years_before(day, first)
    at_most, older = born > years_before(day, first + 1), born <= years_before(day, first + 1)
    fits = {
        Op.GE: at_least,
        Op.LT: younger,
        Op.LE: at_most,
        Op.GT: older,
        Op.EQ: at_least & at_most,
        Op.NE: younger | older,
    }
    if asked.op is Op.BETWEEN:
        fits[Op.BETWEEN] = at_least & (born > years_before(day, rest[0] + 1))
    return Customer.birth_year_known & fits[asked.op]


def _birth_month(asked: Asked) -> ColumnElement[bool]:
    """Of a solar birthday: a lunar one has another day each year and is left to the calendar of occasions."""
    months = bindparam(None, [int(month) for month in asked.values], ARRAY(Integer))
    return (Customer.birth_calendar == "solar") & (func.extract("month", Customer.birth_date) == any_(months))


def _friends(asked: Asked) -> ColumnElement[bool]:
    friend = aliased(Customer)
    return Rows(friend.referred_by.expression, friend.erased_at.is_(None)).count(asked)


def _reachable(asked: Asked) -> ColumnElement[bool]:
    on = among(IDENTITIES.c.channel, asked.about)
    return Rows(IDENTITIES.c.customer_id, on, IDENTITIES.c.reachability == "ok").exist()


CUSTOMER_FIELDS = (
    Field("language", "customer", Kind.CHOICE, _language),
    Field("tier", "customer", Kind.CHOICE, _tier),
    Field("home_store", "customer", Kind.CHOICE, _home_store),
    Field("joined", "customer", Kind.AGO, _joined, most=36_500),
    Field("age", "customer", Kind.NUMBER, _age, most=130),
    Field("birth_month", "customer", Kind.CHOICE, _birth_month, options=MONTHS),
    Field("birthday_known", "customer", Kind.FLAG, lambda _: Customer.birth_date.is_not(None)),
    Field("member", "customer", Kind.FLAG, lambda _: Customer.member_number.is_not(None)),
    Field("has_email", "customer", Kind.FLAG, lambda _: Customer.email.is_not(None)),
    Field("has_phone", "customer", Kind.FLAG, lambda _: Customer.phone.is_not(None)),
    Field("household", "customer", Kind.FLAG, lambda _: Customer.household_id.is_not(None)),
    Field("wanted", "customer", Kind.FLAG, lambda _: Customer.wanted.is_(True)),
    Field("friends_brought", "customer", Kind.NUMBER, _friends),
    Field("reachable", "customer", Kind.FLAG, _reachable, About("channels", 1, 10)),
)
