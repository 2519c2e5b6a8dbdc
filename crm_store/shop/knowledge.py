"""Knowledge: what the shop wants said about returns, delivery, payment and the like; edited by the shop, not by us."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Moment, Words


class Article(Base):
    """One answer. `topic` is what an intent asks for, e.g. `returns`, `delivery_fees`."""

    __tablename__ = "articles"

    topic: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[Words]
    changed_at: Mapped[Moment]


class Knowledge:
    """Reads of articles inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def on(self, topic: str) -> Words:
        """The text in every language; empty when the shop has not written one."""
        return await self._session.scalar(select(Article.text).filter_by(topic=topic)) or {}
