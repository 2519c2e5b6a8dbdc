"""Points, tier and coupons of a member who has proved who they are."""

from datetime import timedelta

from actions.base import Answer, Event, Turn
from actions.shop.articles import say_article
from crm_store.loyalty.coupons import Coupon
from crm_store.loyalty.points import Balance
from crm_store.people.proof import ProofLevel

YEAR = timedelta(days=365)
TELLING = 2
"""Keywords that ask for the rules: "points" alone asks for the balance."""


async def _asks_for_rules(turn: Turn) -> bool:
    article = await turn.crm.knowledge.nearest(("points_rules",), turn.shopper.text)
    return article is not None and article.asked_for(turn.shopper.text) >= TELLING


class TellPoints(Answer):
    """Balance, worth, and what lapses first; the rules of the game for everybody."""

    called = "action_ask_points"
    needs = ProofLevel.PROVED

    async def take(self, turn: Turn) -> list[Event]:
        if not await _asks_for_rules(turn):
            return await super().take(turn)
        await say_article(turn, ("points_rules",), (turn.voice.button("intent_ask_points", "ask_points"),))
        return []

    async def answer(self, turn: Turn) -> list[Event]:
        balance = await turn.crm.points.balance(turn.shopper.member.id, turn.shopper.today)
        if balance.points <= 0:
            turn.voice.answer("points_none")
        else:
            lapse = _lapse(turn, balance)
            turn.voice.answer("points", points=f"{balance.points:,}", worth=_worth(turn, balance), lapse=lapse)
        return []


class ExplainRedeem(Answer):
    """We spend no points from here: what they are worth, and where they can be used."""

    called = "action_redeem_points"
    needs = ProofLevel.PROVED

    async def answer(self, turn: Turn) -> list[Event]:
        balance = await turn.crm.points.balance(turn.shopper.member.id, turn.shopper.today)
        if balance.points <= 0:
            turn.voice.answer("points_none")
        else:
            turn.voice.answer("redeem", points=f"{balance.points:,}", worth=_worth(turn, balance))
            await say_article(turn, ("points_rules",))
        return []


def _worth(turn: Turn, balance: Balance) -> str:
    return turn.voice.money(balance.worth_cents)


def _lapse(turn: Turn, balance: Balance) -> str:
    if balance.lapsing_on is None or balance.lapsing <= 0:
        return turn.voice.line("lapse_none")
    return turn.voice.line("lapse", points=f"{balance.lapsing:,}", day=turn.voice.day(balance.lapsing_on))


class TellTier(Answer):
    """The tier, its benefits, and what is missing to the next one in the running twelve months."""

    called = "action_ask_tier"
    needs = ProofLevel.PROVED

    async def answer(self, turn: Turn) -> list[Event]:
        member, voice = turn.shopper.member, turn.voice
        tiers = await turn.crm.tiers.all()
        own = next((tier for tier in tiers if tier.code == member.tier), None)
        if own is None:
            await say_article(turn, ("membership",))
            return []
        spent = await turn.crm.orders.completed_since(member.id, turn.shopper.today - YEAR)
        told: dict[str, str] = {
            "tier": voice.words(own.name),
            "benefits": voice.words(own.benefits),
            "spent": voice.money(spent),
        }
        following = next((tier for tier in tiers if tier.rank > own.rank), None)
        if following is None:
            voice.answer("tier_top", **told)
        elif spent >= following.threshold_cents:
            voice.answer("tier_reached", next_tier=voice.words(following.name), **told)
        else:
            missing = voice.money(following.threshold_cents - spent)
            voice.answer("tier", next_tier=voice.words(following.name), missing=missing, **told)
        return []


class TellCoupons(Answer):
    """Each coupon that can be used today, the one that lapses soonest first."""

    called = "action_ask_coupons"
    needs = ProofLevel.PROVED

    async def answer(self, turn: Turn) -> list[Event]:
        coupons = await turn.crm.coupons.usable(turn.shopper.member.id, turn.shopper.today)
        if not coupons:
            turn.voice.answer("coupons_none")
        else:
            lines = [_coupon_line(turn, coupon) for coupon in coupons[:5]]
            turn.voice.answer("coupons", count=len(coupons), coupons="\n".join(lines))
        return []


def _coupon_line(turn: Turn, coupon: Coupon) -> str:
    voice = turn.voice
    least = voice.line("least_spend", amount=voice.money(coupon.min_spend_cents)) if coupon.min_spend_cents else ""
    return voice.line(
        "coupon",
        code=coupon.code,
        title=voice.words(coupon.title),
        value=voice.money(coupon.value_cents),
        least=least,
        day=voice.day(coupon.valid_until),
    )
