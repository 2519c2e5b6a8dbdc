"""What members bought in eighteen months: who buys often, what lands in the basket, how far each order is by today."""

import random
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from crm_store.demo.calendar import days, moment
from crm_store.demo.pages import page
from crm_store.demo.shelves import Shelves
from crm_store.loyalty.orders import Order, OrderLine
from crm_store.people.customers import Customer
from crm_store.shop.products import Product

HISTORY = 548
"""Days of purchases: eighteen months."""
HABITS = ((3, (30, 60)), (17, (8, 24)), (50, (1, 4)), (30, (0, 1)))
"""How many of a hundred members, and how many orders each of them made: few bring most."""
LINES = (40, 28, 17, 10, 5)
"""How many of a hundred orders have one to five lines."""
FREE_DELIVERY_CENTS = 6000
DONE = ("delivered", "collected")
"""The states that count: they earn points and move the tier."""

Course = dict[str, Any]
"""The columns of an order that tell how it is brought and how far it is."""


@dataclass(frozen=True)
class Purchase:
    order: Order
    lines: list[OrderLine]

    @property
    def done_on(self) -> date | None:
        """When it was delivered or collected; None when it was not, or came back."""
        return self.order.ended_on if self.order.state in DONE else None


def bill(lines: list[tuple[Product, int]], columns: Course) -> Purchase:
    """An order of these products and quantities; the total is what the lines cost."""
    rows = [
        OrderLine(line=place, product_id=product.id, quantity=quantity, price_cents=product.price_cents)
        for place, (product, quantity) in enumerate(lines, start=1)
    ]
    return Purchase(Order(total_cents=sum(row.price_cents * row.quantity for row in rows), **columns), rows)


class Tills:
    """Where members buy: the six stores, the web shop and the app."""

    def __init__(self, shelves: Shelves, today: date, rng: random.Random) -> None:
        self._products = shelves.products
        self._today = today
        self._rng = rng
        self._carriers = list(page("names")["carriers"].items())
        # the dearer, the rarer
        self._odds = list(accumulate(product.price_cents**-0.35 for product in self._products))

    def history(self, member: Customer) -> list[Purchase]:
        """Everything the member bought, in no order."""
        first = max(member.joined_on, self._today - days(HISTORY))
        ((fewest, most),) = self._rng.choices([span for _, span in HABITS], [share for share, _ in HABITS])
        return [self._purchase(member, first) for _ in range(self._rng.randint(fewest, most))]

    def _purchase(self, member: Customer, first: date) -> Purchase:
        placed_on = first + days(self._rng.randrange((self._today - first).days))
        basket = self._basket()
        cost = sum(product.price_cents * quantity for product, quantity in basket)
        course = self._course(member, placed_on, cost)
        placed_at = moment(placed_on, self._rng.randint(10 * 60, 21 * 60 + 30))
        return bill(basket, {"customer_id": member.id, "placed_at": placed_at, **course})

    def _basket(self) -> list[tuple[Product, int]]:
        count = self._rng.choices(range(1, 6), LINES)[0]
        picked = self._rng.choices(self._products, cum_weights=self._odds, k=count)
        return [
            (product, self._rng.choices((1, 2, 3), (85, 12, 3))[0]) for product in {p.id: p for p in picked}.values()
        ]

    def _course(self, member: Customer, placed_on: date, cost: int) -> Course:
        if self._rng.random() < 0.45:
            return over_the_counter(member.home_store_id, placed_on)
        course = self._ordered(member, placed_on, cost)
        course["channel"] = self._rng.choice(("web", "app"))
        roll, ended = self._rng.random(), course.get("ended_on")
        if roll < 0.03:
            never_sent = {"carrier": None, "tracking": None, "expected_on": None}
            return {**course, **never_sent, "state": "cancelled", "ended_on": placed_on}
        if roll < 0.06 and ended is not None and ended + days(12) < self._today:
            return {**course, "state": "returned", "ended_on": ended + days(self._rng.randint(2, 12))}
        return course

    def _ordered(self, member: Customer, placed_on: date, cost: int) -> Course:
        if member.address and cost >= FREE_DELIVERY_CENTS and self._rng.random() < 0.7:
            return self._brought_home(member.address, placed_on)
        return self._picked_up(member.home_store_id, placed_on)

    def _brought_home(self, address: str, placed_on: date) -> Course:
        expected = placed_on + days(self._rng.randint(2, 4))
        course: Course = {"address": address, "expected_on": expected}
        if (self._today - placed_on).days < 2:
            return {**course, "state": self._rng.choice(("placed", "packed"))}
        carrier, prefix = self._rng.choice(self._carriers)
        course |= {"carrier": carrier, "tracking": f"{prefix}{self._rng.randrange(10**9):09}SG"}
        if expected < self._today:
            return {**course, "state": "delivered", "ended_on": expected}
        return {**course, "state": "shipped"}

    def _picked_up(self, store_id: int | None, placed_on: date) -> Course:
        collected = placed_on + days(self._rng.randint(1, 6))
        if collected < self._today:
            return {"store_id": store_id, "state": "collected", "ended_on": collected}
        just_placed = (self._today - placed_on).days < 2
        return {
            "store_id": store_id,
            "state": self._rng.choice(("placed", "packed", "ready")) if just_placed else "ready",
        }


def over_the_counter(store_id: int | None, day: date) -> Course:
    """Bought in a store and carried home."""
    return {"channel": "store", "state": "collected", "store_id": store_id, "ended_on": day}
