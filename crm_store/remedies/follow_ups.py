"""Follow-ups: after the remedy has arrived the shopper is asked once whether it is resolved."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.cases.complaints import Complaint
from crm_store.model import Base, Key, Moment
from crm_store.remedies.planning import FOLLOW_UP_AFTER, Planning

ANSWER_WITHIN = timedelta(days=7)
"""How long the question stands; then the case is closed by time."""


class FollowUp(Base):
    """One question for one resolution; `ordinal` counts the resolutions of a case. `answer`: `yes`, `no` or none yet.

    `score` is 1 to 5. `lapsed_at`: asked, never answered, and the case closed by time.
    """

    __tablename__ = "follow_ups"
    __table_args__ = (
        UniqueConstraint("complaint_id", "ordinal"),
        Index("ix_follow_ups_due", "due_at", postgresql_where="asked_at is null and lapsed_at is null"),
        Index(
            "ix_follow_ups_asked",
            "asked_at",
            postgresql_where="asked_at is not null and answered_at is null and lapsed_at is null",
        ),
    )

    id: Mapped[Key]
    complaint_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("complaints.id"))
    ordinal: Mapped[int]
    due_at: Mapped[Moment]
    asked_at: Mapped[Moment | None]
    interaction_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("interactions.id"))
    answered_at: Mapped[Moment | None]
    answer: Mapped[str | None]
    words: Mapped[str] = mapped_column(default="")
    score: Mapped[int | None]
    lapsed_at: Mapped[Moment | None]


_ASKED = text(
    """
    update follow_ups f set asked_at = :now, interaction_id = a.interaction_id
      from unnest(cast(:ids as bigint[]), cast(:interactions as bigint[])) as a(id, interaction_id)
     where f.id = a.id
    """
)

_POSTPONE = text(
    """
    update follow_ups f set due_at = p.until
      from unnest(cast(:ids as bigint[]), cast(:until as timestamptz[])) as p(id, until) where f.id = p.id
    """
)

_OVERTAKEN = text(
    """
    update follow_ups f set lapsed_at = :now from complaints c
     where c.id = f.complaint_id and f.asked_at is null and f.lapsed_at is null and f.due_at <= :now
       and (c.merged_into is not null or c.state <> 'done' or f.ordinal <> c.reopened + 1)
    """
)


class FollowUps:
    """Reads and writes of follow-ups inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def plan(self, complaint_id: int, now: datetime, after: timedelta = FOLLOW_UP_AFTER) -> None:
        """Plan the question, if the case is done and nothing is on its way to the shopper; else do nothing.

        Called by whoever moves a case to `done`; a remedy that arrives later calls it again.
        """
        planning = Planning(self._session)
        await planning.plan(await planning.ripe([complaint_id]), now + after)

    async def plan_missing(self, now: datetime, after: timedelta = FOLLOW_UP_AFTER, limit: int = 500) -> int:
        """Plan for every done case that has none; gives how many."""
        planning = Planning(self._session)
        return await planning.plan(await planning.ripe(None, limit), now + after)

    async def due(self, now: datetime, limit: int = 100) -> Sequence[tuple[FollowUp, Complaint]]:
        """Claim what is to be asked now: nobody else is given the same rows while this transaction lasts.

        Those that a reopening or a merge has overtaken lapse unasked.
        """
        await self._session.execute(_OVERTAKEN, {"now": now})
        rows = await self._session.execute(
            select(FollowUp, Complaint)
            .join(Complaint, Complaint.id == FollowUp.complaint_id)
            .where(FollowUp.asked_at.is_(None), FollowUp.lapsed_at.is_(None), FollowUp.due_at <= now)
            .order_by(FollowUp.due_at)
            .limit(limit)
            .with_for_update(of=FollowUp, skip_locked=True)
        )
        return [(follow_up, complaint) for follow_up, complaint in rows]

    async def allowed_from(self, complaints: Sequence[Complaint], at: datetime) -> dict[int, datetime]:
        """By case: the first moment from `at` on at which its shopper may be asked."""
        return await Planning(self._session).allowed_from(complaints, at)

    async def asked(self, interactions: dict[int, int], now: datetime) -> None:
        """By follow-up, the message that asks. In the transaction that queues it."""
        values = {"ids": list(interactions), "interactions": list(interactions.values()), "now": now}
        await self._session.execute(_ASKED, values)

    async def postpone(self, until: dict[int, datetime]) -> None:
        """Not now: look again then."""
        if until:
            await self._session.execute(_POSTPONE, {"ids": list(until), "until": list(until.values())})

    async def answer(self, follow_up_id: int, answer: str, words: str, now: datetime) -> FollowUp | None:
        """Keep the answer and its words; None when it has one already, or there is no such question."""
        return await self._session.scalar(
            update(FollowUp)
            .where(FollowUp.id == follow_up_id, FollowUp.asked_at.is_not(None), FollowUp.answered_at.is_(None))
            .values(answer=answer, words=words, answered_at=now)
            .returning(FollowUp)
        )

    async def score(self, follow_up_id: int, score: int) -> bool:
        """How satisfied, 1 to 5; the first score stays. False when it cannot be kept."""
        kept = await self._session.scalar(
            update(FollowUp)
            .where(FollowUp.id == follow_up_id, FollowUp.answered_at.is_not(None), FollowUp.score.is_(None))
            .values(score=score)
            .returning(FollowUp.id)
        )
        return kept is not None

    async def get(self, follow_up_id: int) -> FollowUp | None:
        return await self._session.get(FollowUp, follow_up_id)

    async def of(self, complaint_id: int) -> list[FollowUp]:
        """Those of one case, oldest first."""
        found = select(FollowUp).where(FollowUp.complaint_id == complaint_id).order_by(FollowUp.ordinal)
        return list((await self._session.scalars(found)).all())

    async def unanswered(self, now: datetime, limit: int = 100) -> Sequence[tuple[FollowUp, Complaint]]:
        """Claim those asked more than `ANSWER_WITHIN` ago that were never answered."""
        rows = await self._session.execute(
            select(FollowUp, Complaint)
            .join(Complaint, Complaint.id == FollowUp.complaint_id)
            .where(
                FollowUp.asked_at <= now - ANSWER_WITHIN, FollowUp.answered_at.is_(None), FollowUp.lapsed_at.is_(None)
            )
            .order_by(FollowUp.asked_at)
            .limit(limit)
            .with_for_update(of=FollowUp, skip_locked=True)
        )
        return [(follow_up, complaint) for follow_up, complaint in rows]

    async def lapse(self, follow_up_ids: list[int], now: datetime) -> None:
        """The question no longer stands."""
        await self._session.execute(update(FollowUp).where(FollowUp.id.in_(follow_up_ids)).values(lapsed_at=now))
