"""Rehearsals as rows: who asked what, how far it is, what came of it. Any process shows it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, delete, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.campaigns.campaign import Campaign
from crm_store.model import Base, Key, Moment
from crm_store.planning.occurrences import Occurrence

KEPT = timedelta(days=7)
SILENT = timedelta(seconds=60)
"""Whoever works on one says so more often than this; who does not is gone."""
LATEST = 6


_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('care_rehearsals'), cast(:staff as int))")
_PEOPLE = text(
    """
    select id, name, member_number, language, time_zone, time_zone_source
      from customers where id = any(:ids) and erased_at is null
    """
)


class RehearsalState(StrEnum):
    """`stopped`: by somebody, or because the same person began another; `failed`: `problem` says why."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class CareRehearsal(Base):
    """One rehearsal, kept for a week. Of one campaign, or (`campaign_id` None) of all that may fire, by other rules.

    `asked`: what was wished for, as whoever asks reads it. `found`: by campaign id, as `crm_store.rehearsals.packing`
    packs it, with the firing. `done` of `parts` are decided. `told_at`: when it was last heard of while it runs.
    """

    __tablename__ = "care_rehearsals"
    __table_args__ = (
        Index("uq_care_rehearsals_running", "staff_id", unique=True, postgresql_where="state = 'running'"),
        Index("ix_care_rehearsals_campaign_id_id", "campaign_id", "id"),
    )

    id: Mapped[Key]
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    campaign_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("campaigns.id"))
    asked: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default=RehearsalState.RUNNING)
    done: Mapped[int] = mapped_column(default=0)
    parts: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None]
    found: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    begun_at: Mapped[Moment]
    told_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]

    def is_lost(self, now: datetime) -> bool:
        """Whether whoever worked on it is gone."""
        return self.state == RehearsalState.RUNNING and now - self.told_at > SILENT


@dataclass(frozen=True)
class Order:
    """What somebody wants to be rehearsed."""

    staff_id: int
    campaign_id: int | None
    asked: dict[str, Any] = field(hash=False)


class CareRehearsals:
    """Reads and writes inside one transaction. Every change nudges `rehearsal` with the id."""

    def __init__(self, session: AsyncSession, nudge: Callable[[str, int], None]) -> None:
        self._session = session
        self._nudge = nudge

    async def begin(self, order: Order, now: datetime) -> CareRehearsal:
        """One at a time for each person: theirs that still runs is stopped. What is older than a week goes."""
        await self._session.execute(_ONE_AT_A_TIME, {"staff": order.staff_id})
        await self._session.execute(delete(CareRehearsal).where(CareRehearsal.begun_at < now - KEPT))
        await self._stop(CareRehearsal.staff_id == order.staff_id, now)
        made = CareRehearsal(
            staff_id=order.staff_id, campaign_id=order.campaign_id, asked=order.asked, begun_at=now, told_at=now
        )
        self._session.add(made)
        await self._session.flush()
        return made

    async def get(self, rehearsal_id: int) -> CareRehearsal | None:
        return await self._session.get(CareRehearsal, rehearsal_id)

    async def tell(self, rehearsal_id: int, done: int, parts: int, now: datetime) -> bool:
        """How far it is; False when nobody wants it any more."""
        return await self._set(rehearsal_id, done=done, parts=parts, told_at=now)

    async def end(self, rehearsal_id: int, found: dict[str, Any], now: datetime) -> bool:
        """Its result; False when nobody wants it any more."""
        told = {"state": RehearsalState.DONE, "found": found, "ended_at": now, "done": CareRehearsal.parts}
        return await self._set(rehearsal_id, **told)

    async def fail(self, rehearsal_id: int, problem: str, now: datetime) -> bool:
        """`problem`: a word of those who show it."""
        return await self._set(rehearsal_id, state=RehearsalState.FAILED, problem=problem, ended_at=now)

    async def stop(self, rehearsal_id: int, now: datetime) -> bool:
        return await self._stop(CareRehearsal.id == rehearsal_id, now)

    async def latest(self, campaign_id: int | None, most: int = LATEST) -> list[CareRehearsal]:
        """Of a campaign, or of the rules; newest first."""
        whose = CareRehearsal.campaign_id.is_(None) if campaign_id is None else CareRehearsal.campaign_id == campaign_id
        rows = await self._session.scalars(
            select(CareRehearsal).where(whose).order_by(CareRehearsal.id.desc()).limit(most)
        )
        return list(rows)

    async def campaigns_of(self, occurrence_ids: Sequence[int]) -> dict[int, tuple[int, str, str, int]]:
        """By occurrence: id, name, purpose and priority of its campaign."""
        rows = await self._session.execute(
            select(Occurrence.id, Campaign.id, Campaign.name, Campaign.purpose, Occurrence.priority)
            .join(Campaign, Campaign.id == Occurrence.campaign_id)
            .where(Occurrence.id.in_(occurrence_ids))
        )
        return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}

    async def people(self, customer_ids: Sequence[int]) -> list[dict[str, Any]]:
        """Those of them who have not been erased, in this order, as they stand now."""
        rows = await self._session.execute(_PEOPLE, {"ids": list(customer_ids)})
        found = {row.id: dict(row._mapping) for row in rows}
        return [found[each] for each in customer_ids if each in found]

    async def _stop(self, which: Any, now: datetime) -> bool:
        return await self._update(which, state=RehearsalState.STOPPED, ended_at=now)

    async def _set(self, rehearsal_id: int, **values: Any) -> bool:
        return await self._update(CareRehearsal.id == rehearsal_id, **values)

    async def _update(self, which: Any, **values: Any) -> bool:
        changed = await self._session.scalars(
            update(CareRehearsal)
            .where(which, CareRehearsal.state == RehearsalState.RUNNING)
            .values(**values)
            .returning(CareRehearsal.id)
        )
        ids = list(changed)
        for each in ids:
            self._nudge("rehearsal", each)
        return bool(ids)
