"""Erasure: the person is dropped, the lesson is kept."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from crm_store.cases.events import By
from crm_store.model import Base, CustomerKey, Key, Moment
from crm_store.privacy.holdings import DELETED, HOLDINGS, SEAL, Holding
from crm_store.privacy.person import Person, person_of
from crm_store.staff.audit import Audit, Deed

MOST_REASON = 300


class Erasure(Base):
    """That somebody was erased, by whom, on whose word. Nothing of the person.

    `files`: digests of theirs whose bytes are still to be removed from the vault.
    """

    __tablename__ = "erasures"

    id: Mapped[Key]
    customer_id: Mapped[CustomerKey]
    at: Mapped[Moment]
    by_staff: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    reason: Mapped[str]
    files: Mapped[list[str]] = mapped_column(ARRAY(String), default=list, server_default="{}")


@dataclass(frozen=True)
class Erased:
    """`fresh`: False when that had been done before. `files`: digests nobody else holds, to be removed once this is
    committed."""

    customer_id: int
    fresh: bool
    files: tuple[str, ...]


# Whatever was stopped anywhere is stopped at each of their addresses, which outlive them sealed.
_PIN_STOPS = text(
    """
    insert into consent_entries (identity_id, purpose, channel, granted, at, source, question, question_version, answer)
    select i.id, e.purpose, e.channel, false, :now, 'erasure', '', '', ''
      from unnest(cast(:identities as bigint[])) as i(id)
     cross join (
        select distinct on (purpose, channel) * from consent_entries
         where customer_id = :customer or customer_id is null and identity_id = any(:identities)
         order by purpose, channel, id desc) e
     where not e.granted
    """
)
# Somebody with the same address was erased before: the newer seal has the older one's stops, too.
_OLDER_SEALS = text(
    f"""
    update channel_identities o set address = o.address || ':' || o.id
     where o.address in (select {SEAL} from channel_identities t where t.id = any(:identities))
    """
)
_FILES = text(
    f"""
    select distinct t.digest from attachments t
     where t.digest <> '' and ({next(each.whose for each in HOLDINGS if each.table == "attachments")})
    """
)
_STILL_THEIRS = text(
    """
    select e.id, f.digest from erasures e cross join unnest(e.files) as f(digest)
     where not exists (select from attachments a where a.digest = f.digest)
    """
)
_OPEN_CASES = text(
    "select id from complaints where id = any(:complaints) and closed_at is null and merged_into is null order by id"
)

# Two who erase the same person wait for each other.
_HOLD = text("select id from customers where id = :customer for no key update")

Close = Callable[[int, By, datetime], Awaitable[Any]]


class Erasures:
    """Dropping a person inside one transaction. `close` ends a complaint that nobody can be answered any more."""

    def __init__(self, session: AsyncSession, close: Close) -> None:
        self._session = session
        self._close = close
        self._audit = Audit(session)

    async def erase(self, customer_id: int, by: By, reason: str, now: datetime) -> Erased:
        """Drop the person; again does no harm, and takes what came in since. Raises `CustomerUnknown`.

        Whoever calls removes `files` from the vault after the commit, and says so by `removed`.
        """
        await self._session.execute(_HOLD, {"customer": customer_id})
        person = await person_of(self._session, customer_id)
        asked = person.asked(now)
        await self._end_cases(person, by, now)
        if person.identities:
            await self._session.execute(_PIN_STOPS, _needed(_PIN_STOPS.text, asked))
            await self._session.execute(_OLDER_SEALS, _needed(_OLDER_SEALS.text, asked))
        files = list((await self._session.scalars(_FILES, _needed(_FILES.text, asked))).all())
        for holding in HOLDINGS:
            await self._empty(holding, asked)
        if person.erased_at is None or files:
            self._session.add(
                Erasure(customer_id=customer_id, at=now, by_staff=by.staff_id, reason=reason[:MOST_REASON], files=files)
            )
            detail = {"by": by.who, "reason": reason[:MOST_REASON], "files": len(files)}
            self._audit.note(Deed(by.staff_id, "erased", "customer", str(customer_id), detail), now)
        await self._session.flush()
        return Erased(customer_id, person.erased_at is None, tuple(await self._only_theirs(files)))

    async def unremoved(self) -> dict[int, list[str]]:
        """By erasure: files nobody holds any more whose bytes may still lie in the vault."""
        found: dict[int, list[str]] = {}
        for erasure_id, digest in await self._session.execute(_STILL_THEIRS):
            found.setdefault(erasure_id, []).append(digest)
        return found

    async def removed(self, erasure_ids: list[int]) -> None:
        """Their bytes are gone; what somebody else holds stays."""
        await self._session.execute(update(Erasure).where(Erasure.id.in_(erasure_ids)).values(files=[]))

    async def of(self, customer_id: int) -> list[Erasure]:
        """Oldest first."""
        found = select(Erasure).filter_by(customer_id=customer_id).order_by(Erasure.id)
        return list((await self._session.scalars(found)).all())

    async def _end_cases(self, person: Person, by: By, now: datetime) -> None:
        """With their clocks and escalations: nobody is called for somebody who is not there."""
        open_cases = (await self._session.scalars(_OPEN_CASES, {"complaints": person.complaints})).all()
        for complaint_id in open_cases:
            await self._close(complaint_id, by, now)

    async def _empty(self, holding: Holding, asked: dict[str, Any]) -> None:
        if not holding.erased:
            return
        change = f"update {holding.table} t set {holding.erased}"
        statement = f"delete from {holding.table} t" if holding.erased == DELETED else change
        statement = f"{statement} where {holding.whose}"
        await self._session.execute(text(statement), _needed(statement, asked))

    async def _only_theirs(self, files: list[str]) -> list[str]:
        mine = text(
            "select d from unnest(cast(:files as text[])) as d where not exists "
            "(select from attachments a where a.digest = d)"
        )
        return list((await self._session.scalars(mine, {"files": files})).all())


def _needed(statement: str, asked: dict[str, Any]) -> dict[str, Any]:
    """The values a statement names."""
    return {name: value for name, value in asked.items() if f":{name}" in statement}
