"""Points of one member, kept by the shop's rules: 1 for S$1, the oldest are spent first, and what is left lapses."""

import random
from collections.abc import Sequence
from datetime import date

from crm_store.demo.calendar import days, end_of_next_year, moment
from crm_store.demo.purchases import Purchase
from crm_store.loyalty.points import PointsEntry, spend

LEAST_REDEEMED = 500
REDEEMED_IN = 100
CLOSING = 22 * 60
"""Points come when the day's orders are settled: minutes after midnight."""


class Ledger:
    """Entries in the order they were made, and what is left of each lot by its last day."""

    def __init__(self, customer_id: int) -> None:
        self.entries: list[PointsEntry] = []
        self._customer_id = customer_id
        self._lots: dict[date, int] = {}

    @property
    def balance(self) -> int:
        return sum(self._lots.values())

    def bought(self, purchase: Purchase) -> None:
        """One point for every full S$1 of a delivered or collected order."""
        day, points = purchase.done_on, purchase.order.total_cents // 100
        if day is not None and points:
            self._earn(PointsEntry(delta=points, reason="purchase", expires_on=end_of_next_year(day)), day)
            self.entries[-1].order_number = purchase.order.number

    def given(self, points: int, day: date, last_day: date) -> None:
        """A present of the shop, with a last day of its own."""
        self._earn(PointsEntry(delta=points, reason="bonus", expires_on=last_day), day)

    def redeemed(self, points: int, day: date) -> None:
        self._write(PointsEntry(delta=-points, reason="redeemed"), day, CLOSING + 1)
        spend(self._lots, points)

    def lapse(self, today: date) -> None:
        """Take away what was not spent by its last day."""
        for last_day in sorted(last_day for last_day in self._lots if last_day < today):
            left = self._lots.pop(last_day)
            if left:
                self._write(PointsEntry(delta=-left, reason="lapsed"), last_day + days(1), 0)

    def _earn(self, entry: PointsEntry, day: date) -> None:
        assert entry.expires_on is not None
        self._write(entry, day, CLOSING)
        self._lots[entry.expires_on] = self._lots.get(entry.expires_on, 0) + entry.delta

    def _write(self, entry: PointsEntry, day: date, minutes: int) -> None:
        entry.customer_id, entry.at = self._customer_id, moment(day, minutes)
        self.entries.append(entry)


def ledger_of(customer_id: int, purchases: Sequence[Purchase], today: date, rng: random.Random) -> Ledger:
    """The ledger of somebody who now and then redeems what they have."""
    ledger = Ledger(customer_id)
    done = [(purchase.done_on, purchase) for purchase in purchases if purchase.done_on is not None]
    for day, purchase in sorted(done, key=lambda pair: (pair[0], pair[1].order.number)):
        ledger.lapse(day)
        ledger.bought(purchase)
        if ledger.balance >= LEAST_REDEEMED and rng.random() < 0.15:
            ledger.redeemed(rng.randrange(LEAST_REDEEMED, ledger.balance + 1, REDEEMED_IN), day)
    ledger.lapse(today)
    return ledger


def spent_in_twelve_months(purchases: Sequence[Purchase], today: date) -> int:
    """Cents of orders delivered or collected within the 365 days before today."""
    since = today - days(365)
    return sum(p.order.total_cents for p in purchases if p.done_on is not None and p.done_on >= since)
