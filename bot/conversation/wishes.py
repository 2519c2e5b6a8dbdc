"""What the bot asks the house to do beside talking: prove who is there, fetch a person, change language, stop, have a
yes confirmed by the address it is for."""

from typing import Any

from bot.conversation.at_once import AtOnce
from bot.conversation.desk.calming import Calming
from bot.conversation.desk.handoff import Handoff
from bot.conversation.identity import Proving
from bot.conversation.opting_in import FirstYes, OptingIn
from bot.conversation.scene import Reply, Scene
from bot.conversation.words import contact_in
from crm_store.crm import Crm
from crm_store.model import Languages
from crm_store.people.consent import Evidence, Purpose
from crm_store.people.opt_ins import needs_confirmation
from crm_store.people.proof import ProofLevel
from crm_store.sentences import Sentences


class Wishes:
    """Fulfils ``{"careloop": "prove" | "hand_over" | "speak" | "stop" | "opt_in", …}`` in the turn's transaction."""

    def __init__(
        self, sentences: Sentences, proving: Proving, handoff: Handoff, at_once: AtOnce, opting_in: OptingIn
    ) -> None:
        self._sentences = sentences
        self._proving = proving
        self._handoff = handoff
        self._at_once = at_once
        self._opting_in = opting_in
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
            case "opt_in":
                return await self._opt_in(crm, scene, wish)
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

    async def _opt_in(self, crm: Crm, scene: Scene, wish: dict[str, Any]) -> list[Reply]:
        """Only for a member who has proved to be one: nobody signs up an address that is not theirs."""
        yes = _first_yes(wish)
        if yes is None or scene.identity.level_at(scene.now) < ProofLevel.PROVED:
            return []
        customer = await crm.customers.get(scene.identity.customer_id) if scene.identity.customer_id else None
        if customer is None or customer.erased_at is not None:
            return []
        asked = await self._opting_in.begin(crm, customer, yes, scene.now)
        return [Reply(self._opting_in.told(asked, customer, yes.channel, scene.language))]


def _first_yes(wish: dict[str, Any]) -> FirstYes | None:
    purpose, channel, interaction = (str(wish.get(name, "")) for name in ("purpose", "channel", "interaction"))
    if purpose not in set(Purpose) or not needs_confirmation(Purpose(purpose), channel) or not interaction.isdigit():
        return None
    question, version, answer = (str(wish.get(name, "")) for name in ("question", "version", "answer"))
    return FirstYes(Purpose(purpose), channel, Evidence("chat", question, version, answer, int(interaction)))
