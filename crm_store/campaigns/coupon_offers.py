"""Coupon offers: what a campaign gives away, one code for each recipient."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.campaigns.campaign_writes import By
from crm_store.errors import CareLoopError
from crm_store.loyalty.coupons import Coupon
from crm_store.model import Base, Key, Languages, Moment, Words

_PREFIX = re.compile(r"[A-Z0-9]{2,8}")
LONGEST_TITLE = 60
LONGEST_DAYS = 366
MOST_CENTS = 100_000_000
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that look alike."""
LENGTH = 10
"""31^10 codes: with a billion given, one guess in eight hundred thousand hits."""
TRIES = 5


class CouponOffer(Base):
    """`days` a code is good for, from when it is given. `most`: codes there are at all; None for no limit."""

    __tablename__ = "coupon_offers"

    id: Mapped[Key]
    title: Mapped[Words]
    prefix: Mapped[str]
    value_cents: Mapped[int]
    min_spend_cents: Mapped[int] = mapped_column(default=0)
    days: Mapped[int]
    most: Mapped[int | None]
    given: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    made_at: Mapped[Moment]
    archived_at: Mapped[Moment | None]

    @property
    def left(self) -> int | None:
        """Codes that can still be given; None for no limit."""
        return None if self.most is None else max(self.most - self.given, 0)


@dataclass(frozen=True)
class NewOffer:
    """An offer to be made; its fields as in `CouponOffer`."""

    title: Words
    prefix: str
    value_cents: int
    days: int
    min_spend_cents: int = 0
    most: int | None = None


class OfferRefused(CareLoopError):
    """An offer that cannot be; the message names the field and the remedy."""

    code = "offer_refused"

    def __init__(self, field: str, remedy: str) -> None:
        super().__init__(f"{field}: {remedy}")
        self.field = field


class CouponOffers:
    """Reads and writes of offers, and the giving of codes, inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> list[CouponOffer]:
        """Those that are still offered, newest first."""
        asked = select(CouponOffer).where(CouponOffer.archived_at.is_(None)).order_by(CouponOffer.id.desc())
        return list((await self._session.scalars(asked)).all())

    async def get(self, offer_id: int) -> CouponOffer | None:
        return await self._session.get(CouponOffer, offer_id)

    async def make(self, new: NewOffer, by: By) -> CouponOffer:
        """Raises `OfferRefused`."""
        check(new)
        offer = CouponOffer(**vars(new), given=0, made_by=by.staff_id, made_at=by.at)
        self._session.add(offer)
        await self._session.flush()
        return offer

    async def archive(self, offer_id: int, by: By) -> None:
        """No more codes of it; those given stay good."""
        await self._session.execute(
            update(CouponOffer)
            .where(CouponOffer.id == offer_id, CouponOffer.archived_at.is_(None))
            .values(archived_at=by.at)
        )

    async def give(
        self, offer_id: int, occurrence_id: int, customer_ids: Iterable[int], today: date
    ) -> dict[int, Coupon]:
        """A code for each recipient, the same again when asked again; whoever is left out came when none were left.

        The offer is ours until the transaction ends: there are never more codes than there may be.
        """
        wanted = list(dict.fromkeys(customer_ids))
        given = await self._given(occurrence_id, wanted)
        missing = [customer_id for customer_id in wanted if customer_id not in given]
        if not missing:
            return given
        asked = select(CouponOffer).where(CouponOffer.id == offer_id).with_for_update()
        offer = await self._session.scalar(asked.execution_options(populate_existing=True))
        if offer is None or offer.archived_at is not None:
            return given
        made = await self._made(offer, occurrence_id, missing[: offer.left], today)
        offer.given += made
        await self._session.flush()
        return await self._given(occurrence_id, wanted)

    async def _given(self, occurrence_id: int, customer_ids: list[int]) -> dict[int, Coupon]:
        asked = select(Coupon).where(Coupon.occurrence_id == occurrence_id, Coupon.customer_id.in_(customer_ids))
        found = await self._session.scalars(asked)
        return {coupon.customer_id: coupon for coupon in found}

    async def _made(self, offer: CouponOffer, occurrence_id: int, customer_ids: list[int], today: date) -> int:
        """How many were written: whoever has one by now keeps it, and a code somebody has already is drawn again."""
        made, waiting = 0, customer_ids
        for _ in range(TRIES):
            if not waiting:
                break
            rows = [self._row(offer, occurrence_id, customer_id, today) for customer_id in waiting]
            written = await self._session.scalars(
                insert(Coupon).values(rows).on_conflict_do_nothing().returning(Coupon.customer_id)
            )
            done = set(written)
            made += len(done)
            waiting = [customer_id for customer_id in waiting if customer_id not in done]
        return made

    def _row(self, offer: CouponOffer, occurrence_id: int, customer_id: int, today: date) -> dict[str, Any]:
        return {
            "code": drawn(offer.prefix),
            "customer_id": customer_id,
            "title": offer.title,
            "value_cents": offer.value_cents,
            "min_spend_cents": offer.min_spend_cents,
            "valid_from": today,
            "valid_until": today + timedelta(days=offer.days),
            "offer_id": offer.id,
            "occurrence_id": occurrence_id,
        }


def drawn(prefix: str) -> str:
    """A code nobody can guess, in groups that can be read out: BDAY-7KQ2M-9XTAH."""
    signs = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return f"{prefix}-{signs[: LENGTH // 2]}-{signs[LENGTH // 2 :]}"


def check(new: NewOffer) -> None:
    """Raises `OfferRefused`."""
    if any(not 0 < len(new.title.get(language, "").strip()) <= LONGEST_TITLE for language in Languages):
        raise OfferRefused("title", f"say in {', '.join(Languages)} what it gives, in at most {LONGEST_TITLE} signs")
    if not _PREFIX.fullmatch(new.prefix):
        raise OfferRefused("prefix", "two to eight capital letters and digits")
    if not 0 < new.value_cents <= MOST_CENTS:
        raise OfferRefused("value_cents", "what it is worth, above 0")
    if not 0 <= new.min_spend_cents <= MOST_CENTS:
        raise OfferRefused("min_spend_cents", "what has to be spent, or 0")
    if not 1 <= new.days <= LONGEST_DAYS:
        raise OfferRefused("days", f"a code is good for 1 to {LONGEST_DAYS} days")
    if new.most is not None and new.most < 1:
        raise OfferRefused("most", "how many codes there are at all, or none for no limit")
