"""Standings: what a customer allows and where they can be reached, in one row, kept beside the records it is read from.

The planner reads nothing else of a person but this row and their recent contacts. Triggers mark whose records changed
(`stale_standings`); the marked are read anew before they are planned. The look just before a message is sent never
trusts this row: it reads the records.
"""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment


class StandingRow(Base):
    """`facts`: `crm_store.decision.facts.Standing` as one canonical JSON text, without ids: equal people, equal text.

    `permissions`: ledger row by permission key (``promotion:telegram``). `addresses`: channel identity by channel.
    """

    __tablename__ = "standings"

    customer_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("customers.id"), primary_key=True)
    facts: Mapped[str]
    permissions: Mapped[dict[str, Any]]
    addresses: Mapped[dict[str, Any]]
    household_id: Mapped[int | None] = mapped_column(BigInteger)
    read_at: Mapped[Moment]


class StaleStanding(Base):
    """A mark: something of this customer changed. Many marks of one customer do no harm."""

    __tablename__ = "stale_standings"

    id: Mapped[Key]
    customer_id: Mapped[int] = mapped_column(BigInteger, index=True)


class Standings:
    """Reads and refreshes of standings inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
