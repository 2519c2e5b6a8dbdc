"""What a shopper's message does while the bot does not have the conversation: nothing is lost, the bot is silent."""

from dataclasses import replace

from bot.channels.base import InboundKind
from bot.conversation.deep_links import spend
from bot.conversation.desk.handoff import BACK_PAYLOAD, Handoff
from bot.conversation.desk.talk import note_asked
from bot.conversation.identity import LINK_PAYLOAD, Outcome, Proving
from bot.conversation.replies import meant_by
from bot.conversation.scene import Reply, Scene
from bot.conversation.words import Plain
from crm_store.crm import Crm
from crm_store.holding.thanks_words import only_thanks
from crm_store.sentences import Sentences
from crm_store.talks.conversations import Control

REMIND_AFTER = 20
"""Seconds between two words of ours to somebody who waits."""


class Held:
    """WAITING, PARKED or PERSON. What the house itself has to say (a link, a return) is said by the house."""

    def __init__(self, sentences: Sentences, proving: Proving, handoff: Handoff) -> None:
        self._sentences = sentences
        self._proving = proving
        self._handoff = handoff

    async def answer(self, crm: Crm, scene: Scene, plain: Plain | None) -> Outcome:
        payload = meant_by(scene) or ""
        if scene.event.kind == InboundKind.START and scene.event.event.get("choice_id"):
            return _by_the_house(await self.followed_link(crm, scene))
        if payload.startswith(LINK_PAYLOAD):
            return _by_the_house(await self._proving.link_answered(crm, scene, payload))
        held_by_person = scene.conversation.control == Control.PERSON
        if not held_by_person and (plain is Plain.BACK or payload == BACK_PAYLOAD):
            return Outcome(await self._handoff.back_to_the_bot(crm, scene))
        if only_thanks(scene.text):
            return Outcome([])
        if scene.event.kind != InboundKind.START:
            await note_asked(crm, scene)
        return Outcome([] if held_by_person else await self._reminded(crm, scene))

    async def followed_link(self, crm: Crm, scene: Scene) -> list[Reply]:
        """A deep link is spent when it arrives, whoever holds the conversation: nobody can use it later."""
        seal = str(scene.event.event.get("choice_id", ""))
        customer_id = await spend(crm, seal, scene.identity.id, scene.now)
        if customer_id is None:
            return [Reply(self._sentences.say("link_lapsed", scene.language))]
        return await self._proving.link_offered(crm, scene, customer_id)

    async def _reminded(self, crm: Crm, scene: Scene) -> list[Reply]:
        last_said = await crm.interactions.last_said(scene.conversation.id)
        if last_said is not None and (scene.now - last_said).total_seconds() < REMIND_AFTER:
            return []
        return [self._handoff.still_waiting(scene)]


def _by_the_house(replies: list[Reply]) -> Outcome:
    return Outcome([replace(reply, author="house") for reply in replies])
