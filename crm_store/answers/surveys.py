"""Surveys: one question after something happened; a low score opens a complaint."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Index, ScalarResult, UniqueConstraint, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.answers.survey_words import LOW
from crm_store.model import Base, CustomerKey, Key, Moment

TOLD_WITHIN = timedelta(days=1)
"""A complaint this soon after a low score is what went wrong."""
MOST_WORDS = 4000


class SurveyAnswer(Base):
    """One answer to one survey: a touch has one; a second one replaces the score of the first within its lifetime.

    `score` 1-5. `about`: the purchase, remedy or visit. `complaint_id`: what a low score opened.
    """

    __tablename__ = "survey_answers"
    __table_args__ = (
        UniqueConstraint("occurrence_id", "customer_id"),
        Index("ix_survey_answers_at", "at"),
        Index("ix_survey_answers_customer_id_at", "customer_id", "at"),
    )

    id: Mapped[Key]
    occurrence_id: Mapped[int] = mapped_column(BigInteger)
    customer_id: Mapped[CustomerKey]
    interaction_id: Mapped[int | None] = mapped_column(BigInteger)
    score: Mapped[int]
    words: Mapped[str] = mapped_column(default="")
    about: Mapped[dict[str, Any]]
    at: Mapped[Moment]
    complaint_id: Mapped[int | None] = mapped_column(BigInteger)


@dataclass(frozen=True)
class GivenScore:
    """What was answered to which touch. `words`: what was said beside the score, empty for a score alone."""

    occurrence_id: int
    customer_id: int
    interaction_id: int | None
    score: int
    about: dict[str, Any]
    words: str = ""


# Delivered twice, the same words are written once.
_TOLD = """
    case when {new} = '' or strpos(survey_answers.words, {new}) > 0 then survey_answers.words
         else left(ltrim(survey_answers.words || E'\\n' || {new}, E'\\n'), :most) end
"""

_KEEP = text(
    f"""
    insert into survey_answers (occurrence_id, customer_id, interaction_id, score, words, about, at)
    values (:occurrence_id, :customer_id, :interaction_id, :score, left(:words, :most), cast(:about as jsonb), :now)
        on conflict (occurrence_id, customer_id) do update
       set score = excluded.score, interaction_id = excluded.interaction_id, at = excluded.at,
           words = {_TOLD.format(new="excluded.words")}
    returning *
    """
)

_TELL = text(
    f"""
    update survey_answers set words = {_TOLD.format(new="cast(:words as text)")}
     where occurrence_id = :occurrence_id and customer_id = :customer_id
    returning id
    """
)


class Surveys:
    """Reads and writes of survey answers inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep(self, given: GivenScore, now: datetime) -> SurveyAnswer:
        """Once for each touch: a later score corrects the one before, and the words said beside either stay."""
        values = asdict(given) | {"about": json.dumps(given.about), "now": now, "most": MOST_WORDS}
        fresh = select(SurveyAnswer).from_statement(_KEEP).execution_options(populate_existing=True)
        kept: ScalarResult[SurveyAnswer] = await self._session.scalars(fresh, values)
        return kept.one()

    async def of(self, occurrence_id: int, customer_id: int) -> SurveyAnswer | None:
        """The answer to one touch."""
        found = select(SurveyAnswer).filter_by(occurrence_id=occurrence_id, customer_id=customer_id)
        return await self._session.scalar(found)

    async def given_in(self, interaction_id: int, customer_id: int) -> SurveyAnswer | None:
        """The answer this very message gave, or corrected."""
        given = select(SurveyAnswer).filter_by(interaction_id=interaction_id, customer_id=customer_id).limit(1)
        return await self._session.scalar(given)

    async def low(self, customer_id: int, now: datetime) -> SurveyAnswer | None:
        """The low score they have just given, as long as nothing was opened for it."""
        return await self._session.scalar(
            select(SurveyAnswer)
            .where(
                SurveyAnswer.customer_id == customer_id,
                SurveyAnswer.at >= now - TOLD_WITHIN,
                SurveyAnswer.score <= LOW,
                SurveyAnswer.complaint_id.is_(None),
            )
            .order_by(SurveyAnswer.id.desc())
            .limit(1)
        )

    async def tell(self, occurrence_id: int, customer_id: int, words: str) -> bool:
        """What moved them, said after the score; False when there is no score yet."""
        values = {"occurrence_id": occurrence_id, "customer_id": customer_id, "words": words, "most": MOST_WORDS}
        return (await self._session.scalar(_TELL, values)) is not None

    async def opened(self, answer_id: int, complaint_id: int) -> None:
        """The low score was taken up as this complaint."""
        await self._session.execute(
            update(SurveyAnswer).where(SurveyAnswer.id == answer_id).values(complaint_id=complaint_id)
        )

    async def taken_up(self, customer_id: int, complaint_id: int, words: str, now: datetime) -> None:
        """A complaint of somebody who has just given a low score is what went wrong: the two belong together."""
        low = await self.low(customer_id, now)
        if low is not None:
            low.complaint_id = complaint_id
            low.words = low.words or words[:MOST_WORDS]
