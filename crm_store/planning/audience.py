"""Audiences: whom an occurrence is for, by its segment and by what set it off; one SELECT, whoever asks for whom."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, Subquery, func, null, select

from crm_store.people.customers import Customer
from crm_store.planning.briefing import Briefing
from crm_store.planning.personal_dates import has_date_on
from crm_store.plans.festivals import PERSONAL
from crm_store.plans.plan import Anniversary, OnEvent
from crm_store.plans.triggers import occasion_day
from crm_store.segments.compile import members
from crm_store.touchpoints.care_events import CareEvent


def audience(briefing: Briefing, at: datetime, among: ColumnElement[bool]) -> Subquery:
    """Columns `id` and `event_id`, of those for whom `among` (a condition on `customers`) is true.

    Erased customers are never in it. `event_id`: the newest care event of the occurrence that is theirs.
    """
    found = _everybody() if briefing.segment is None else members(briefing.segment, at)
    found = _on_the_day(found.where(among), briefing)
    if not isinstance(briefing.plan.trigger, OnEvent):
        return found.add_columns(null().label("event_id")).subquery("audience")
    events = _events(briefing)
    return found.add_columns(events.c.event_id).join(events, events.c.customer_id == Customer.id).subquery("audience")


def _everybody() -> Select[int]:
    return select(Customer.id).where(Customer.erased_at.is_(None))


def _on_the_day(found: Select[int], briefing: Briefing) -> Select[int]:
    trigger = briefing.plan.trigger
    if not isinstance(trigger, Anniversary) or trigger.of not in PERSONAL or briefing.day is None:
        return found
    day: date = occasion_day(trigger, briefing.day)
    return found.where(has_date_on(trigger.of, day, briefing.policy.leap_day))


def _events(briefing: Briefing) -> Subquery:
    first, last = briefing.events or (0, -1)
    kind = briefing.plan.trigger.of if isinstance(briefing.plan.trigger, OnEvent) else ""
    return (
        select(CareEvent.customer_id, func.max(CareEvent.id).label("event_id"))
        .where(CareEvent.kind == kind, CareEvent.id.between(first, last))
        .group_by(CareEvent.customer_id)
        .subquery("events")
    )
