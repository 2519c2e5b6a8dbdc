"""Stores: where the shop is, and when it is open."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Words
from crm_store.words import folded, pattern_of


class RetailStore(Base):
    """`hours` by weekday, 0 = Monday: ``{"0": [["10:00", "22:00"]], ...}`` in its zone; a missing day is closed.

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


def named_in(text: str, stores: Sequence[RetailStore]) -> list[RetailStore]:
    """The stores a text names, by name or by what people call them, the longest name first."""
    line = folded(text)
    found = [(_longest(store, line), store) for store in stores]
    return [store for length, store in sorted(found, key=lambda pair: -pair[0]) if length]


def _longest(store: RetailStore, line: str) -> int:
    called = [str(name) for names in store.also.values() for name in ([names] if isinstance(names, str) else names)]
    matches = pattern_of([*store.name.values(), *called]).findall(line)
    return max(map(len, matches), default=0)


class RetailStores:
    """Reads of stores inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> list[RetailStore]:
        return list((await self._session.scalars(select(RetailStore).order_by(RetailStore.id))).all())
