"""The fence: a copied database does not send. Whose it is stands in it, and is compared before anything leaves unasked.

A copy has another server or another name, or is run for another address. Replies go all the same: who writes to a copy
is answered by it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Moment

_OURS = 1
_WHERE = text("select system_identifier, current_database() from pg_control_system()")


class HouseSeal(Base):
    """One row. `fingerprint`: of the server, the database's name and the house's address when it was sealed.

    `asked_for`: the address of a house that found it sealed by another and would send.
    """

    __tablename__ = "house_seal"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[str]
    sealed_at: Mapped[Moment]
    sealed_by: Mapped[str]
    asked_for: Mapped[str | None]


@dataclass(frozen=True)
class Sealed:
    """Whose this database is. `is_ours`: it may send unasked. `mine` is the fingerprint of who looked."""

    mine: str
    is_ours: bool


class Fence:
    """Reads and writes of the seal inside one transaction. `address`: where this house is reached from outside."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fingerprint(self, address: str) -> str:
        """Of this server, this database's name and this address; no two of them agree."""
        server, name = (await self._session.execute(_WHERE)).one()
        return hashlib.sha256("\n".join([str(server), name, address]).encode()).hexdigest()

    async def look(self, address: str, now: datetime) -> Sealed:
        """Compare; whoever starts first on a database without a seal makes it theirs. Others are noted as asking."""
        mine = await self.fingerprint(address)
        first = {"id": _OURS, "fingerprint": mine, "sealed_at": now, "sealed_by": "first start"}
        await self._session.execute(insert(HouseSeal).values(first).on_conflict_do_nothing())
        found = await self._session.get_one(HouseSeal, _OURS, populate_existing=True)
        found.asked_for = None if found.fingerprint == mine else address
        return Sealed(mine, found.fingerprint == mine)

    async def is_sealed_by(self, fingerprint: str) -> bool:
        """Whether the database is whose fingerprint this is."""
        found = await self._session.scalar(select(HouseSeal.fingerprint).where(HouseSeal.id == _OURS))
        return found == fingerprint

    async def is_copy(self, address: str) -> bool:
        """Whether this was sealed elsewhere and nobody has allowed it to send; not before its first start."""
        found = await self._session.scalar(select(HouseSeal.fingerprint).where(HouseSeal.id == _OURS))
        return found is not None and found != await self.fingerprint(address)

    async def seal(self) -> HouseSeal | None:
        """As it stands; None before the first start."""
        return await self._session.get(HouseSeal, _OURS, populate_existing=True)

    async def allow(self, address: str, by: str, now: datetime) -> None:
        """This is the house now: what waits here may be sent from here.

        `by`: who says so, for whoever reads it later. The caller nudges `care`.
        """
        row = {"fingerprint": await self.fingerprint(address), "sealed_at": now, "sealed_by": by, "asked_for": None}
        made = insert(HouseSeal).values(id=_OURS, **row).on_conflict_do_update(index_elements=["id"], set_=row)
        await self._session.execute(made)
