"""Surveys: one question after something happened; a low score opens a complaint."""

from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, CustomerKey, Key, Moment


class SurveyAnswer(Base):
    """One answer to one survey: a touch has one; a second one replaces the score of the first within its lifetime.

    `score` 1-5. `about`: the purchase, remedy or visit. `complaint_id`: what a low score opened.
    """

    __tablename__ = "survey_answers"
    __table_args__ = (UniqueConstraint("occurrence_id", "customer_id"), Index("ix_survey_answers_at", "at"))

    id: Mapped[Key]
    occurrence_id: Mapped[int] = mapped_column(BigInteger)
    customer_id: Mapped[CustomerKey]
    interaction_id: Mapped[int | None] = mapped_column(BigInteger)
    score: Mapped[int]
    words: Mapped[str] = mapped_column(default="")
    about: Mapped[dict[str, Any]]
    at: Mapped[Moment]
    complaint_id: Mapped[int | None] = mapped_column(BigInteger)


class Surveys:
    """Reads and writes of survey answers inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
