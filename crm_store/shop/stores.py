"""Stores: where the shop is, and when it is open."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Words


class RetailStore(Base):
    """`hours` by weekday, 0 = Monday: ``{"0": [["10:00", "22:00"]], ...}`` in the store's zone; a missing day is closed.

    `also` lists names people use for it, in any language, lower case.
    """

    __tablename__ = "stores"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Words]
    address: Mapped[Words]
    directions: Mapped[Words]
    also: Mapped[dict[str, Any]]
    phone: Mapped[str]
    time_zone: Mapped[str]
    hours: Mapped[dict[str, Any]]


class RetailStores:
    """Reads of stores inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> list[RetailStore]:
        return list((await self._session.scalars(select(RetailStore).order_by(RetailStore.id))).all())
