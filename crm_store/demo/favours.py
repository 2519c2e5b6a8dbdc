"""What a member was given and what a member said yes to: coupons, and the ledger of consent with the words asked."""

import random
from collections.abc import Sequence
from datetime import date
from typing import Any

from crm_store.demo.calendar import days, moment
from crm_store.demo.pages import page
from crm_store.loyalty.coupons import Coupon
from crm_store.people.consent import ANY_CHANNEL, ConsentEntry
from crm_store.people.customers import Customer

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
NOON = 12 * 60


class Favours:
    """Hands out coupons and notes consents of the registration form."""

    def __init__(self, today: date, rng: random.Random) -> None:
        self._today = today
        self._rng = rng
        self._kinds = page("coupons")
        self._form = page("consent")
        self._codes: set[str] = set()

    def coupons(self, member: Customer) -> list[Coupon]:
        """None, one or two, of any age."""
        return [self._coupon(member) for _ in range(self._rng.choice((0, 0, 0, 1, 1, 2)))]

    def coupon(self, member: Customer, kind: int, code: str, span: tuple[date, date]) -> Coupon:
        """An unused one of the `kind`-th kind of the file, from 0, valid from the first day to the last."""
        found = self._kinds[kind]
        return Coupon(
            customer_id=member.id,
            code=code,
            title=found["title"],
            value_cents=found["value"] * 100,
            min_spend_cents=found["least"] * 100,
            valid_from=span[0],
            valid_until=span[1],
        )

    def _coupon(self, member: Customer) -> Coupon:
        given = self._today - days(self._rng.randint(1, 60))
        last = given + days(self._rng.choice((30, 45, 60, 90)))
        kind = self._rng.choices(range(len(self._kinds)), [kind["share"] for kind in self._kinds])[0]
        coupon = self.coupon(member, kind, self._code(), (given, last))
        if self._rng.random() < 0.3:
            latest = min(last, self._today - days(1))
            coupon.used_at = moment(given + days(self._rng.randint(0, (latest - given).days)), NOON)
        return coupon

    def _code(self) -> str:
        while (code := "WM-" + "".join(self._rng.choices(LETTERS, k=8))) in self._codes:
            pass
        self._codes.add(code)
        return code

    def consents(self, member: Customer) -> list[ConsentEntry]:
        """Some of what the form asks, as the share of each says."""
        asked: dict[str, Any] = self._form["questions"]
        return self.allowed(member, [name for name, question in asked.items() if self._likely(question["share"])])

    def allowed(self, member: Customer, purposes: Sequence[str]) -> list[ConsentEntry]:
        """A yes to each of these purposes, on the day the member joined, in the member's language."""
        return [
            ConsentEntry(
                customer_id=member.id,
                purpose=purpose,
                channel=ANY_CHANNEL,
                granted=True,
                at=moment(member.joined_on, NOON),
                source="registration",
                question=self._form["questions"][purpose][member.language],
                question_version=self._form["version"],
                answer=self._form["answer"][member.language],
            )
            for purpose in purposes
        ]

    def _likely(self, share: int) -> bool:
        return self._rng.random() * 100 < share
