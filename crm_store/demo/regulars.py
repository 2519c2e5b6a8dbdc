"""The two members with known facts, Emma Tan and 林晓梅, as `data/regulars.yml` tells them."""

from datetime import date
from typing import Any

from crm_store.demo.calendar import TIME_ZONE, days, end_of_next_month, moment
from crm_store.demo.favours import Favours
from crm_store.demo.ledger import Ledger
from crm_store.demo.purchases import Course, Purchase, bill, over_the_counter
from crm_store.demo.shelves import Shelves
from crm_store.loyalty.coupons import Coupon
from crm_store.people.consent import ConsentEntry
from crm_store.people.customers import Customer

CARRIER = "Lion Parcel Express"
NOON = 12 * 60


class Regular:
    """One entry of the file, told from today."""

    def __init__(self, entry: dict[str, Any], shelves: Shelves, today: date) -> None:
        self._entry = entry
        self._today = today
        self._products = {product.sku: product for product in shelves.products}
        self.customer = Customer(
            **entry["customer"],
            time_zone=TIME_ZONE,
            time_zone_source="shop",
            birth_year_known=True,
            home_store_id=shelves.store(entry["store"]).id,
            tier="member",
            joined_on=today - days(entry["joined"]),
        )

    def purchases(self) -> list[Purchase]:
        """Orders of theirs; one with a number in the file has it already."""
        return [self._purchase(bought) for bought in self._entry["bought"]]

    def _purchase(self, bought: dict[str, Any]) -> Purchase:
        day = self._today - days(bought["ago"])
        lines = [(self._products[sku], quantity) for sku, quantity in bought["lines"]]
        columns = {"customer_id": self.customer.id, "number": bought.get("number"), "placed_at": moment(day, NOON)}
        return bill(lines, {**columns, **self._course(bought, day)})

    def _course(self, bought: dict[str, Any], day: date) -> Course:
        if bought["way"] == "store":
            return over_the_counter(self.customer.home_store_id, day)
        if bought["way"] == "ready":
            return {"channel": "app", "state": "ready", "store_id": self.customer.home_store_id}
        shipped = {"channel": "web", "address": self.customer.address, "carrier": CARRIER}
        shipped["tracking"] = f"LPX{day:%Y%m%d}{self.customer.id}SG"
        if bought["way"] == "shipped":
            return {**shipped, "state": "shipped", "expected_on": self._today + days(bought["ahead"])}
        return {**shipped, "state": "delivered", "expected_on": day + days(3), "ended_on": day + days(3)}

    def ledger(self, purchases: list[Purchase]) -> Ledger:
        """Their points, with what they redeemed and were given on the day the file says."""
        ledger = Ledger(self.customer.id)
        redeemed, given = self._entry["redeemed"], self._entry.get("bonus")
        redeemed_on = self._today - days(redeemed["ago"])
        for purchase in purchases:
            if purchase.done_on is not None and purchase.done_on < redeemed_on:
                ledger.bought(purchase)
        ledger.redeemed(redeemed["points"], redeemed_on)
        if given:
            ledger.given(given["points"], self._today - days(given["ago"]), end_of_next_month(self._today))
        for purchase in purchases:
            if purchase.done_on is not None and purchase.done_on >= redeemed_on:
                ledger.bought(purchase)
        return ledger

    def coupons(self, favours: Favours) -> list[Coupon]:
        return [self._coupon(favours, given) for given in self._entry["coupons"]]

    def _coupon(self, favours: Favours, given: dict[str, Any]) -> Coupon:
        span = (self._today - days(given["given"]), self._today + days(given["ahead"]))
        coupon = favours.coupon(self.customer, given["kind"], given["code"], span)
        if "used" in given:
            coupon.used_at = moment(self._today - days(given["used"]), NOON)
        return coupon

    def consents(self, favours: Favours) -> list[ConsentEntry]:
        return favours.allowed(self.customer, self._entry["allows"])
