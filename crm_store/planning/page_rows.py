"""The people of one page whom an occurrence is for and who have no touch of it yet, as plain tuples."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Text, any_, bindparam, cast, select
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.people.customers import Customer
from crm_store.planning.audience import audience
from crm_store.planning.briefing import Briefing
from crm_store.planning.contacts import YEAR, Contacts, Lately, reach_of
from crm_store.planning.standings import StandingRow, Standings
from crm_store.planning.touches import Touch

Row = tuple[int, str, str, str, int | None, int | None]
"""Customer, standing, permissions and addresses as JSON texts, household, care event."""


@dataclass(frozen=True)
class PageRows:
    """`rows` by customer. `neighbours`: people of earlier pages who share a household with one of them."""

    rows: Sequence[Row]
    neighbours: Sequence[Row]
    lately: Lately


class PageReading:
    """Reads of one page inside one transaction; the standings are refreshed before."""

    def __init__(self, session: AsyncSession, briefing: Briefing, at: datetime) -> None:
        self._session = session
        self._briefing = briefing
        self._at = at

    async def newcomers(self, first: int, last: int) -> PageRows:
        """Of the customers from `first` to `last`: the audience at that instant without those planned already."""
        planned = select(Touch.customer_id).where(
            Touch.occurrence_id == self._briefing.message.occurrence, Touch.customer_id.between(first, last)
        )
        rows = await self._rows(Customer.id.between(first, last), Customer.id.not_in(planned))
        return await self._with_contacts(rows, first, last)

    async def everybody(self, first: int, last: int) -> PageRows:
        """The audience, planned or not."""
        return await self._with_contacts(await self._rows(Customer.id.between(first, last)), first, last)

    async def these(self, customer_ids: Sequence[int]) -> PageRows:
        """Those of them whom it is for."""
        rows = await self._rows(Customer.id == any_(_ids(customer_ids)))
        return await self._with_contacts(rows, min(customer_ids, default=0), max(customer_ids, default=0))

    async def _rows(self, *among: ColumnElement[bool]) -> Sequence[Row]:
        asked = among[0]
        for more in among[1:]:
            asked &= more
        who = audience(self._briefing, self._at, asked)
        found = await self._session.execute(
            select(
                who.c.id,
                StandingRow.facts,
                cast(StandingRow.permissions, Text),
                cast(StandingRow.addresses, Text),
                StandingRow.household_id,
                who.c.event_id,
            )
            .join(StandingRow, StandingRow.customer_id == who.c.id)
            .order_by(who.c.id)
        )
        rows: Sequence[Row] = found.all()
        return rows

    async def _with_contacts(self, rows: Sequence[Row], first: int, last: int) -> PageRows:
        neighbours = await self._neighbours(rows, first)
        if not rows:
            return PageRows(rows, neighbours, Lately({}))
        contacts, back = Contacts(self._session), reach_of(self._briefing.policy)
        lately = await contacts.of_range(first, last, self._at, back)
        # Who allows so many a year is looked at a year back; few do.
        yearly = [row[0] for row in (*rows, *neighbours) if '"per":"year"' in row[1]]
        before = [row[0] for row in neighbours]
        for some, far in ((before, back), (yearly, max(back, YEAR))):
            if some:
                lately = lately.joined(await contacts.of_some(some, self._at, far))
        return PageRows(rows, neighbours, lately)

    async def _neighbours(self, rows: Sequence[Row], first: int) -> Sequence[Row]:
        if not self._briefing.plan.once_per_household:
            return ()
        homes = {row[4] for row in rows if row[4] is not None}
        who = audience(self._briefing, self._at, (Customer.household_id == any_(_ids(homes))) & (Customer.id < first))
        ids = list(await self._session.scalars(select(who.c.id))) if homes else []
        # Their pages are in other hands: what is kept of them may be old.
        live = await Standings(self._session).live(ids, self._at) if ids else []
        return [(*each[:2], json.dumps(each[2]), json.dumps(each[3]), each[4], None) for each in live]


def _ids(ids: Iterable[int]) -> BindParameter[Sequence[int]]:
    return bindparam("ids", sorted(ids), type_=ARRAY(BIGINT), unique=True)
