"""One turn: an inbox event in, replies in the outbox out, everything about it in one commit."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.conversation.at_once import AtOnce
from bot.conversation.desk.talk import note_asked, note_wrote
from bot.conversation.language import language_to_answer
from bot.conversation.replies import queue
from bot.conversation.scene import Offer, Reply, Scene
from bot.conversation.understanding import Answer, BotAway, Question, QuestionRefused, Understanding
from bot.conversation.wishes import Wishes
from crm_store.answers.contexts import fitting, open_contexts
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.errors import CareLoopError
from crm_store.talks.answers import Conclusion
from crm_store.talks.conversations import Control
from crm_store.talks.inbox import Waiting

BOT_READS = 1000
"""Characters of a message the bot is shown; all of it is kept."""
SLOW_AFTER = 2.5
"""Seconds after which the shopper is told that it takes longer."""
HAND_OVER_AFTER = timedelta(minutes=10)
"""A message the bot could not answer for this long goes to a person."""
RETRY_STEPS = (2, 4, 8, 15, 30)
"""Seconds until a kept message is tried again, by number of tries so far."""

log = structlog.get_logger(__name__)


class Overtaken(CareLoopError):
    """The lock was lost with its connection, and another process was quicker: nothing of this turn may stay."""

    code = "overtaken"


class Turn:
    """Takes turns. The caller sees to it that one conversation has one turn at a time, in order."""

    def __init__(self, store: Store, understanding: Understanding, at_once: AtOnce, wishes: Wishes) -> None:
        self._store = store
        self._understanding = understanding
        self._at_once = at_once
        self._wishes = wishes

    async def take(self, waiting: Waiting, now: datetime, behind: datetime | None = None) -> datetime | None:
        """Answer one event; gives None when it is done, else when to try again.

        `behind` is when an earlier message of the conversation is tried again: this one is then tried after it.
        """
        scene = _scene(waiting, now)
        try:
            payload = await self._answer_at_once(scene)
        except Overtaken:
            return None
        if payload is None:
            return None
        if behind is not None:
            return await self._keep(scene, "waits for an earlier message", behind)
        try:
            answer = await self._asked(scene, _question(scene, payload))
        except BotAway as error:
            return await self._bot_is_away(scene, error)
        await self._conclude(scene, answer)
        return None

    async def _answer_at_once(self, scene: Scene) -> str | None:
        """None when the turn is over; else what to ask the bot: a payload of ours, or "" for the shopper's words."""
        if "resume" in scene.event.event and scene.conversation.control == Control.BOT:
            return str(scene.event.event["resume"])
        async with self._store.transaction() as crm:
            if scene.language != scene.conversation.language:
                await crm.conversations.speak(scene.conversation.id, scene.language, "guess")
            await note_wrote(crm, scene)
            outcome = await self._at_once.answer(crm, scene)
            if outcome is None:
                return ""
            await queue(crm, scene, outcome.replies)
            if not outcome.resume:
                if not await crm.inbox.done(scene.event.id, scene.now):
                    raise Overtaken("another process has answered this message")
                return None
            if outcome.replies:
                # The first half (a code that was right) is kept now: a crash before the second must not undo it.
                await crm.inbox.resume_with(scene.event.id, outcome.resume)
            return outcome.resume

    async def _asked(self, scene: Scene, question: Question) -> Answer:
        """A bot that refuses is asked once more without what it remembered; then it simply has not understood."""
        try:
            return await self._patiently(scene, question)
        except QuestionRefused:
            log.warning("question_refused", conversation=question.sender, remembered=len(question.state))
        try:
            return await self._patiently(scene, replace(question, state=[]))
        except QuestionRefused:
            return Answer([], [], None, None)

    async def _patiently(self, scene: Scene, question: Question) -> Answer:
        asking = asyncio.ensure_future(self._understanding.ask(question))
        try:
            await asyncio.wait({asking}, timeout=SLOW_AFTER)
            if not asking.done() and scene.event.apologised_at is None:
                await self._apologise(scene, "one_moment")
            return await asking
        finally:
            asking.cancel()

    async def _conclude(self, scene: Scene, answer: Answer) -> None:
        conversation = scene.conversation
        async with self._store.transaction() as crm:
            conclusion = Conclusion(
                event_id=scene.event.id,
                conversation_id=conversation.id,
                control_version=conversation.control_version,
                intent=answer.intent,
                confidence=answer.confidence,
                language=scene.language,
                dialogue=answer.state,
            )
            if not await crm.answers.conclude(conclusion, scene.now):
                await self._held_meanwhile(crm, scene)
                return
            said = [_reply(message) for message in answer.messages]
            said += await self._wishes.fulfil(crm, scene, answer.wishes)
            said = said or self._wishes.not_understood(scene)
            calmed = await self._wishes.calm(crm, scene)
            parked = None if calmed else await self._at_once.parked.found(crm, scene, answer)
            offered = [self._at_once.parked.offer(scene, parked)] if parked else []
            queued = await queue(crm, scene, said + calmed + offered)
            if parked:
                await self._at_once.parked.offered(crm, scene, parked, queued[-1])

    async def _held_meanwhile(self, crm: Crm, scene: Scene) -> None:
        """Nothing is said; but if a person took the conversation over, the shopper waits for them now."""
        if (await crm.conversations.get(scene.conversation.id)).control != Control.BOT:
            await note_asked(crm, scene)

    async def give_up(self, waiting: Waiting, now: datetime) -> None:
        """A message that breaks its turn again and again: a person takes the conversation, and the shopper is told."""
        scene = _scene(waiting, now)
        async with self._store.transaction() as crm:
            if scene.conversation.control == Control.BOT and scene.event.interaction_id is not None:
                await queue(crm, scene, await self._wishes.out_of_time(crm, scene))

    async def _bot_is_away(self, scene: Scene, error: BotAway) -> datetime | None:
        if scene.now - scene.event.received_at < HAND_OVER_AFTER:
            wait = error.again_in or RETRY_STEPS[min(scene.event.tries, len(RETRY_STEPS) - 1)]
            return await self._keep(scene, str(error), scene.now + timedelta(seconds=wait), apologise=True)
        async with self._store.transaction() as crm:
            await crm.inbox.done(scene.event.id, scene.now)
            await queue(crm, scene, await self._wishes.out_of_time(crm, scene))
        return None

    async def _keep(self, scene: Scene, error: str, again_at: datetime, apologise: bool = False) -> datetime:
        async with self._store.transaction() as crm:
            if apologise and not await crm.inbox.apologised(scene.conversation.id):
                await queue(crm, scene, [self._wishes.apology(scene, "bot_away")])
            await crm.inbox.later(scene.event.id, again_at, error, scene.now if apologise else None)
        return again_at

    async def _apologise(self, scene: Scene, name: str) -> None:
        async with self._store.transaction() as crm:
            await queue(crm, scene, [self._wishes.apology(scene, name)])


