"""A small crowd of customers to ask segments about: made in few words, found again by their names."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.loyalty.orders import Order, OrderLine
from crm_store.people.customers import Customer
from crm_store.segments.compile import members
from crm_store.segments.expression import Expression
from crm_store.shop.products import Product
from crm_store.shop.stores import RetailStore

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
NEW_YEAR = date(2026, 1, 1)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


class Crowd:
    """Customers by name. Every call is a transaction of its own."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.ids: dict[str, int] = {}
        self._count = 0

    def _next(self) -> int:
        self._count += 1
        return self._count

    async def keep(self, *rows: Any) -> None:
        async with self.store.transaction() as crm:
            crm.session.add_all(rows)

    async def customer(self, name: str, **values: Any) -> int:
        async with self.store.transaction() as crm:
            person = Customer(**({"name": name, "joined_on": NEW_YEAR} | values))
            crm.session.add(person)
            await crm.session.flush()
            self.ids[name] = person.id
            return person.id

    async def shelf(self, sku: str, category: str = "Kitchen", brand: str = "Linden") -> int:
        async with self.store.transaction() as crm:
            both = {"en": category, "zh": "厨房用品"}
            product = Product(
                sku=sku, name={"en": sku, "zh": sku}, category=both, brand=brand, description={}, price_cents=1000,
                stock=1, search="",
            )  # fmt: skip
            crm.session.add(product)
            await crm.session.flush()
            return product.id

    async def shop(self, code: str) -> int:
        async with self.store.transaction() as crm:
            place = RetailStore(
                code=code, name={}, address={}, directions={}, also={}, phone="", time_zone="Asia/Singapore", hours={}
            )
            crm.session.add(place)
            await crm.session.flush()
            return place.id

    async def bought(self, name: str, placed_at: datetime, cents: int = 1000, **values: Any) -> int:
        """An order, with lines of these `products`."""
        products = values.pop("products", [])
        plain = {"channel": "store", "state": "collected", "ended_on": placed_at.date()}
        async with self.store.transaction() as crm:
            order = Order(
                number=f"WM{self._next()}", customer_id=self.ids[name], placed_at=placed_at, total_cents=cents,
                **(plain | values),
            )  # fmt: skip
            crm.session.add(order)
            await crm.session.flush()
            crm.session.add_all(
                OrderLine(order_id=order.id, line=line, product_id=product, quantity=1, price_cents=cents)
                for line, product in enumerate(products, start=1)
            )
            return order.id

    async def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        async with self.store.reading() as crm:
            return [tuple(row) for row in (await crm.session.execute(text(statement), values)).all()]

    async def who(self, expression: Expression, at: datetime = NOW) -> set[str]:
        """The names it applies to: the same whether all are asked at once, or the few in a range."""
        names = {number: name for name, number in self.ids.items()}
        async with self.store.reading() as crm:
            whole = await _asked(crm, expression, at, True)
            few = await _asked(crm, expression, at, False)
        assert whole == few
        return {names[number] for number in few}


async def _asked(crm: Crm, expression: Expression, at: datetime, whole: bool) -> set[int]:
    found = await crm.session.scalars(members(expression, at, whole=whole))
    return set(found.all())
