"""What is true of the coupon a message gave: usable, used, lapsed; asked of the store at the moment of the question."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from bot.conversation.aftercare.reply_words import Meant
from bot.conversation.scene import Reply, Scene
from crm_store.answers.contexts import OpenContext
from crm_store.crm import Crm
from crm_store.loyalty.coupons import Coupon
from crm_store.model import in_language
from crm_store.plans.variables import day_words
from crm_store.sentences import Sentences

HOW_TO_USE = "coupon_use"
"""The article in which a shop says it in its own words."""


@dataclass(frozen=True)
class _Asked:
    """A coupon, and the day and the zone it is for whoever asks."""

    coupon: Coupon
    today: date
    zone: ZoneInfo

    @property
    def is_over(self) -> bool:
        return self.coupon.used_at is not None or self.coupon.valid_until < self.today


class CouponFacts:
    """Answers about one coupon, within the turn's transaction."""

    def __init__(self, sentences: Sentences) -> None:
        self._sentences = sentences

    async def tell(self, crm: Crm, scene: Scene, context: OpenContext, meant: Meant) -> Reply | None:
        """None when there is no such coupon of theirs: then the question goes the normal way."""
        coupon = await crm.coupons.coded(context.named("coupon_code"), context.customer_id)
        customer = await crm.customers.get(context.customer_id)
        if coupon is None or customer is None:
            return None
        zone = ZoneInfo(customer.time_zone)
        asked = _Asked(coupon, scene.now.astimezone(zone).date(), zone)
        if meant is Meant.VALID or asked.is_over:
            return self._standing(scene, asked)
        if meant is Meant.CODE:
            return self._said(scene, "touch_coupon_code", asked, coupon.valid_until)
        how = in_language(await crm.knowledge.on(HOW_TO_USE), scene.language)
        if how:
            return self._said(scene, "touch_coupon_how_shop", asked, coupon.valid_until, how=how)
        return self._said(scene, "touch_coupon_how", asked, coupon.valid_until)

    def _standing(self, scene: Scene, asked: _Asked) -> Reply:
        coupon = asked.coupon
        if coupon.used_at is not None:
            return self._said(scene, "touch_coupon_used", asked, coupon.used_at.astimezone(asked.zone).date())
        if coupon.valid_until < asked.today:
            return self._said(scene, "touch_coupon_lapsed", asked, coupon.valid_until)
        if coupon.valid_from > asked.today:
            return self._said(scene, "touch_coupon_early", asked, coupon.valid_from)
        return self._said(scene, "touch_coupon_usable", asked, coupon.valid_until)

    def _said(self, scene: Scene, name: str, asked: _Asked, day: date, /, **values: str) -> Reply:
        coupon, language = asked.coupon, scene.language
        told = {
            "code": coupon.code,
            "title": in_language(coupon.title, language),
            "day": day_in_words(self._sentences, language, day),
            "least": self._least(coupon, language),
        }
        return Reply(self._sentences.say(name, language, **told, **values), author="house")

    def _least(self, coupon: Coupon, language: str) -> str:
        if not coupon.min_spend_cents:
            return ""
        figure = f"{coupon.min_spend_cents / 100:,.2f}".removesuffix(".00")
        amount = self._sentences.say("touch_money", language, amount=figure)
        return self._sentences.say("touch_coupon_least", language, amount=amount)


def day_in_words(sentences: Sentences, language: str, day: date) -> str:
    """With its year: what was sent may be old."""
    return sentences.say("touch_day", language, day=day_words(day, language), year=str(day.year))
