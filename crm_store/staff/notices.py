"""Notices: what a member of staff is told, in the console and by their own channel."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Select, TextClause, UniqueConstraint, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment
from crm_store.staff import settling


class StaffNotice(Base):
    """`kind` names the sentence, `values` fill it. `key` makes each notice once for each member of staff."""

    __tablename__ = "staff_notices"
    __table_args__ = (
        UniqueConstraint("staff_id", "key"),
        Index("ix_staff_notices_unread", "staff_id", "id", postgresql_where="read_at is null"),
        Index("ix_staff_notices_pending", "at", postgresql_where="outbox_id is null and read_at is null"),
        Index("ix_staff_notices_case", "complaint_id", postgresql_where="read_at is null"),
        Index("ix_staff_notices_talk", "conversation_id", postgresql_where="read_at is null"),
    )

    id: Mapped[Key]
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id", ondelete="cascade"))
    key: Mapped[str]
    kind: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    complaint_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("complaints.id"))
    conversation_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("conversations.id"))
    at: Mapped[Moment]
    read_at: Mapped[Moment | None]
    outbox_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("outbox_messages.id"))


_ADD = text(
    """
    insert into staff_notices (staff_id, key, kind, values, complaint_id, conversation_id, at)
    select r.*, cast(:now as timestamptz) from jsonb_to_recordset(cast(:rows as jsonb))
        as r(staff_id bigint, key text, kind text, values jsonb, complaint_id bigint, conversation_id bigint)
    on conflict (staff_id, key) do nothing
    returning staff_id
    """
)

_PENDING = text(
    """
    select n.id, n.staff_id, n.kind, n.values, n.complaint_id, n.conversation_id,
           s.notify_by, s.notify_address, s.language, s.name
      from staff_notices n join staff s on s.id = n.staff_id
     where n.outbox_id is null and n.at > :since and n.read_at is null
       and s.is_active and s.notify_by = any(:ways) and s.notify_address <> ''
     order by n.id limit :limit
       for update of n skip locked
    """
)


@dataclass(frozen=True)
class Notice:
    """What one member of staff is to be told, before it is written; its fields as in `StaffNotice`."""

    staff_id: int
    key: str
    kind: str
    values: dict[str, Any]
    complaint_id: int | None = None
    conversation_id: int | None = None


@dataclass(frozen=True)
class PendingNotice:
    """One that has to leave the house, with where to and in which language."""

    id: int
    staff_id: int
    kind: str
    values: dict[str, Any]
    complaint_id: int | None
    conversation_id: int | None
    notify_by: str
    notify_address: str
    language: str
    name: str


class StaffNotices:
    """Reads and writes of notices inside one transaction."""

    def __init__(self, session: AsyncSession, nudge: Callable[[str, int], None]) -> None:
        self._session = session
        self._nudge = nudge

    async def add(self, notices: list[Notice], now: datetime) -> set[int]:
        """Keep those that are not known yet, each once; gives the ids of the staff who have something new."""
        if not notices:
            return set()
        rows = json.dumps([vars(notice) for notice in notices])
        told = set((await self._session.scalars(_ADD, {"rows": rows, "now": now})).all())
        for staff_id in told:
            self._nudge("notice", staff_id)
        return told

    async def unread(self, staff_id: int, limit: int = 50) -> list[StaffNotice]:
        """Newest first."""
        found = await self._session.scalars(self._unread(staff_id).order_by(StaffNotice.id.desc()).limit(limit))
        return list(found.all())

    async def latest(self, staff_id: int, before: int | None = None, limit: int = 50) -> list[StaffNotice]:
        """Read and unread, newest first; `before` is the id the last page ended with."""
        wanted = select(StaffNotice).where(StaffNotice.staff_id == staff_id).order_by(StaffNotice.id.desc())
        if before is not None:
            wanted = wanted.where(StaffNotice.id < before)
        return list((await self._session.scalars(wanted.limit(limit))).all())

    async def count_unread(self, staff_id: int) -> int:
        counted = await self._session.scalar(select(func.count()).select_from(self._unread(staff_id).subquery()))
        return counted or 0

    async def mark_read(self, staff_id: int, now: datetime, ids: list[int] | None = None) -> None:
        """These of their own, or all of them but those that are just being settled or sent."""
        mine = self._unread(staff_id).with_only_columns(StaffNotice.id)
        mine = mine.with_for_update(skip_locked=True) if ids is None else mine.where(StaffNotice.id.in_(ids))
        await self._session.execute(update(StaffNotice).where(StaffNotice.id.in_(mine)).values(read_at=now))
        self._nudge("notice", staff_id)

    async def seen_to(self, escalation_ids: list[int], now: datetime) -> None:
        """Somebody sees to what these escalations were raised for, or it is over."""
        if escalation_ids:
            await self._settle(settling.ESCALATIONS, now, ids=escalation_ids)

    async def case_over(self, complaint_id: int, now: datetime) -> None:
        await self._settle(settling.CASE_OVER, now, id=complaint_id)

    async def case_taken(self, complaint_id: int, by: int, now: datetime) -> None:
        """The other handlers need not look at it."""
        await self._settle(settling.CASE_TAKEN, now, id=complaint_id, by=by)

    async def talk_moved(self, conversation_id: int, now: datetime) -> None:
        """Whoever had been given the conversation has it no longer."""
        await self._settle(settling.TALK_MOVED, now, id=conversation_id)

    async def incident_over(self, incident_id: int, now: datetime) -> None:
        await self._settle(settling.INCIDENT_OVER, now, id=incident_id)

    async def _settle(self, statement: TextClause, now: datetime, **values: Any) -> None:
        """Nothing is sent about what is settled, and it counts no more."""
        for staff_id in set((await self._session.scalars(statement, {"now": now, **values})).all()):
            self._nudge("notice", staff_id)

    async def pending(self, ways: list[str], since: datetime, limit: int) -> list[PendingNotice]:
        """Unread ones to be sent by these ways (`email`, `telegram`); locked, so that each is sent once."""
        values = {"ways": ways, "since": since, "limit": limit}
        return [PendingNotice(*row) for row in await self._session.execute(_PENDING, values)]

    async def sent_as(self, notice_id: int, outbox_id: int) -> None:
        """It leaves as this outbox row."""
        await self._session.execute(update(StaffNotice).where(StaffNotice.id == notice_id).values(outbox_id=outbox_id))

    @staticmethod
    def _unread(staff_id: int) -> Select[StaffNotice]:
        return select(StaffNotice).where(StaffNotice.staff_id == staff_id, StaffNotice.read_at.is_(None))
