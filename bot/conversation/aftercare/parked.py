"""What waited for somebody who wants to write first: offered once, when they write, and shown when they say yes."""

from dataclasses import dataclass

from bot.conversation.aftercare.touch_fit import asks_something
from bot.conversation.scene import Offer, Reply, Scene
from bot.conversation.understanding import Answer
from crm_store.answers.choices import choices_of, payload_for
from crm_store.answers.contexts import NewContext, OpenContext, about_of
from crm_store.campaigns.values import Missing
from crm_store.crm import Crm
from crm_store.decision.decision import Outcome, Reason
from crm_store.planning.touches import Parked
from crm_store.plans.wording import (
    ContentMissing,
    ValueMissing,
    WordingBroken,
    content_for,
    render,
    rendered_choices,
)
from crm_store.sending.drafting import Sender
from crm_store.sentences import Sentences

LOOKED_AT = 3
"""So many of those that wait are decided again to find one to offer."""


@dataclass(frozen=True)
class _Content:
    """What is shown, what it asks for, and what an answer may be about."""

    reply: Reply
    asks: str
    about: dict[str, str]


class ParkedOffers:
    """Offers and shows within the turn's transaction. Both decide again: what was withdrawn since is never offered."""

    def __init__(self, sentences: Sentences, sender: Sender) -> None:
        self._sentences = sentences
        self._sender = sender

    async def found(self, crm: Crm, scene: Scene, answer: Answer) -> Parked | None:
        """What to offer after this answer; None in the middle of something, or when there is nothing."""
        customer_id = scene.identity.customer_id
        if not scene.has_parked or customer_id is None or answer.wishes or asks_something(answer.state):
            return None
        for parked in (await crm.touches.parked_for(customer_id, scene.now))[:LOOKED_AT]:
            known = await crm.contexts.of(parked.occurrence_id, customer_id)
            if known is None and await _may_be_seen(crm, parked.occurrence_id, customer_id, scene):
                return parked
        return None

    def offer(self, scene: Scene, parked: Parked) -> Reply:
        """That there is something, and of which kind; no more before they want to see it."""
        assert scene.identity.customer_id is not None
        payload = payload_for(parked.occurrence_id, scene.identity.customer_id, "see")
        see = Offer(self._sentences.say("parked_see", scene.language), payload)
        what = self._sentences.say(f"parked_{parked.purpose}", scene.language)
        return Reply(self._sentences.say("parked_offer", scene.language, what=what), (see,), author="house")

    async def offered(self, crm: Crm, scene: Scene, parked: Parked, interaction_id: int) -> None:
        """It was offered, and is not again; a yes is understood for as long as it holds."""
        assert scene.identity.customer_id is not None
        context = NewContext(
            conversation_id=scene.conversation.id,
            occurrence_id=parked.occurrence_id,
            customer_id=scene.identity.customer_id,
            interaction_id=interaction_id,
            purpose=parked.purpose,
            about={},
            asks="see",
            until=parked.expires_at,
        )
        await crm.contexts.open([context], scene.now)

    async def shown(self, crm: Crm, scene: Scene, context: OpenContext) -> Reply:
        """The content itself, in the language of the talk: asked for, so it is a reply and counts against no limit."""
        content = await self._content(crm, scene, context)
        if content is None or not await crm.touches.offered(context.occurrence_id, context.customer_id, scene.now):
            return Reply(self._sentences.say("parked_gone", scene.language), author="house")
        await crm.contexts.shown(context.id, content.asks, content.about, scene.now)
        return content.reply

    async def _content(self, crm: Crm, scene: Scene, context: OpenContext) -> _Content | None:
        occurrence, customer = context.occurrence_id, context.customer_id
        why = await crm.whys.of(occurrence, customer, scene.now)
        if why is None or not await _may_be_seen(crm, occurrence, customer, scene):
            return None
        values = (await crm.campaigns.values_for(occurrence, {customer: scene.language}, scene.now)).get(customer)
        if values is None or isinstance(values, Missing):
            return None
        known = values | self._sender.values(customer, scene.language)
        try:
            words = content_for(why.plan, scene.conversation.channel, scene.language)
            text, labels = render(words, known), rendered_choices(words, known)
        except (ContentMissing, ValueMissing, WordingBroken):
            return None
        choices = choices_of(occurrence, customer, labels, why.plan.asks)
        offers = tuple(Offer(choice["label"], choice["payload"]) for choice in choices)
        return _Content(Reply(text, offers, author="house"), why.plan.asks, about_of(known))


async def _may_be_seen(crm: Crm, occurrence_id: int, customer_id: int, scene: Scene) -> bool:
    """Nothing but their wish to write first, the channel or the hour was in its way, and none of these is now."""
    decision = await crm.whys.live(occurrence_id, customer_id, scene.now)
    if decision is None or decision.reason is Reason.PAUSED:
        return False
    return decision.outcome in (Outcome.PARK, Outcome.SEND, Outcome.DEFER)
