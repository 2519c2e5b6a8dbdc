"""Fills an empty store with Willowmere 柳岸百货: six stores, 300 products, 2,000 members, eighteen months of orders.

Everything is dated from today and the same for the same day; what can be read lies in `data/`. No API key is made.
"""

import random
from collections.abc import Callable, Iterable
from datetime import date

from sqlalchemy import text

from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.demo.copying import copy_rows, reserve_ids
from crm_store.demo.favours import Favours
from crm_store.demo.ledger import ledger_of, spent_in_twelve_months
from crm_store.demo.members import Registry
from crm_store.demo.pages import page
from crm_store.demo.purchases import Purchase, Tills
from crm_store.demo.regulars import Regular
from crm_store.demo.shelves import Shelves
from crm_store.loyalty.orders import Order
from crm_store.people.customers import Customer

SEED = 20_240_607
MEMBERS = 2_000
FIRST_ORDER = 100_101
"""Numbers below are for the orders the files name."""
LOCK = 7_241_002
"""Advisory lock: two processes starting at once fill it once."""


async def fill_demo_shop(store: Store, today: date, say: Callable[[str], None]) -> bool:
    """All of it, in one transaction; False, and nothing done, when there are stores already."""
    async with store.transaction() as crm:
        await crm.session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
        if await crm.stores.all():
            return False
        say("Opening the demo shop: stores, products and what the shop says about itself")
        shelves = Shelves(today)
        await shelves.put_up(crm)
        say(f"Letting {MEMBERS:,} members in, with their purchases, points and coupons")
        await Opening(crm, shelves, today).let_in()
    return True


class Opening:
    """Members and all that is theirs, made and written table by table."""

    def __init__(self, crm: Crm, shelves: Shelves, today: date) -> None:
        self._session = crm.session
        self._shelves = shelves
        self._today = today
        self._rng = random.Random(SEED)  # the same shop every time, on purpose
        self._favours = Favours(today, self._rng)
        self._regulars = [Regular(entry, shelves, today) for entry in page("regulars")]

    async def let_in(self) -> None:
        crowd = await self._joined()
        tills = Tills(self._shelves, self._today, self._rng)
        theirs = [regular.purchases() for regular in self._regulars]
        histories = [tills.history(member) for member in crowd]
        members = [*(regular.customer for regular in self._regulars), *crowd]
        for member, purchases in zip(members, [*theirs, *histories], strict=True):
            member.tier = self._shelves.tier_of(spent_in_twelve_months(purchases, self._today))
        await copy_rows(self._session, members)
        await self._ring_up([purchase for history in [*theirs, *histories] for purchase in history])
        await self._credit(crowd, theirs, histories)
        await self._favour(crowd)

    async def _joined(self) -> list[Customer]:
        """The crowd without the regulars, oldest member first; all have their ids."""
        registry = Registry(self._shelves, self._today, self._rng)
        crowd = [registry.joined() for _ in range(MEMBERS - len(self._regulars))]
        crowd.sort(key=lambda member: member.joined_on)
        everybody = [*(regular.customer for regular in self._regulars), *crowd]
        ids = await reserve_ids(self._session, Customer, len(everybody))
        for place, (member, key) in enumerate(zip(everybody, ids, strict=True), start=1):
            member.id, member.member_number = key, f"M{10_000_000 + place}"
        return crowd

    async def _ring_up(self, purchases: list[Purchase]) -> None:
        """Number the orders in the order they were placed, and write them with their lines."""
        purchases.sort(key=lambda purchase: purchase.order.placed_at)
        numbers = iter(range(FIRST_ORDER, FIRST_ORDER + len(purchases)))
        ids = await reserve_ids(self._session, Order, len(purchases))
        for purchase, key in zip(purchases, ids, strict=True):
            purchase.order.id = key
            purchase.order.number = purchase.order.number or f"WM{next(numbers)}"
            for line in purchase.lines:
                line.order_id = key
        await copy_rows(self._session, [purchase.order for purchase in purchases])
        await copy_rows(self._session, [line for purchase in purchases for line in purchase.lines])

    async def _credit(
        self, crowd: list[Customer], theirs: list[list[Purchase]], histories: list[list[Purchase]]
    ) -> None:
        ledgers = [regular.ledger(purchases) for regular, purchases in zip(self._regulars, theirs, strict=True)]
        ledgers += [
            ledger_of(member.id, history, self._today, self._rng)
            for member, history in zip(crowd, histories, strict=True)
        ]
        await copy_rows(self._session, [entry for ledger in ledgers for entry in ledger.entries])

    async def _favour(self, crowd: list[Customer]) -> None:
        coupons = [regular.coupons(self._favours) for regular in self._regulars]
        consents = [regular.consents(self._favours) for regular in self._regulars]
        await copy_rows(self._session, _flat([*coupons, *(self._favours.coupons(member) for member in crowd)]))
        await copy_rows(self._session, _flat([*consents, *(self._favours.consents(member) for member in crowd)]))


def _flat[Row](groups: Iterable[Iterable[Row]]) -> list[Row]:
    return [row for group in groups for row in group]
