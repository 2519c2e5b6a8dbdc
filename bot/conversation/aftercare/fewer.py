"""Somebody finds that we write too much: it is less from this moment on, and they are told how much less."""

from typing import Any

from bot.conversation.scene import Offer, Reply, Scene
from crm_store.answers.choices import payload_for
from crm_store.answers.contexts import OpenContext
from crm_store.crm import Crm
from crm_store.people.consent import ANY_CHANNEL, STOPPABLE, Evidence, Purpose
from crm_store.people.preferences import Told
from crm_store.people.rules import PreferenceRule, loosens
from crm_store.sentences import Sentences

FEWER = PreferenceRule("at_most", {"count": 1, "per": "month"})


class Fewer:
    """Tightens within the turn's transaction; never asks first (rule 2)."""

    def __init__(self, sentences: Sentences) -> None:
        self._sentences = sentences

    async def fewer(self, crm: Crm, scene: Scene, context: OpenContext, words: str) -> Reply:
        """At most once a month; who has that already, or less, gets no more of this kind."""
        rules = {each.kind: each.value for each in await crm.preferences.of(scene.who)}
        before = rules.get(FEWER.kind)
        if before is not None and (before == FEWER.value or loosens(before, FEWER)):
            return await self._none_after(crm, scene, context, words, before)
        told = Told(words, scene.interaction_id, scene.now)
        await crm.preferences.put(scene.who, FEWER.kind, FEWER.value, told)
        await crm.contexts.stopped(context.id, scene.now)
        return self._said(scene, "touch_fewer", self.offers(scene, context)[1:])

    async def none(self, crm: Crm, scene: Scene, context: OpenContext, words: str) -> Reply:
        """No more of this kind, on any channel. What is about their own orders and complaints still goes (rule 8)."""
        if context.purpose not in STOPPABLE:
            return self._said(scene, "touch_service_stays")
        await self._withdraw(crm, scene, context, words)
        return self._said(scene, "touch_none_of_these", what=self._what(scene, context))

    def offers(self, scene: Scene, context: OpenContext) -> tuple[Offer, ...]:
        """Fewer, and none, one tap away."""
        if context.purpose not in STOPPABLE:
            return ()
        return self._offer(scene, context, "fewer"), self._offer(scene, context, "none")

    def _offer(self, scene: Scene, context: OpenContext, told: str) -> Offer:
        payload = payload_for(context.occurrence_id, context.customer_id, told)
        return Offer(self._sentences.say(f"touch_{told}_button", scene.language), payload)

    async def _none_after(
        self, crm: Crm, scene: Scene, context: OpenContext, words: str, before: dict[str, Any]
    ) -> Reply:
        if context.purpose not in STOPPABLE:
            return self._said(scene, "touch_service_stays")
        await self._withdraw(crm, scene, context, words)
        period = self._sentences.say(f"touch_period_{before['per']}", scene.language)
        what = self._what(scene, context)
        return self._said(scene, "touch_fewer_stop", count=str(before["count"]), period=period, what=what)

    async def _withdraw(self, crm: Crm, scene: Scene, context: OpenContext, words: str) -> None:
        evidence = Evidence("chat", answer=words, interaction_id=scene.interaction_id)
        await crm.consent.record(scene.who, [(Purpose(context.purpose), ANY_CHANNEL, False)], evidence, scene.now)
        await crm.contexts.stopped(context.id, scene.now)

    def _what(self, scene: Scene, context: OpenContext) -> str:
        return self._sentences.say(f"purpose_{context.purpose}", scene.language)

    def _said(self, scene: Scene, name: str, offers: tuple[Offer, ...] = (), /, **values: str) -> Reply:
        return Reply(self._sentences.say(name, scene.language, **values), offers, author="house")
