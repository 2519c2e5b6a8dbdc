"""Escalations: who is told, who has acknowledged, and who is next if nobody does."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Moment
from crm_store.promises import levels
from crm_store.staff.notices import Notice, StaffNotices


class Cause(StrEnum):
    """Why it is escalated."""

    WARNED = "warned"  # 75 % of a clock
    ALARMED = "alarmed"  # 90 %
    MISSED = "missed"
    REOPENED = "reopened"  # for the second time
    SEVERE = "severe"  # severity high, or words of danger
    BOT_FAILED = "bot_failed"
    ANGRY = "angry"
    ASKED = "asked"  # the shopper asked for a person


class EscalationStep(Base):
    """The shop's rule: at `cause`, level `level` goes to `role`; the next level after `acknowledge_within` minutes."""

    __tablename__ = "escalation_steps"

    cause: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]
    acknowledge_within: Mapped[int]


class Escalation(Base):
    """One thing that needs somebody. `key` makes it once, e.g. ``clock:17:missed``; `next_at`: the next level.

    It belongs to a complaint, a conversation that waits for a person, or both.
    """

    __tablename__ = "escalations"
    __table_args__ = (
        Index("ix_escalations_next_at", "next_at", postgresql_where="next_at is not null"),
        Index("ix_escalations_open", "complaint_id", postgresql_where="closed_at is null"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True)
    cause: Mapped[str]
    complaint_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("complaints.id"))
    conversation_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("conversations.id"), index=True)
    level: Mapped[int] = mapped_column(default=1)
    role: Mapped[str]
    raised_at: Mapped[Moment]
    next_at: Mapped[Moment | None]
    acknowledged_at: Mapped[Moment | None]
    acknowledged_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    closed_at: Mapped[Moment | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


@dataclass(frozen=True)
class Need:
    """Something that needs somebody, before it is raised. The same `key` is raised once, ever."""

    key: str
    cause: Cause
    complaint_id: int | None = None
    conversation_id: int | None = None
    detail: dict[str, Any] = field(default_factory=dict)


class Escalations:
    """Raises, climbs and ends escalations inside one transaction; whoever has to know gets a notice."""

    def __init__(self, session: AsyncSession, notices: StaffNotices, nudge: Callable[[str, int], None]) -> None:
        self._session = session
        self._notices = notices
        self._nudge = nudge

    async def raise_for(self, needs: list[Need], now: datetime) -> list[int]:
        """Raise those not known yet at their first level; gives the ids of the new ones.

        A cause for which the shop has set no step is raised for nobody.
        """
        if not needs:
            return []
        rows = json.dumps([vars(need) for need in needs])
        raised = (await self._session.scalars(levels.RAISE, {"rows": rows, "now": now})).all()
        await self._tell(list(raised), now)
        return list(raised)

    async def climb(self, now: datetime, limit: int = 200) -> list[int]:
        """Those nobody has acknowledged in time go to their next level, each once; gives their ids."""
        climbed = (await self._session.scalars(levels.CLIMB, {"now": now, "limit": limit})).all()
        await self._tell(list(climbed), now)
        return list(climbed)

    async def acknowledge(self, escalation_id: int, staff_id: int, now: datetime) -> bool:
        """Somebody has seen it and takes care, of what else was raised for the same cause in the same matter, too.

        False when somebody else did before, or it is over.
        """
        values = {"id": escalation_id, "staff_id": staff_id, "now": now}
        seen = {row.id: row.line for row in await self._session.execute(levels.ACKNOWLEDGE, values)}
        await self._notices.seen_to(list(seen), now)
        for line in set(seen.values()):
            self._nudge("desk", line)
        return escalation_id in seen

    async def by_id(self, escalation_id: int) -> Escalation | None:
        """Whoever asks: check that they may see what it belongs to."""
        return await self._session.get(Escalation, escalation_id)

    async def close_of(self, complaint_id: int, now: datetime) -> None:
        """The case is over: nothing of it needs anybody any more."""
        await self._close(Escalation.complaint_id == complaint_id, now)
        await self._notices.case_over(complaint_id, now)
        self._nudge("desk", complaint_id)

    async def close_of_conversation(self, conversation_id: int, now: datetime) -> None:
        """Somebody has taken the conversation, or nobody is waited for any more."""
        await self._close(Escalation.conversation_id == conversation_id, now)
        await self._notices.talk_moved(conversation_id, now)
        self._nudge("desk", -conversation_id)

    async def close_keys(self, keys: list[str], now: datetime) -> None:
        """What these were raised for is over."""
        if keys:
            await self._close(Escalation.key.in_(keys), now)

    async def open_of(self, complaint_id: int) -> list[Escalation]:
        """What of this case needs somebody, oldest first."""
        mine = select(Escalation).where(Escalation.complaint_id == complaint_id, OPEN).order_by(Escalation.id)
        return list((await self._session.scalars(mine)).all())

    async def _close(self, which: ColumnElement[bool], now: datetime) -> None:
        over = update(Escalation).where(which, OPEN).values(closed_at=now, next_at=None).returning(Escalation.id)
        await self._notices.seen_to(list((await self._session.scalars(over)).all()), now)

    async def _tell(self, escalation_ids: list[int], now: datetime) -> None:
        """Everybody the level names, within the team of the case as far as it has such people."""
        if not escalation_ids:
            return
        rows = await self._session.execute(levels.WHO, {"ids": escalation_ids})
        await self._notices.add([Notice(**row) for row in rows.mappings()], now)
        told = select(Escalation.complaint_id, Escalation.conversation_id).where(Escalation.id.in_(escalation_ids))
        for complaint_id, conversation_id in await self._session.execute(told):
            if complaint_id is not None:
                self._nudge("desk", complaint_id)
            if conversation_id is not None:
                self._nudge("desk", -conversation_id)


OPEN = Escalation.closed_at.is_(None)
