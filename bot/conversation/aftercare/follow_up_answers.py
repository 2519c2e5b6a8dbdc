"""The shopper's answer to "is it put right now?": by button any time, in words while it is our last word."""

from bot.conversation.aftercare.resolved_words import resolved_in, score_from
from bot.conversation.identity import Outcome
from bot.conversation.replies import meant_by
from bot.conversation.scene import Offer, Reply, Scene
from crm_store.cases.complaints import Complaint
from crm_store.cases.events import BY_SHOPPER, Event, Happened
from crm_store.cases.states import REOPENABLE, State
from crm_store.crm import Crm
from crm_store.remedies.follow_ups import ANSWER_WITHIN, FollowUp
from crm_store.sentences import Sentences
from crm_store.talks.conversations import Control

PAYLOAD = "careloop:follow_up:"
"""Then the follow-up's id, and `yes`, `no` or `score:4`."""


class FollowUpAnswers:
    """Each answer is an `Outcome`; None means that the message is about something else."""

    def __init__(self, sentences: Sentences) -> None:
        self._sentences = sentences

    async def answer(self, crm: Crm, scene: Scene) -> Outcome | None:
        """Kept whoever holds the conversation; while a person does, they speak and we are silent."""
        payload = meant_by(scene) or ""
        replies = await (
            self._pressed(crm, scene, payload) if payload.startswith(PAYLOAD) else self._in_words(crm, scene)
        )
        if replies is None:
            return None
        return Outcome([] if scene.conversation.control == Control.PERSON else replies)

    async def _pressed(self, crm: Crm, scene: Scene, payload: str) -> list[Reply] | None:
        follow_up_id, _, told = payload.removeprefix(PAYLOAD).partition(":")
        return await self._told(crm, scene, int(follow_up_id), told)

    async def _in_words(self, crm: Crm, scene: Scene) -> list[Reply] | None:
        awaited = scene.awaited()
        if awaited.get("for") not in {"follow_up", "follow_up_score"} or not scene.text:
            return None
        follow_up_id = int(awaited["id"])
        told = _told_in(str(awaited["for"]), scene.text)
        if told is None or not await self._is_our_last_word(crm, scene, follow_up_id):
            return None
        return await self._told(crm, scene, follow_up_id, told)

    async def _is_our_last_word(self, crm: Crm, scene: Scene, follow_up_id: int) -> bool:
        """Whatever was said since then, a yes is an answer to that."""
        last = await crm.interactions.newest_said(scene.conversation.id)
        ours = f"{PAYLOAD}{follow_up_id}:"
        return last is not None and any(str(choice["payload"]).startswith(ours) for choice in last.choices)

    async def _told(self, crm: Crm, scene: Scene, follow_up_id: int, told: str) -> list[Reply]:
        if told.startswith("score:"):
            return await self._scored(crm, scene, follow_up_id, int(told.removeprefix("score:")))
        follow_up = await crm.follow_ups.answer(follow_up_id, told, scene.text, scene.now)
        if follow_up is None:
            return [self._said(scene, "follow_up_noted")]
        detail = {"step": "answered", "follow_up": follow_up.id, "answer": told}
        event = Event(Happened.FOLLOW_UP, BY_SHOPPER, detail, scene.conversation.id, scene.interaction_id)
        crm.complaint_events.add(follow_up.complaint_id, event, scene.now)
        case = await crm.session.get_one(Complaint, follow_up.complaint_id, populate_existing=True)
        if told == "yes":
            return await self._confirmed(crm, scene, follow_up, case)
        return await self._reopened(crm, scene, case)

    async def _confirmed(self, crm: Crm, scene: Scene, follow_up: FollowUp, case: Complaint) -> list[Reply]:
        if case.state == State.DONE and follow_up.ordinal == case.reopened + 1 and case.merged_into is None:
            await crm.handling.move(case.id, State.CONFIRMED, BY_SHOPPER, scene.now)
            await crm.handling.close(case.id, BY_SHOPPER, scene.now)
        elif case.state != State.CLOSED:
            return [await self._still_open(crm, scene, case)]
        until = scene.now + ANSWER_WITHIN
        awaiting = {"for": "follow_up_score", "id": follow_up.id, "until": until.isoformat()}
        await crm.conversations.await_answer(scene.conversation.id, awaiting)
        scores = tuple(Offer(f"{score} ★", f"{PAYLOAD}{follow_up.id}:score:{score}") for score in range(1, 6))
        words = self._sentences.say("follow_up_confirmed", scene.language, number=case.number)
        return [Reply(words, scores, author="house")]

    async def _reopened(self, crm: Crm, scene: Scene, case: Complaint) -> list[Reply]:
        await crm.conversations.await_answer(scene.conversation.id, None)
        if case.state not in REOPENABLE or case.merged_into is not None:
            return [await self._still_open(crm, scene, case)]
        case = await crm.handling.reopen(case.id, BY_SHOPPER, scene.now, "follow_up")
        name = "follow_up_reopened" if case.assignee_id is not None else "follow_up_reopened_team"
        return [self._said(scene, name, number=case.number)]

    async def _still_open(self, crm: Crm, scene: Scene, case: Complaint) -> Reply:
        """It is being worked on again, or in another case it was merged into: nothing to close, nothing to reopen."""
        await crm.conversations.await_answer(scene.conversation.id, None)
        return self._said(scene, "follow_up_open", number=case.number)

    async def _scored(self, crm: Crm, scene: Scene, follow_up_id: int, score: int) -> list[Reply]:
        await crm.conversations.await_answer(scene.conversation.id, None)
        kept = await crm.follow_ups.score(follow_up_id, score)
        return [self._said(scene, "follow_up_scored" if kept else "follow_up_noted")]

    def _said(self, scene: Scene, name: str, /, **values: str) -> Reply:
        return Reply(self._sentences.say(name, scene.language, **values), author="house")


def _told_in(asked: str, text: str) -> str | None:
    if asked == "follow_up_score":
        score = score_from(text)
        return f"score:{score}" if score is not None else None
    resolved = resolved_in(text)
    return None if resolved is None else "yes" if resolved else "no"
