"""Products: what the shop sells, at what price, and whether it is there."""

import re
from collections.abc import Sequence

from sqlalchemy import BigInteger, ForeignKey, Index, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.model import Base, Key, Words
from crm_store.shop.terms import asked_terms, asked_words, head_terms, name_terms
from crm_store.words import HAN, folded, pattern_of

BY_HEAD, BY_NAME, BY_SEARCH, BY_ONE_CHARACTER = 1.5, 1.0, 0.5, 0.3
"""What a term weighs: the thing itself; the rest of its name; brand, category or another name; a single character."""

_SIZE = re.compile(r",|\s\d")


class Product(Base):
    """`search` is names, brand, category and other names, of every language, in lower case, separated by commas."""

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


class ProductTerm(Base):
    """One term a product is found by, see `crm_store.shop.terms`; written with the product."""

    __tablename__ = "product_terms"

    term: Mapped[str] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("products.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    weight: Mapped[float]


_MATCHING = text("""
    with exact as (
        select product_id, weight, count(*) over (partition by term) as sharers
        from product_terms where term = any(cast(:terms as text[]))
    ),
    misspelt as (
        select id, 0.5 * word_similarity(word, search), count(*) over (partition by word)
        from unnest(cast(:words as text[])) as word
        join products on search %> word and word_similarity(word, search) > 0.65
        where not exists (select from exact)
    ),
    scored as (
        select product_id, round(cast(sum(weight / (1 + ln(sharers))) as numeric), 3) as score
        from (select * from exact union all select * from misspelt) as hit group by product_id
    )
    select products.* from products join scored on product_id = id
    where score >= 0.6 * (select max(score) from scored)
    order by score desc, stock > 0 desc, id limit :limit
""")


class Products:
    """Reads and writes of products inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, products: Sequence[Product]) -> None:
        """Put them on the shelf and make them findable; their ids are known afterwards."""
        self._session.add_all(products)
        await self._session.flush()  # the terms name the products by id
        rows = [(product.id, term, weight) for product in products for term, weight in weighted_terms(product).items()]
        ids, terms, weights = zip(*rows, strict=True) if rows else ((), (), ())
        await self._session.execute(
            text(
                "insert into product_terms (product_id, term, weight) select * from"
                " unnest(cast(:ids as bigint[]), cast(:terms as text[]), cast(:weights as float8[]))"
            ),
            {"ids": list(ids), "terms": list(terms), "weights": list(weights)},
        )

    async def matching(self, words: str, limit: int = 3) -> list[Product]:
        """What the sentence names, best first, in stock before sold out; empty when it names nothing we sell.

        Rare terms count more than common ones, and only products near to the best one are given. When no term is known
        at all, a Latin word may be misspelt.
        """
        question = {"terms": sorted(asked_terms(words)), "words": asked_words(words), "limit": limit}
        found = await self._session.scalars(select(Product).from_statement(_MATCHING), question)
        return list(found.all())

    async def by_sku(self, skus: Sequence[str]) -> dict[str, Product]:
        """Those there are."""
        found = await self._session.scalars(select(Product).where(Product.sku.in_(skus)))
        return {product.sku: product for product in found}

    async def called(self, story: str) -> Product | None:
        """The one product the text calls by its whole name, whatever its size; None when there is none or several."""
        line = folded(story)
        named = [product for product in await self.matching(story, limit=5) if _calls(line, product)]
        return named[0] if len(named) == 1 else None


def _calls(line: str, product: Product) -> bool:
    """At least two words or three characters: a mere "shoe" names nothing."""
    names = [_SIZE.split(folded(name))[0].strip() for name in (*product.name.values(), product.sku)]
    telling = [name for name in names if len(name.split()) > 1 or len(HAN.findall(name)) > 2 or name == names[-1]]
    return bool(telling) and pattern_of(telling).search(line) is not None


def weighted_terms(product: Product) -> dict[str, float]:
    """Each term the product is found by, and its weight."""
    terms = dict.fromkeys(name_terms(product.search), BY_SEARCH)
    for find, weight in ((name_terms, BY_NAME), (head_terms, BY_HEAD)):
        terms.update((term, weight) for name in product.name.values() for term in find(name))
    return {term: min(weight, BY_ONE_CHARACTER) if len(term) == 1 else weight for term, weight in terms.items()}
