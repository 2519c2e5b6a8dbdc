"""Handing a conversation to a person and back: who is there, when they are back, what the shopper is told."""

from bot.conversation.desk.hours import desk_hours, spoken
from bot.conversation.desk.talk import Talk, call_for_a_person, note_asked, pass_on
from bot.conversation.scene import Offer, Reply, Scene
from crm_store.crm import Crm
from crm_store.desk_signals import tell_desk
from crm_store.holding.presence import somebody_here
from crm_store.sentences import Sentences
from crm_store.talks.conversations import Change, Control

BACK_PAYLOAD = "careloop:back"
PERSON_PAYLOAD = "careloop:person:"
"""With the reason behind it."""


class Handoff:
    """Moves the control of a conversation and finds the words for it; always within the turn's transaction."""

    def __init__(self, sentences: Sentences) -> None:
        self._sentences = sentences

    async def is_open(self, crm: Crm, scene: Scene) -> bool:
        return (await desk_hours(crm)).open_at(scene.now)

    async def to_a_person(self, crm: Crm, scene: Scene, reason: str) -> list[Reply]:
        """WAITING while the desk is open, else PARKED until it opens; the bot is silent from here on."""
        change, words = await self._promise(crm, scene, reason)
        await pass_on(crm, Talk(scene.conversation, scene.identity), reason, words, scene.now)
        await crm.conversations.hand(scene.conversation, change, scene.now)
        await note_asked(crm, scene)
        await call_for_a_person(crm, scene.conversation, reason, scene.now)
        return [Reply(words, (self._back(scene.language),))]

    async def _promise(self, crm: Crm, scene: Scene, reason: str) -> tuple[Change, str]:
        """What is true at this moment, and no more: a colleague comes, all are away, or the next opening."""
        hours = await desk_hours(crm)
        if not hours.open_at(scene.now):
            opening = hours.next_opening(scene.now)
            told = spoken(opening, hours.zone, self._sentences, scene.language)
            words = self._sentences.say("parked", scene.language, opening=told)
            return Change(Control.PARKED, "bot", reason, parked_until=opening), words
        here = await somebody_here(crm.session, scene.conversation.team_id, scene.now)
        words = self._sentences.say("handed_over" if here else "all_away", scene.language)
        return Change(Control.WAITING, "bot", reason), words

    async def back_to_the_bot(self, crm: Crm, scene: Scene) -> list[Reply]:
        """The shopper goes on with the bot; a new dialogue begins."""
        await self._begin_anew(crm, scene, "asked", "shopper")
        return [Reply(self._sentences.say("here_again", scene.language))]

    async def reopen(self, crm: Crm, scene: Scene) -> None:
        """Somebody writes into a conversation that was closed: the bot is there for them."""
        await self._begin_anew(crm, scene, "wrote again", "closed")

    async def _begin_anew(self, crm: Crm, scene: Scene, reason: str, why: str) -> None:
        await crm.conversations.hand(scene.conversation, Change(Control.BOT, "shopper", reason), scene.now)
        await crm.conversations.remember(scene.conversation.id, [], scene.now)
        scene.conversation.dialogue = []
        await crm.escalations.close_of_conversation(scene.conversation.id, scene.now)
        await crm.handoffs.ended([scene.conversation.id], why, scene.now)
        await tell_desk(crm, scene.conversation.id)

    def still_waiting(self, scene: Scene) -> Reply:
        """What is said, once in a while, to somebody who writes on while nobody has come yet."""
        return Reply(self._sentences.say("still_waiting", scene.language), (self._back(scene.language),))

    def offered(self, scene: Scene, reason: str) -> Reply:
        """A person, one tap away."""
        tap = Offer(self._sentences.say("person_please", scene.language), f"{PERSON_PAYLOAD}{reason}")
        return Reply(self._sentences.say("offer_person", scene.language), (tap,))

    def _back(self, language: str) -> Offer:
        return Offer(self._sentences.say("back_to_bot", language), BACK_PAYLOAD)
