"""Lanes: one row for each channel account, with what must survive a restart: the polling offset, a back-off, a halt."""

import zlib
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.errors import CareLoopError
from crm_store.model import Base, Moment

FASTEST = 100_000


class LaneRateRefused(CareLoopError):
    """A rate is a number of messages a second above 0, or none."""

    code = "lane_rate_refused"


def lane_number(name: str) -> int:
    """A number for a lane's name, for its lock and its nudges."""
    return zlib.crc32(name.encode())


class Lane(Base):
    """`name` is channel:account. `halted` names the reason why nothing is sent until a person has looked.

    `rate`: messages a second set by staff, below what the provider allows. `care_paused`: replies go, care waits.
    `trips`: how often in a row the lane was given a rest because its provider answered nothing useful, the last one
    until `rests_until`; 0 while it answers.
    """

    __tablename__ = "lanes"

    name: Mapped[str] = mapped_column(primary_key=True)
    cursor: Mapped[str] = mapped_column(default="")
    blocked_until: Mapped[Moment | None]
    halted: Mapped[str | None]
    rate: Mapped[float | None]
    care_paused: Mapped[bool] = mapped_column(default=False, server_default="false")
    trips: Mapped[int] = mapped_column(default=0, server_default="0")
    rests_until: Mapped[Moment | None]


class Lanes:
    """Reads and writes of lanes inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def ensure(self, names: list[str]) -> None:
        """Make the rows that are missing."""
        if names:
            await self._session.execute(
                insert(Lane).values([{"name": name, "cursor": ""} for name in names]).on_conflict_do_nothing()
            )

    async def get(self, name: str) -> Lane | None:
        """As it is now, whatever this transaction has read of it before."""
        return await self._session.scalar(select(Lane).filter_by(name=name).execution_options(populate_existing=True))

    async def all(self) -> list[Lane]:
        return list(await self._session.scalars(select(Lane).order_by(Lane.name)))

    async def advance(self, name: str, cursor: str) -> None:
        """Move the polling offset; in the same transaction as the events it acknowledges."""
        await self._session.execute(update(Lane).where(Lane.name == name).values(cursor=cursor))

    async def block(self, name: str, until: datetime) -> None:
        """Send nothing on this lane before `until`: the provider asked for it."""
        await self._session.execute(update(Lane).where(Lane.name == name).values(blocked_until=until))

    async def halt(self, name: str, reason: str | None) -> None:
        """Stop the lane until a person has looked (bad token, second poller); None sets it going again."""
        await self._session.execute(update(Lane).where(Lane.name == name).values(halted=reason))

    async def rest(self, name: str, trips: int, until: datetime | None) -> None:
        """Note that the lane rests for the `trips`-th time in a row; 0 and None when its provider answers again."""
        await self._session.execute(update(Lane).where(Lane.name == name).values(trips=trips, rests_until=until))

    async def set_rate(self, name: str, rate: float | None) -> None:
        """Messages a second at most, None for all the provider allows. Raises `LaneRateRefused`."""
        if rate is not None and not 0 < rate <= FASTEST:
            raise LaneRateRefused("rate: give a number of messages a second above 0, or none")
        await self._session.execute(update(Lane).where(Lane.name == name).values(rate=rate))

    async def pause_care(self, name: str, paused: bool) -> None:
        """Let replies go and care wait, or go on. The caller nudges `care`."""
        await self._session.execute(update(Lane).where(Lane.name == name).values(care_paused=paused))