def _scene(waiting: Waiting, now: datetime) -> Scene:
    conversation = waiting.conversation
    text = str(waiting.event.event.get("text", ""))
    language = language_to_answer(conversation.language, conversation.language_source, text)
    identity = waiting.identity
    mine = tuple(each for each in open_contexts(waiting.contexts) if each.customer_id == identity.customer_id)
    return Scene(waiting.event, conversation, identity, language, now, mine, waiting.has_parked)


def _question(scene: Scene, payload: str) -> Question:
    return Question(
        sender=str(scene.conversation.id),
        text=payload or scene.text[:BOT_READS],
        language=scene.language,
        state=scene.dialogue(),
        metadata=_metadata(scene),
        trusted=bool(payload),
    )


def _metadata(scene: Scene) -> dict[str, Any]:
    """What actions may use; `note` is a handler's word to the bot, `touch` our message this one may answer."""
    told: dict[str, Any] = {
        "conversation": scene.conversation.id,
        "interaction": scene.interaction_id,
        "language": scene.language,
        "channel": scene.conversation.channel,
    }
    touch = fitting(scene.contexts, scene.quoted)
    more = {"note": scene.note(), "touch": touch.id if touch else None, "quoted": scene.quoted}
    return told | {name: value for name, value in more.items() if value}


def _reply(message: dict[str, object]) -> Reply:
    buttons = message.get("buttons")
    offers = (
        [Offer(str(button["title"]), str(button["payload"])) for button in buttons] if isinstance(buttons, list) else []
    )
    return Reply(str(message["text"]), tuple(offers))
