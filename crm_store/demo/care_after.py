"""What people did after a message of the demo's past: coupons used, orders placed, scores, words, no more please."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from crm_store.answers.surveys import SurveyAnswer
from crm_store.campaigns.coupon_offers import CouponOffer, drawn
from crm_store.crm import Crm
from crm_store.demo.calendar import days
from crm_store.demo.care_past import Happened
from crm_store.demo.care_talks import CareTalks, Reply
from crm_store.demo.copying import copy_rows, reserve_ids
from crm_store.demo.pages import page
from crm_store.demo.purchases import bill, over_the_counter
from crm_store.loyalty.coupons import Coupon
from crm_store.loyalty.orders import Order
from crm_store.model import Base
from crm_store.people.consent import ANY_CHANNEL, ConsentEntry
from crm_store.people.customers import Customer
from crm_store.planning.touches import Touch, TouchState
from crm_store.shop.products import Product

USED_WITHIN = 10


class CareAfter:
    """`came`: out of a thousand to whom it was sent, how many answered, said no more, and used their coupon."""

    def __init__(self, crm: Crm, now: datetime, rng: random.Random, came: dict[str, int]) -> None:
        self._crm = crm
        self._now = now
        self._rng = rng
        self._came = came
        self._told: dict[str, Any] = page("care")["came"]

    async def happen(self, past: Happened) -> None:
        """Writes the touches, too."""
        sent = [touch for touch in past.touches if touch.state == TouchState.SENT]
        members = await self._members(sent)
        coupons = await self._coupons(past, sent)
        answering = [touch for touch in sent if self._happens("answers")]
        for touch in answering:
            touch.answered_at = _after(touch, self._rng.expovariate(1 / 200))
        stopping = [touch for touch in sent if self._happens("stops")]
        for touch in stopping:
            touch.stopped_at = _after(touch, self._rng.expovariate(1 / 90))
        replies = [self._reply(past, touch, members[touch.customer_id]) for touch in answering]
        talks = CareTalks(self._crm.session, past, members, coupons)
        await talks.hold(replies)
        await self._copy(past.touches)
        await self._copy([self._score(reply) for reply in replies if past.plan.asks])
        await self._copy(list(coupons.values()))
        await self._copy([self._stop(past, touch, members[touch.customer_id]) for touch in stopping])
        await self._bought([coupon for coupon in coupons.values() if coupon.used_at is not None], members)

    async def _copy(self, rows: list[Any]) -> None:
        found: list[Base] = rows
        if found:
            await copy_rows(self._crm.session, found)

    async def _members(self, sent: list[Touch]) -> dict[int, Customer]:
        asked = select(Customer).where(Customer.id.in_([touch.customer_id for touch in sent]))
        return {member.id: member for member in await self._crm.session.scalars(asked)}

    async def _coupons(self, past: Happened, sent: list[Touch]) -> dict[int, Coupon]:
        """By customer, one for each; some of them used, never after they were over."""
        if past.plan.coupon_offer_id is None:
            return {}
        offer = await self._crm.session.get_one(CouponOffer, past.plan.coupon_offer_id)
        offer.given += len(sent)
        return {touch.customer_id: self._coupon(offer, touch) for touch in sent}

    def _coupon(self, offer: CouponOffer, touch: Touch) -> Coupon:
        assert touch.sent_at is not None
        day = touch.sent_at.date()
        used = touch.sent_at + timedelta(hours=self._rng.uniform(3, USED_WITHIN * 24))
        return Coupon(
            code=drawn(offer.prefix),
            customer_id=touch.customer_id,
            title=offer.title,
            value_cents=offer.value_cents,
            min_spend_cents=offer.min_spend_cents,
            valid_from=day,
            valid_until=day + days(offer.days),
            used_at=used if self._happens("uses") else None,
            offer_id=offer.id,
            occurrence_id=touch.occurrence_id,
        )

    def _reply(self, past: Happened, touch: Touch, member: Customer) -> Reply:
        assert touch.answered_at is not None
        if not past.plan.asks:
            words = self._rng.choice(self._told["replies"][member.language])
            return Reply(touch, touch.answered_at, words)
        [score] = self._rng.choices(list(self._told["scores"]), list(self._told["scores"].values()))
        return Reply(touch, touch.answered_at, self._told["scored"][member.language][score], score)

    def _score(self, reply: Reply) -> SurveyAnswer:
        return SurveyAnswer(
            occurrence_id=reply.touch.occurrence_id,
            customer_id=reply.touch.customer_id,
            interaction_id=reply.interaction_id,
            score=reply.score,
            words=reply.words if len(reply.words) > 1 else "",
            about={},
            at=reply.at,
        )

    def _stop(self, past: Happened, touch: Touch, member: Customer) -> ConsentEntry:
        return ConsentEntry(
            customer_id=touch.customer_id,
            identity_id=touch.identity_id,
            purpose=past.occurrence.purpose,
            channel=ANY_CHANNEL,
            granted=False,
            at=touch.stopped_at,
            source="page",
            answer=self._told["stops"][member.language],
        )

    async def _bought(self, used: list[Coupon], members: dict[int, Customer]) -> None:
        """An order in a store for each coupon that was used, of as much as it asks for."""
        if not used:
            return
        products = list(await self._crm.session.scalars(select(Product).order_by(Product.id)))
        numbers = iter(await reserve_ids(self._crm.session, Order, len(used)))
        orders, lines = list[Any](), list[Any]()
        for coupon in used:
            assert coupon.used_at is not None
            basket = list(self._basket(products, coupon.min_spend_cents))
            course = over_the_counter(members[coupon.customer_id].home_store_id, coupon.used_at.date())
            purchase = bill(basket, {"customer_id": coupon.customer_id, "placed_at": coupon.used_at, **course})
            key = next(numbers)
            purchase.order.id, purchase.order.number = key, f"WM9{key:06}"
            purchase.order.total_cents -= coupon.value_cents
            orders.append(purchase.order)
            for line in purchase.lines:
                line.order_id = key
            lines += purchase.lines
        await self._copy(orders)
        await self._copy(lines)

    def _basket(self, products: list[Product], least: int) -> Iterator[tuple[Product, int]]:
        cost, seen = 0, set[int]()
        while cost < least:
            product = self._rng.choice(products)
            if product.id not in seen and product.price_cents < 3 * max(least, 1):
                seen.add(product.id)
                cost += product.price_cents
                yield product, 1

    def _happens(self, what: str) -> bool:
        return self._rng.random() * 1000 < self._came.get(what, 0)


def _after(touch: Touch, minutes: float) -> datetime:
    assert touch.sent_at is not None
    return touch.sent_at + timedelta(minutes=1 + minutes)
