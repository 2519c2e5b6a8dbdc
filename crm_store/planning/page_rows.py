"""The people of one page whom an occurrence is for and who have no touch of it yet, as plain tuples."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Text, any_, bindparam, cast, select, true
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.people.customers import Customer
from crm_store.planning.audience import audience
from crm_store.planning.briefing import Briefing
from crm_store.planning.touches import Touch
from crm_store.standings.contacts import Contacts, Lately, own_reach, reach_of
from crm_store.standings.standings import StandingRow, Standings

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
        return await self._with_contacts(await self._rows(first, last, Customer.id.not_in(planned)), first, last)

    async def everybody(self, first: int, last: int) -> PageRows:
        """The audience, planned or not."""
        return await self._with_contacts(await self._rows(first, last, true()), first, last)

    async def _rows(self, first: int, last: int, fits: ColumnElement[bool]) -> Sequence[Row]:
        who = audience(self._briefing, self._at, Customer.id.between(first, last) & fits)
        asked = (
            select(
                who.c.id,
                StandingRow.facts,
                cast(StandingRow.permissions, Text),
                cast(StandingRow.addresses, Text),
                StandingRow.household_id,
                who.c.event_id,
            )
            .join(StandingRow, StandingRow.customer_id == who.c.id)
            # The database does not conclude it from the range of the others, and would read the whole table.
            .where(StandingRow.customer_id.between(first, last))
            .order_by(who.c.id)
        )
        # Plain tuples of plain values, which the garbage collector need not look at again and again.
        return list(map(tuple, await (await self._session.connection()).execute(asked)))

    async def _with_contacts(self, rows: Sequence[Row], first: int, last: int) -> PageRows:
        if not rows:
            return PageRows((), (), Lately({}, {}))
        neighbours = await self._neighbours(rows, first)
        contacts, back = Contacts(self._session), reach_of(self._briefing.policy)
        lately = await contacts.of_range(first, last, self._at, back)
        if neighbours:
            lately = lately.joined(await contacts.of_some([row[0] for row in neighbours], self._at, back))
        # Who allows so many a month or a year is looked at so far back; few do.
        far = {row[0]: own_reach(row[1]) for row in (*rows, *neighbours) if '"at_most"' in row[1]}
        for reach in sorted(set(far.values())):
            if reach > back:
                some = [customer for customer, own in far.items() if own == reach]
                lately = lately.joined(await contacts.of_some(some, self._at, reach))
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
