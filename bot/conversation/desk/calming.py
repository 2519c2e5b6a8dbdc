"""Somebody is angry: a person at once when it is plain and one can come, else a person one tap away."""

from bot.conversation.desk.handoff import Handoff
from bot.conversation.desk.mood import Mood, mood_of
from bot.conversation.scene import EPISODE, Reply, Scene
from crm_store.crm import Crm
from crm_store.holding.known import said_since
from crm_store.talks.conversations import Control

LOOKED_AT = 6
"""Messages of the same episode, this one among them."""
REASON = "angry"


class Calming:
    """Asks the mood of what the shopper writes while the bot has the conversation."""

    def __init__(self, handoff: Handoff) -> None:
        self._handoff = handoff

    async def at_once(self, crm: Crm, scene: Scene) -> list[Reply]:
        """Hand over somebody furious while the desk is open; empty when there is no reason to."""
        if mood_of(scene.text) is not Mood.FURIOUS or not await self._handoff.is_open(crm, scene):
            return []
        return await self._handoff.to_a_person(crm, scene, REASON)

    async def offer(self, crm: Crm, scene: Scene) -> list[Reply]:
        """After the bot's answer: a person for somebody furious, or angry for the second time."""
        mood = mood_of(scene.text)
        if mood is Mood.CALM or scene.conversation.control != Control.BOT:
            return []
        if mood is Mood.ANGRY and not await self._again(crm, scene):
            return []
        return [self._handoff.offered(scene, REASON)]

    async def _again(self, crm: Crm, scene: Scene) -> bool:
        said = await said_since(crm.session, scene.conversation.id, scene.now - EPISODE, LOOKED_AT)
        return sum(mood_of(text) is not Mood.CALM for text in said) >= 2
