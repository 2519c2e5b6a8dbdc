"""What the bot asks the house to do beside talking: prove who is there, fetch a person, change language, stop."""

from typing import Any

from bot.conversation.at_once import AtOnce
from bot.conversation.desk.calming import Calming
from bot.conversation.desk.handoff import Handoff
from bot.conversation.identity import Proving
from bot.conversation.scene import Reply, Scene
from bot.conversation.words import contact_in
from crm_store.crm import Crm
from crm_store.model import Languages
from crm_store.sentences import Sentences


class Wishes:
    """Fulfils ``{"careloop": "prove" | "hand_over" | "speak" | "stop", …}`` within the turn's transaction."""

    def __init__(self, sentences: Sentences, proving: Proving, handoff: Handoff, at_once: AtOnce) -> None:
        self._sentences = sentences
        self._proving = proving
        self._handoff = handoff
        self._at_once = at_once
        self._calming = Calming(handoff)

    async def fulfil(self, crm: Crm, scene: Scene, wishes: list[dict[str, Any]]) -> list[Reply]:
        """Each wish in order; one we do not know is ignored, so that a newer bot does no harm."""
        said: list[Reply] = []
        for wish in wishes:
            said += await self._fulfil_one(crm, scene, wish)
        return said

    async def calm(self, crm: Crm, scene: Scene) -> list[Reply]:
        """After the bot's answer: a person on offer for somebody who is angry."""
        return await self._calming.offer(crm, scene)

    async def _fulfil_one(self, crm: Crm, scene: Scene, wish: dict[str, Any]) -> list[Reply]:
        match wish.get("careloop"):
            case "prove":
                return await self._prove(crm, scene, str(wish.get("wanted", "")))
            case "hand_over":
                return await self._handoff.to_a_person(crm, scene, str(wish.get("reason", "asked")))
            case "stop":
                return await self._at_once.stop(crm, scene)
            case "speak" if wish.get("language") in Languages:
                return await self._speak(crm, scene, str(wish["language"]))
        return []

    def not_understood(self, scene: Scene) -> list[Reply]:
        """For a turn in which the bot said nothing at all."""
        return [Reply(self._sentences.say("not_understood", scene.language))]

    async def out_of_time(self, crm: Crm, scene: Scene) -> list[Reply]:
        """The bot stayed away too long: a person takes the conversation."""
        return await self._handoff.to_a_person(crm, scene, "bot_away")

    def apology(self, scene: Scene, name: str) -> Reply:
        """``bot_away`` or ``one_moment``."""
        return Reply(self._sentences.say(name, scene.language))

    async def _prove(self, crm: Crm, scene: Scene, wanted: str) -> list[Reply]:
        """A contact given in the same breath need not be asked for."""
        contact = contact_in(scene.text)
        if contact is not None and scene.identity.customer_id is None:
            return await self._proving.contact_typed(crm, scene, contact, wanted)
        return await self._proving.begin(crm, scene, wanted)

    async def _speak(self, crm: Crm, scene: Scene, language: str) -> list[Reply]:
        await crm.conversations.speak(scene.conversation.id, language, "asked")
        return [Reply(self._sentences.say("speaks", language))]
