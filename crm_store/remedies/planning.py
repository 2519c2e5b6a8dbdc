"""Planning of follow-ups: which cases are ripe, and when each shopper may be asked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.complaints import Complaint
from crm_store.people.customers import Customer
from crm_store.people.preferences import Preference
from crm_store.promises.calendars import CalendarVersion
from crm_store.remedies.asking_hours import asking_hours

FOLLOW_UP_AFTER = timedelta(hours=20)
"""The next day: time to try what was repaired, and to open the parcel."""
_RULES = ("hours", "days")

_RIPE = text(
    """
    select c.id from complaints c
     where c.state = 'done' and c.merged_into is null and c.closed_at is null
       and (cast(:ids as bigint[]) is null or c.id = any(cast(:ids as bigint[])))
       and not exists (select from follow_ups f where f.complaint_id = c.id and f.ordinal = c.reopened + 1)
       and not exists (select from remedies r
                        where r.complaint_id = c.id and r.state in ('proposed', 'approved', 'executed'))
     order by c.id limit :limit
    """
)

_PLAN = text(
    """
    insert into follow_ups (complaint_id, ordinal, due_at, words)
    select c.id, c.reopened + 1, p.due_at, ''
      from unnest(cast(:ids as bigint[]), cast(:due as timestamptz[])) as p(id, due_at)
      join complaints c on c.id = p.id
    on conflict (complaint_id, ordinal) do nothing
    """
)


@dataclass(frozen=True)
class Whose:
    """Whose rules hold for a case."""

    customer_id: int | None
    identity_id: int | None


class Planning:
    """Reads and writes inside one transaction, of all cases at once."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def ripe(self, ids: list[int] | None, limit: int = 500) -> list[Complaint]:
        """Done, nothing under way to the shopper, and this resolution not asked about; of `ids`, or of all."""
        await self._session.flush()  # the caller may just have moved the case
        found = list((await self._session.scalars(_RIPE, {"ids": ids, "limit": limit})).all())
        return list((await self._session.scalars(select(Complaint).where(Complaint.id.in_(found)))).all())

    async def plan(self, complaints: Sequence[Complaint], at: datetime) -> int:
        """Ask about each from `at` on, as soon as its shopper allows; gives how many. Planned twice is planned once."""
        if not complaints:
            return 0
        due = await self.allowed_from(complaints, at)
        await self._session.execute(_PLAN, {"ids": list(due), "due": list(due.values())})
        return len(due)

    async def allowed_from(self, complaints: Sequence[Complaint], at: datetime) -> dict[int, datetime]:
        """By case: the first moment from `at` on at which its shopper may be asked."""
        zones, home = await self._zones(complaints), await self._home()
        rules = await self._rules(complaints)
        allowed: dict[int, datetime] = {}
        for case in complaints:
            theirs = rules[Whose(None, case.identity_id)] | rules[Whose(case.customer_id, None)]
            hours = asking_hours(zones.get(case.customer_id or 0, home), theirs)
            allowed[case.id] = hours.earliest(at)
        return allowed

    async def _home(self) -> str:
        """The shop's zone, as its working calendar says."""
        current = select(CalendarVersion.zone).where(CalendarVersion.is_current).order_by(CalendarVersion.id).limit(1)
        return await self._session.scalar(current) or "UTC"

    async def _zones(self, complaints: Sequence[Complaint]) -> dict[int, str]:
        known = {case.customer_id for case in complaints if case.customer_id is not None}
        rows = await self._session.execute(select(Customer.id, Customer.time_zone).where(Customer.id.in_(known)))
        return dict(rows.all())

    async def _rules(self, complaints: Sequence[Complaint]) -> defaultdict[Whose, dict[str, Any]]:
        """Said as a customer, or from an address while nobody was linked to it; the newest of a kind holds."""
        customers = {case.customer_id for case in complaints if case.customer_id is not None}
        addresses = {case.identity_id for case in complaints if case.identity_id is not None}
        rows = await self._session.scalars(
            select(Preference)
            .where(
                Preference.kind.in_(_RULES),
                Preference.ended_at.is_(None),
                or_(
                    Preference.customer_id.in_(customers),
                    Preference.customer_id.is_(None) & Preference.identity_id.in_(addresses),
                ),
            )
            .order_by(Preference.id)
        )
        rules: defaultdict[Whose, dict[str, Any]] = defaultdict(dict)
        for row in rows:
            whose = Whose(row.customer_id, None) if row.customer_id is not None else Whose(None, row.identity_id)
            rules[whose][row.kind] = row.value
        return rules
