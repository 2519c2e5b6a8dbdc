"""Knowledge: what the shop wants said about returns, delivery, payment and the like; edited by the shop, not by us."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.errors import CareLoopError
from crm_store.model import Base, Moment, Words
from crm_store.words import folded, pattern_of


class Article(Base):
    """One answer. `topic` is what an intent asks for, e.g. `returns`, `delivery_fees`.

    `keywords` by language, ``{"en": ["fee", "cost"], "zh": ["运费"]}``: what in a question asks for this topic.
    """

    __tablename__ = "articles"

    topic: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[Words]
    keywords: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changed_at: Mapped[Moment]

    def asked_for(self, question: str) -> int:
        """How many different keywords of any language occur in `question`."""
        words = [str(word) for listed in self.keywords.values() for word in listed]
        return len(set(pattern_of(words).findall(folded(question))))


class ArticleChanged(CareLoopError):
    """Somebody else has changed the article since it was read; read it again."""

    code = "article_changed"


@dataclass(frozen=True)
class Edition:
    """An article as it shall be; `seen` is the `changed_at` of the one that was read, None for a new topic."""

    topic: str
    text: Words
    keywords: dict[str, list[str]]
    seen: datetime | None


class Knowledge:
    """Reads and writes of articles inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> list[Article]:
        """By topic."""
        return list((await self._session.scalars(select(Article).order_by(Article.topic))).all())

    async def article(self, topic: str) -> Article | None:
        return await self._session.get(Article, topic)

    async def save(self, edition: Edition, now: datetime) -> None:
        """Raises `ArticleChanged` when it is not the one that was read."""
        values = {"text": edition.text, "keywords": edition.keywords, "changed_at": now}
        statement = insert(Article).values(topic=edition.topic, **values)
        if edition.seen is None:
            statement = statement.on_conflict_do_nothing()
        else:
            statement = statement.on_conflict_do_update(
                index_elements=["topic"], set_=values, where=Article.changed_at == edition.seen
            )
        if await self._session.scalar(statement.returning(Article.topic)) is None:
            raise ArticleChanged(f"{edition.topic} was changed by somebody else; nothing was saved")

    async def on(self, topic: str) -> Words:
        """The text in every language; empty when the shop has not written one."""
        return await self._session.scalar(select(Article.text).filter_by(topic=topic)) or {}

    async def nearest(self, topics: Sequence[str], question: str) -> Article | None:
        """Of `topics`, general ones first, the one whose keywords the question names most; else the first.

        Where two are named alike the later, more particular one is meant.
        """
        found = (await self._session.scalars(select(Article).where(Article.topic.in_(topics)))).all()
        listed = sorted(found, key=lambda article: topics.index(article.topic))
        asked = [(article.asked_for(question), place) for place, article in enumerate(listed)]
        best = max(asked, default=(0, 0))
        return listed[best[1] if best[0] else 0] if listed else None
