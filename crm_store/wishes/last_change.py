"""The last change of a shopper's rules, dates and permissions, with the way back from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.people.consent import ConsentEntry, Who, said_by
from crm_store.people.preferences import Occasion, Preference
from crm_store.wishes.undoing import OccasionChange, RuleChange, WayBack, consent_back, way_back

OWN = ("chat", "page", "opt_in", "one_click")
"""Sources of what shoppers did themselves: what staff or an import wrote is not undone by a word."""


@dataclass(frozen=True)
class LastChange:
    """Everything that was written at one instant, and the way back from it."""

    at: datetime
    back: WayBack


class LastChanges:
    """Reads of changes inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, who: Who, since: datetime, here: bool) -> LastChange | None:
        """The newest change of `who` since then; `here`: of those made from this very address. None without one."""
        at = await self._newest(who, since, here)
        if at is None:
            return None
        rules, dates = await self._rules(_own(Preference, who, here), at), await self._dates(who, at, here)
        return LastChange(at, way_back(rules, dates, consent_back(*await self._entries(who, at))))

    async def _newest(self, who: Who, since: datetime, here: bool) -> datetime | None:
        tables = (Preference, Occasion, ConsentEntry)
        told = (select(table.at.label("at")).where(_own(table, who, here)) for table in tables)
        moments = union_all(*told).subquery()
        newest: datetime | None = await self._session.scalar(
            select(func.max(moments.c.at)).where(moments.c.at >= since)
        )
        return newest

    async def _rules(self, own: ColumnElement[bool], at: datetime) -> list[RuleChange]:
        now = (await self._session.scalars(select(Preference).where(own, Preference.at == at))).all()
        ended = select(Preference).where(Preference.ended_by.in_([each.id for each in now])).order_by(Preference.id)
        before = {each.kind: each.value for each in (await self._session.scalars(ended)).all()}
        return [RuleChange(each.kind, each.value, before.get(each.kind, {})) for each in now]

    async def _dates(self, who: Who, at: datetime, here: bool) -> list[OccasionChange]:
        earlier = select(Occasion).where(said_by(Occasion, who), Occasion.at < at).order_by(Occasion.id)
        before = {(each.kind, each.whom): each.note for each in (await self._session.scalars(earlier)).all()}
        now = await self._session.scalars(select(Occasion).where(_own(Occasion, who, here), Occasion.at == at))
        return [OccasionChange(each.note, before.get((each.kind, each.whom))) for each in now.all()]

    async def _entries(self, who: Who, at: datetime) -> tuple[Sequence[ConsentEntry], Sequence[ConsentEntry]]:
        """All before that instant, and all since."""
        rows = select(ConsentEntry).where(said_by(ConsentEntry, who)).order_by(ConsentEntry.id)
        entries = (await self._session.scalars(rows)).all()
        return [each for each in entries if each.at < at], [each for each in entries if each.at >= at]


def _own(table: type[Any], who: Who, here: bool) -> ColumnElement[bool]:
    """What they did themselves; words that could not be read as a rule change nothing."""
    mine: ColumnElement[bool] = said_by(table, who) & table.source.in_(OWN)
    mine &= table.identity_id == who.identity_id if here else true()
    return mine & (table.kind != "words") if table is Preference else mine
