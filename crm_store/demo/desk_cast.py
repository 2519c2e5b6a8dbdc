"""Who complains at the demo desk, and about which order: members who bought what the story is about."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.model import Words

_BUYERS = text(
    """
    select c.id as customer_id, c.name, c.language, o.number as order_number, o.placed_at, o.carrier,
           s.code as store_code, s.name as store, p.sku, p.name as product
      from orders o
      join customers c on c.id = o.customer_id
      join order_lines l on l.order_id = o.id
      join products p on p.id = l.product_id
      left join stores s on s.id = o.store_id
     where o.placed_at > :since and o.state in ('shipped', 'delivered', 'collected') and c.id > 2
     order by o.id, l.line
    """
)


@dataclass(frozen=True)
class Buyer:
    """A member and one thing they bought."""

    customer_id: int
    name: str
    language: str
    order_number: str
    placed_at: datetime
    carrier: str | None
    store_code: str | None
    store: Words | None
    sku: str
    product: Words


class Cast:
    """Nobody complains twice."""

    def __init__(self, buyers: Sequence[Buyer], rng: random.Random) -> None:
        self.buyers = rng.sample(buyers, len(buyers))
        self._taken: set[int] = set()
        self.faulty = ""
        """What the incident is about."""

    def find_faulty(self, story: dict[str, Any]) -> None:
        """What most have bought of what the story of the incident fits."""
        bought = Counter(buyer.sku for buyer in self.buyers if buyer.sku.startswith(tuple(story["sku"])))
        self.faulty = max(sorted(bought), key=bought.__getitem__)

    def whom(self, story: dict[str, Any], language: str, opened: datetime) -> Buyer:
        """Somebody the story fits, who speaks this language if anybody does."""
        fitting = (buyer for buyer in self.buyers if buyer.language == language and self._fits(buyer, story, opened))
        found = next(fitting, None) or next(buyer for buyer in self.buyers if self._fits(buyer, story, opened))
        self._taken.add(found.customer_id)
        return found

    def _fits(self, buyer: Buyer, story: dict[str, Any], opened: datetime) -> bool:
        if buyer.customer_id in self._taken or buyer.placed_at > opened - timedelta(days=2):
            return False
        if story.get("incident"):
            return buyer.sku == self.faulty
        if story.get("store") and buyer.store_code is None:
            return False
        if story.get("carrier") and buyer.carrier is None:
            return False
        return not story.get("sku") or buyer.sku.startswith(tuple(story["sku"]))


async def read_cast(session: AsyncSession, now: datetime, rng: random.Random) -> Cast:
    rows = (await session.execute(_BUYERS, {"since": now - timedelta(days=120)})).mappings()
    return Cast([Buyer(**row) for row in rows], rng)
