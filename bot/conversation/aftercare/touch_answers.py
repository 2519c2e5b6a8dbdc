"""An answer to something we wrote first: understood with what that message said, before any model is asked."""

import json

from bot.conversation.aftercare.coupon_facts import CouponFacts
from bot.conversation.aftercare.fewer import Fewer
from bot.conversation.aftercare.parked import ParkedOffers
from bot.conversation.aftercare.reply_words import Meant, meant_in
from bot.conversation.aftercare.touch_fit import fits, is_fresh
from bot.conversation.identity import Outcome
from bot.conversation.scene import EPISODE, Offer, Reply, Scene
from crm_store.answers.choices import touch_in
from crm_store.answers.contexts import OpenContext, fitting
from crm_store.answers.survey_words import BEST, survey_score
from crm_store.answers.surveys import GivenScore
from crm_store.crm import Crm
from crm_store.sentences import Sentences
from crm_store.talks.conversations import Control

KEPT_WHILE_HELD = frozenset({Meant.SCORE, Meant.TOO_MANY, Meant.NONE_OF_THESE})
"""What is kept or obeyed whoever holds the conversation; everything else is for the person to read."""


class TouchAnswers:
    """Each answer is an `Outcome`; None means that the message is about something else."""

    def __init__(self, sentences: Sentences, parked: ParkedOffers) -> None:
        self._sentences = sentences
        self._parked = parked
        self._coupons = CouponFacts(sentences)
        self._fewer = Fewer(sentences)

    async def answer(self, crm: Crm, scene: Scene) -> Outcome | None:
        """To the newest message of ours that fits, or to the one the shopper quotes."""
        if not scene.contexts or not scene.text:
            return None
        for meant in meant_in(scene.text):
            context = _about(scene, meant)
            told = await self._told(crm, scene, context, meant, scene.text) if context else None
            if context is not None and told is not None:
                await crm.contexts.answered(context.id, scene.now)
                return told
        await _noted(crm, scene)
        return None

    async def while_held(self, crm: Crm, scene: Scene) -> Outcome | None:
        """A score is kept and "too many" obeyed all the same; while a person speaks we are silent."""
        if not scene.contexts or not any(meant in KEPT_WHILE_HELD for meant in meant_in(scene.text)):
            return None
        told = await self.answer(crm, scene)
        return Outcome([]) if told is not None and scene.conversation.control == Control.PERSON else told

    async def pressed(self, crm: Crm, scene: Scene, payload: str) -> Outcome:
        """One of the message's own buttons. Fewer and none hold for ever; the others as long as the message does."""
        touch = touch_in(payload)
        is_theirs = touch.customer_id == scene.identity.customer_id
        context = await crm.contexts.of(touch.occurrence_id, touch.customer_id) if is_theirs else None
        if context is None:
            return Outcome([self._said(scene, "choice_lapsed")])
        label = _label(scene)
        await crm.contexts.answered(context.id, scene.now)
        match touch.told.partition(":"):
            case "fewer", _, _:
                return Outcome([await self._fewer.fewer(crm, scene, context, label)])
            case "none", _, _:
                return Outcome([await self._fewer.none(crm, scene, context, label)])
            case _ if all(each.id != context.id for each in scene.contexts):
                return Outcome([self._said(scene, "choice_lapsed")])
            case "see", _, _:
                return Outcome([await self._parked.shown(crm, scene, context)])
            case "score", _, figure:
                return await self._scored(crm, scene, context, int(figure), "")
        return await self._chosen(crm, scene, context, label)

    async def _chosen(self, crm: Crm, scene: Scene, context: OpenContext, label: str) -> Outcome:
        """A button of the marketer's: as if its words had been said about this very message; else the bot reads it."""
        for meant in meant_in(label):
            told = await self._told(crm, scene, context, meant, label)
            if told is not None:
                return told
        # A label is words, never a payload.
        return Outcome([], label.lstrip("/ "))

    async def _told(self, crm: Crm, scene: Scene, context: OpenContext, meant: Meant, text: str) -> Outcome | None:
        match meant:
            case Meant.CODE | Meant.HOW | Meant.VALID:
                return await self._on_the_offer(crm, scene, context, meant)
            case Meant.WHICH_ORDER:
                return self._order(scene, context)
            case Meant.SCORE:
                rated = survey_score(text)
                words = text if rated and rated.has_words else ""
                return await self._scored(crm, scene, context, rated.score, words) if rated else None
            case Meant.TOO_MANY | Meant.NONE_OF_THESE | Meant.DECLINE:
                return Outcome([await self._less(crm, scene, context, meant, text)])
            case Meant.WHY:
                return Outcome([], "/why_message")
            case Meant.SEE:
                return Outcome([await self._parked.shown(crm, scene, context)])
        return Outcome([self._said(scene, "touch_thanks")])

    async def _less(self, crm: Crm, scene: Scene, context: OpenContext, meant: Meant, text: str) -> Reply:
        """A plain no to one message takes nothing back: less is one tap away."""
        if meant is Meant.TOO_MANY:
            return await self._fewer.fewer(crm, scene, context, text)
        if meant is Meant.NONE_OF_THESE:
            return await self._fewer.none(crm, scene, context, text)
        return self._said(scene, "touch_declined", self._fewer.offers(scene, context))

    async def _on_the_offer(self, crm: Crm, scene: Scene, context: OpenContext, meant: Meant) -> Outcome | None:
        if context.named("coupon_code"):
            reply = await self._coupons.tell(crm, scene, context, meant)
            return Outcome([reply]) if reply is not None else None
        # Points are told and explained by the bot, to whoever has proved who they are.
        return Outcome([], "/redeem_points" if meant is Meant.HOW else "/ask_points")

    def _order(self, scene: Scene, context: OpenContext) -> Outcome:
        """No more than the message itself said; more takes a proof."""
        number, product = context.named("order_number"), context.named("product")
        payload = f"/ask_order_status{json.dumps({'order': number})}"
        show = Offer(self._sentences.say("touch_order_show", scene.language), payload)
        if product:
            return Outcome([self._said(scene, "touch_order_product", (show,), number=number, product=product)])
        return Outcome([self._said(scene, "touch_order", (show,), number=number)])

    async def _scored(self, crm: Crm, scene: Scene, context: OpenContext, score: int, words: str) -> Outcome:
        """Kept here and now; what follows from a score is the same as from one nobody asked for."""
        given = GivenScore(
            context.occurrence_id, context.customer_id, scene.interaction_id, score, context.about, words
        )
        await crm.surveys.keep(given, scene.now)
        if scene.conversation.control != Control.BOT:
            return Outcome([self._said(scene, "touch_scored")])
        return Outcome([], f"/rate{json.dumps({'score': f'{score}/{BEST}'})}")

    def _said(self, scene: Scene, name: str, offers: tuple[Offer, ...] = (), /, **values: str) -> Reply:
        return Reply(self._sentences.say(name, scene.language, **values), offers, author="house")


def _about(scene: Scene, meant: Meant) -> OpenContext | None:
    """Also the one that is quoted must fit: "4" to a birthday wish is no score."""
    found = fitting(scene.contexts, scene.quoted, lambda each: fits(scene, each, meant, scene.text))
    return found if found is not None and fits(scene, found, meant, scene.text) else None


async def _noted(crm: Crm, scene: Scene) -> None:
    """Whatever is said first after our message came is an answer to it, also when the bot has to find out what."""
    newest = fitting(scene.contexts, scene.quoted)
    if newest is None or newest.answered_at is not None:
        return
    if scene.quoted or (is_fresh(scene, newest) and scene.now - newest.at <= EPISODE):
        await crm.contexts.answered(newest.id, scene.now)


def _label(scene: Scene) -> str:
    """What the pressed button said."""
    chosen = str(scene.event.event.get("choice_id", ""))
    choices = [choice for message in scene.conversation.offered for choice in message]
    return next((str(each["label"]) for each in choices if each["id"] == chosen), scene.text)
