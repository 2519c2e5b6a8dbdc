"""Files in a conversation: what is said to one that came without words, and to one that could not be kept."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from bot.conversation.scene import Offer, Reply, Scene
from crm_store.cases.attachments import Attachment, AttachmentState
from crm_store.crm import Crm
from crm_store.sentences import Sentences
from crm_store.talks.answers import plainly
from crm_store.talks.conversations import Control
from crm_store.talks.lanes import lane_number

TOGETHER = timedelta(seconds=20)
"""Files that follow each other as closely are one album: the first is answered, the others arrive silently."""
REPEATED = timedelta(minutes=2)
"""Within this, a shopper is not told a second time why a file cannot be kept."""
COMPLAINT_FORM = "complaint_form"


class MediaAnswers:
    """What the turn says to a file without words."""

    def __init__(self, sentences: Sentences) -> None:
        self._sentences = sentences

    async def alone(self, crm: Crm, scene: Scene) -> list[Reply]:
        """Nothing when the shopper has been told already: with the album's first picture, or that it was refused."""
        came = (await crm.attachments.of_interactions([scene.interaction_id])).get(scene.interaction_id, [])
        if not came:
            return [self._said(scene, "not_understood")]
        if all(each.state in (AttachmentState.REFUSED, AttachmentState.LOST) for each in came):
            return []
        conversation = scene.conversation
        if await crm.attachments.came_before(conversation.id, scene.interaction_id, scene.now - TOGETHER):
            return []
        if form_open(scene.dialogue()) == COMPLAINT_FORM:
            return [await self._within_form(crm, scene)]
        number = await crm.attachments.case_number(scene.interaction_id)
        if number is not None:
            return [self._said(scene, "media_for_case", number=number)]
        return [self._said(scene, "media_kept")]

    async def _within_form(self, crm: Crm, scene: Scene) -> Reply:
        """The question that is open stands, with its buttons; the bot is not asked, so the form does not move."""
        thanks = self._sentences.say("media_for_form", scene.language)
        question = await crm.interactions.last_question(scene.conversation.id)
        if question is None:
            return Reply(thanks)
        offers = tuple(Offer(str(choice["label"]), str(choice["payload"])) for choice in question.choices)
        return Reply(f"{thanks}\n\n{question.text}", offers)

    def _said(self, scene: Scene, name: str, **values: str) -> Reply:
        return Reply(self._sentences.say(name, scene.language, **values))


class NotKept:
    """Tells a shopper why a file could not be kept, and what works. `limit` in megabytes."""

    def __init__(self, sentences: Sentences, limit: int) -> None:
        self._sentences = sentences
        self._limit = limit

    async def tell(self, crm: Crm, attachment: Attachment, now: datetime) -> None:
        """Silent while a person holds the conversation: they see it. Once for several of an album."""
        conversation = await crm.conversations.get(attachment.conversation_id)
        if conversation.control in (Control.PERSON, Control.CLOSED):
            return
        if await crm.fetching.ended_alike(attachment, now - REPEATED):
            return
        thread = await crm.answers.thread_of(attachment.conversation_id)
        words = self._sentences.say(f"media_{attachment.reason}", thread.language, limit=str(self._limit))
        await crm.answers.say(thread, [plainly("house", words, thread.language)], now)
        crm.nudge("outbox", lane_number(thread.lane))


def form_open(dialogue: Iterable[dict[str, Any]]) -> str:
    """Pure: the form the bot is in the middle of, by what it remembers; empty when there is none."""
    form = ""
    for event in dialogue:
        match event.get("event"):
            case "active_loop":
                form = str(event.get("name") or "")
            case "session_started" | "restart":
                form = ""
    return form
