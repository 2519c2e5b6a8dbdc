"""What our records say about the order a complaint names."""

from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.cases.facts import Fact, Origin

_ORDER = text(
    """
    select o.number, s.code, o.carrier,
           (select min(p.sku) from order_lines l join products p on p.id = l.product_id
             where l.order_id = o.id having count(distinct p.id) = 1)
      from orders o left join stores s on s.id = o.store_id
     where o.customer_id = :customer_id
       and (o.number = upper(:number) or (:number ~ '^[0-9]{5,}$' and right(o.number, length(:number)) = :number))
     order by o.placed_at desc limit 1
    """
)


class OrderKnown(NamedTuple):
    """Of an order that is the customer's own; `product_sku` only when nothing else was in it."""

    order_number: str | None = None
    store_code: str | None = None
    carrier: str | None = None
    product_sku: str | None = None


async def known_of_order(session: AsyncSession, number: str | None, customer_id: int | None) -> OrderKnown:
    """Empty when nobody is known, or the number is not one of theirs: a number alone opens nothing (rule 1)."""
    if number is None or customer_id is None:
        return OrderKnown()
    row = (await session.execute(_ORDER, {"number": number, "customer_id": customer_id})).one_or_none()
    return OrderKnown(*row) if row else OrderKnown()


def records_of(known: OrderKnown) -> list[Fact]:
    """The same as facts of the case."""
    named = {"product": known.product_sku, "store": known.store_code, "carrier": known.carrier}
    return [Fact(name, value, Origin.RECORDS) for name, value in named.items() if value is not None]
