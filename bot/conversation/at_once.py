"""What is done at once, before any model is asked: stop, a person, codes, contacts, links, buttons of our own."""

from collections.abc import Awaitable, Callable

from bot.channels.base import InboundKind
from bot.conversation.aftercare.follow_up_answers import FollowUpAnswers
from bot.conversation.aftercare.parked import ParkedOffers
from bot.conversation.aftercare.touch_answers import TouchAnswers
from bot.conversation.desk.calming import Calming
from bot.conversation.desk.handoff import BACK_PAYLOAD, PERSON_PAYLOAD, Handoff
from bot.conversation.desk.held import Held
from bot.conversation.identity import LINK_PAYLOAD, Outcome, Proving
from bot.conversation.media import MediaAnswers
from bot.conversation.replies import meant_by
from bot.conversation.scene import Reply, Scene
from bot.conversation.words import Plain, PlainWords, code_in, contact_in
from crm_store.answers.choices import TOUCH_PAYLOAD
from crm_store.crm import Crm
from crm_store.people.consent import Evidence
from crm_store.sending.drafting import Sender
from crm_store.sentences import Sentences
from crm_store.talks.conversations import Control


class AtOnce:
    """Each answer is an `Outcome`; None means that the bot has to be asked."""

    def __init__(
        self, sentences: Sentences, words: PlainWords, proving: Proving, handoff: Handoff, sender: Sender | None = None
    ) -> None:
        self._sentences = sentences
        self._words = words
        self._proving = proving
        self._handoff = handoff
        self._files = MediaAnswers(sentences)
        self._held = Held(sentences, proving, handoff)
        self._calming = Calming(handoff)
        self._follow_ups = FollowUpAnswers(sentences)
        self.parked = ParkedOffers(sentences, sender or Sender(sentences.shop))
        self._touches = TouchAnswers(sentences, self.parked)

    async def answer(self, crm: Crm, scene: Scene) -> Outcome | None:
        """A stop outranks everything; then who holds the conversation; then what kind of event it is."""
        kind = InboundKind(scene.event.kind)
        if kind in (InboundKind.BLOCKED, InboundKind.UNBLOCKED):
            await crm.identities.mark(scene.identity.id, "blocked" if kind is InboundKind.BLOCKED else "ok")
            return Outcome([])
        if scene.identity.reachability != "ok":
            # Who writes can be written to, whatever we had been told before.
            await crm.identities.mark(scene.identity.id, "ok")
        plain = self._words.meaning(scene.text)
        if plain is Plain.STOP:
            return Outcome(await self.stop(crm, scene))
        if scene.conversation.control == Control.CLOSED:
            await self._handoff.reopen(crm, scene)
        loop_closed = await self._follow_ups.answer(crm, scene)
        if loop_closed is not None:
            return loop_closed
        if scene.conversation.control != Control.BOT:
            kept = await self._touches.while_held(crm, scene)
            return kept if kept is not None else await self._held.answer(crm, scene, plain)
        special = self._by_kind().get(kind)
        if special is not None:
            return await special(crm, scene)
        return await self._by_words(crm, scene, plain)

    async def stop(self, crm: Crm, scene: Scene) -> list[Reply]:
        """Withdraw everything, with the exact words, and leave whatever form was open (rule 2)."""
        evidence = Evidence("chat", answer=scene.text, interaction_id=scene.interaction_id)
        await crm.consent.stop(scene.who, evidence, scene.now)
        await self._leave(crm, scene)
        return [Reply(self._sentences.say("stopped", scene.language), author="house")]

    def _by_kind(self) -> dict[InboundKind, Callable[[Crm, Scene], Awaitable[Outcome | None]]]:
        return {
            InboundKind.CONTACT: self._proving.contact_shared,
            InboundKind.START: self._started,
            InboundKind.BUTTON: self._pressed,
            InboundKind.MEDIA: self._media,
            InboundKind.UNSUPPORTED: self._unreadable,
        }

    async def _by_words(self, crm: Crm, scene: Scene, plain: Plain | None) -> Outcome | None:
        if plain is Plain.PERSON:
            return await self._to_a_person(crm, scene, "asked")
        if plain is Plain.UNLINK:
            await crm.identities.unlink(scene.identity.id)
            await self._leave(crm, scene)
            return Outcome([self._said(scene, "unlinked")])
        if not scene.text:
            return Outcome([self._said(scene, "not_understood")])
        fetched = await self._calming.at_once(crm, scene)
        if fetched:
            await self._leave(crm, scene)
            return Outcome(fetched)
        meant = await self._proof_answer(crm, scene, plain) or await self._pressed(crm, scene)
        return meant if meant is not None else await self._touches.answer(crm, scene)

    async def _proof_answer(self, crm: Crm, scene: Scene, plain: Plain | None) -> Outcome | None:
        awaited = scene.awaited()
        wanted = str(awaited.get("wanted", ""))
        if not awaited:
            return None
        if plain is Plain.LEAVE:
            await crm.conversations.await_answer(scene.conversation.id, None)
            return Outcome([self._said(scene, "left")])
        code = code_in(scene.text) if awaited["for"] == "code" else None
        if code:
            return await self._proving.code_typed(crm, scene, code)
        if plain is Plain.AGAIN and awaited["for"] == "code":
            return Outcome(await self._proving.begin(crm, scene, wanted))
        contact = contact_in(scene.text)
        return Outcome(await self._proving.contact_typed(crm, scene, contact, wanted)) if contact else None

    async def _pressed(self, crm: Crm, scene: Scene) -> Outcome | None:
        payload = meant_by(scene)
        if payload is None:
            lapsed = scene.event.kind == InboundKind.BUTTON
            return Outcome([self._said(scene, "choice_lapsed")]) if lapsed else None
        if payload.startswith(LINK_PAYLOAD):
            return Outcome(await self._proving.link_answered(crm, scene, payload))
        if payload.startswith(PERSON_PAYLOAD):
            return await self._to_a_person(crm, scene, payload.removeprefix(PERSON_PAYLOAD))
        if payload == BACK_PAYLOAD:
            return Outcome([self._said(scene, "here_again")])
        if payload.startswith(TOUCH_PAYLOAD):
            return await self._touches.pressed(crm, scene, payload)
        return Outcome([], payload)

    async def _started(self, crm: Crm, scene: Scene) -> Outcome | None:
        if not scene.event.event.get("choice_id"):
            return Outcome([], "/greet")
        return Outcome(await self._held.followed_link(crm, scene))

    async def _to_a_person(self, crm: Crm, scene: Scene, reason: str) -> Outcome:
        """Whatever form was open is left; what it had gathered is passed on."""
        replies = await self._handoff.to_a_person(crm, scene, reason)
        await self._leave(crm, scene)
        return Outcome(replies)

    async def _media(self, crm: Crm, scene: Scene) -> Outcome | None:
        if scene.text:
            return await self._by_words(crm, scene, self._words.meaning(scene.text))
        return Outcome(await self._files.alone(crm, scene))

    async def _unreadable(self, crm: Crm, scene: Scene) -> Outcome:
        return Outcome([self._said(scene, "not_understood")])

    async def _leave(self, crm: Crm, scene: Scene) -> None:
        await crm.conversations.await_answer(scene.conversation.id, None)
        await crm.conversations.remember(scene.conversation.id, [], scene.now)

    def _said(self, scene: Scene, name: str) -> Reply:
        return Reply(self._sentences.say(name, scene.language))
