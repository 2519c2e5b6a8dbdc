"""POST /campaigns/{id}/offer: a coupon offer made where it is needed."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from console.frame.frame import Frame
from console.frame.visible import plain
from console.frame.visit import Here, NotThere
from crm_store.campaigns.campaign_reads import CampaignMissing
from crm_store.campaigns.campaign_writes import By
from crm_store.campaigns.coupon_offers import NewOffer, OfferRefused
from crm_store.staff.audit import Deed


class WrittenOffer(BaseModel):
    """The form of an offer. Money in the shop's currency, such as "10" or "12.50"."""

    title_en: str = Field("", max_length=200)
    title_zh: str = Field("", max_length=200)
    prefix: str = Field("", max_length=20)
    value: str = Field("", max_length=20)
    min_spend: str = Field("", max_length=20)
    days: str = Field("30", max_length=6)
    most: str = Field("", max_length=12)

    def offer(self) -> NewOffer:
        """Raises `OfferRefused`."""
        title = {"en": plain(self.title_en).strip(), "zh": plain(self.title_zh).strip()}
        return NewOffer(
            title,
            self.prefix.strip().upper(),
            _cents(self.value, "value_cents"),
            _whole(self.days, "days"),
            _cents(self.min_spend or "0", "min_spend_cents"),
            _whole(self.most, "most") if self.most.strip() else None,
        )


def offer_routes(router: APIRouter, frame: Frame) -> None:
    @router.post("/campaigns/{campaign_id}/offer")
    async def make(visit: Here, campaign_id: int, written: Annotated[WrittenOffer, Form()]) -> Response:
        try:
            async with frame.store.transaction() as crm:
                await crm.campaigns.get(campaign_id)
                made = await crm.coupon_offers.make(written.offer(), By(visit.staff.id, visit.now))
                crm.audit.note(Deed(visit.staff.id, "made", "coupon_offer", str(made.id)), visit.now)
                offers = await crm.coupon_offers.all()
        except CampaignMissing:
            raise NotThere from None
        except OfferRefused as refused:
            told = {"offer": written, "offer_problem": refused.field, "campaign_id": campaign_id, "is_open": True}
            return HTMLResponse(frame.part(visit.language, "plans/offer.html", **told), 422)
        blank = {"offer": WrittenOffer(), "offer_problem": None, "campaign_id": campaign_id, "is_open": False}
        answer = frame.part(visit.language, "plans/offer.html", **blank)
        answer += frame.part(visit.language, "plans/offer_made.html", offers=offers, chosen=str(made.id))
        return HTMLResponse(answer + frame.toast(visit.language, "plans.offer_made"))


def _cents(text: str, field: str) -> int:
    """Raises `OfferRefused`."""
    whole, _, part = text.strip().replace(",", ".").partition(".")
    if not (whole.isascii() and whole.isdecimal()) or not (part == "" or (part.isascii() and part.isdecimal())):
        raise OfferRefused(field, "an amount such as 10 or 12.50")
    if len(whole) > 9 or len(part) > 2:
        raise OfferRefused(field, "an amount such as 10 or 12.50")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def _whole(text: str, field: str) -> int:
    """Raises `OfferRefused`."""
    told = text.strip()
    if not (told.isascii() and told.isdecimal()):
        raise OfferRefused(field, "a whole number")
    return int(told)
