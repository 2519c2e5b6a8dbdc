"""Products: what the shop sells, at what price, and whether it is there."""

from sqlalchemy import Index, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Words


class Product(Base):
    """`search` is names, brand and category of every language in lower case, for trigram look-up."""

    __tablename__ = "products"
    __table_args__ = (
        Index("ix_products_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
    )

    id: Mapped[Key]
    sku: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Words]
    category: Mapped[Words]
    brand: Mapped[str]
    description: Mapped[Words]
    price_cents: Mapped[int]
    stock: Mapped[int]
    search: Mapped[str]


class Products:
    """Reads of products inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def matching(self, words: str, limit: int = 3) -> list[Product]:
        """Products whose name, brand or category is in `words` or near to them, best first."""
        likeness = func.word_similarity(func.lower(words), Product.search)
        found = await self._session.scalars(
            select(Product).where(likeness > 0.45).order_by(likeness.desc(), Product.id).limit(limit)
        )
        return list(found.all())
