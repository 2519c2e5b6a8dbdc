"""What staff do with a conversation: take it, give it back, put it into the queue, assign it, close it.

Each is one change of hands with its event and its audit; the shopper is told once. Whether somebody may see the
conversation at all is for the caller to check.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.conversation.desk.hours import desk_hours
from bot.conversation.desk.talk import Talk, call_for_a_person, pass_on
from bot.conversation.language import clean
from bot.conversation.scene import EPISODE
from crm_store.crm import Crm
from crm_store.desk_signals import tell_desk
from crm_store.errors import CareLoopError
from crm_store.sentences import Sentences
from crm_store.staff.audit import Deed
from crm_store.staff.notices import Notice
from crm_store.talks.answers import Said, plainly
from crm_store.talks.conversations import Change, Control, ControlMoved, Conversation
from crm_store.talks.lanes import lane_number
from crm_store.words import HAN

NOTE_LENGTH = 500


class HeldByAnother(CareLoopError):
    """Somebody else has the conversation: take it from them first."""

    code = "held_by_another"


@dataclass(frozen=True)
class Note:
    """A handler's word to the bot; the shopper reads it only when `tell` says so."""

    text: str = ""
    tell: bool = False


class Holding:
    """Verbs of the staff, each within the caller's transaction."""

    def __init__(self, sentences: Sentences) -> None:
        self._sentences = sentences

    async def take(self, crm: Crm, conversation_id: int, staff_id: int, version: int, now: datetime) -> None:
        """From the bot, the queue or a colleague; raises `ControlMoved` when it is no longer at `version`."""
        conversation = await crm.conversations.locked(conversation_id)
        if conversation.control_version != version:
            raise ControlMoved(f"conversation {conversation_id} is held by somebody else now")
        await self.taken(crm, conversation, staff_id, now)

    async def taken(self, crm: Crm, conversation: Conversation, staff_id: int, now: datetime) -> None:
        """The same for a row that is locked already; nothing happens when it is theirs."""
        if conversation.control == Control.PERSON and conversation.holder_id == staff_id:
            return
        await self._to_person(crm, conversation, staff_id, Deed(staff_id, "took", "conversation", ""), now)
        await self._tell(crm, conversation, now, self._named("person_here", conversation, await _name(crm, staff_id)))

    async def assign(self, crm: Crm, conversation_id: int, to: int, by: int, now: datetime) -> None:
        """A colleague has it from now on, and is noticed; the bot is silent."""
        conversation = await crm.conversations.locked(conversation_id)
        if conversation.control == Control.PERSON and conversation.holder_id == to:
            return
        await self._to_person(crm, conversation, to, Deed(by, "assigned", "conversation", "", {"to": to}), now)
        await self._tell(crm, conversation, now, self._named("now_with", conversation, await _name(crm, to)))
        if to != by:
            key = f"talk_assigned:{conversation.id}:{conversation.control_version}"
            await crm.notices.add([Notice(to, key, "talk_assigned", {}, conversation_id=conversation.id)], now)

    async def hand_back(self, crm: Crm, conversation_id: int, staff_id: int, note: Note, now: datetime) -> None:
        """To the bot, which begins a new dialogue and knows the note for as long as an episode lasts."""
        conversation = await self._own(crm, conversation_id, staff_id)
        if conversation.control == Control.BOT:
            return
        await self._to_the_house(crm, conversation, Control.BOT, Deed(staff_id, "handed_back", "conversation", ""), now)
        text = clean(note.text)[:NOTE_LENGTH]
        await crm.handoffs.ended([conversation.id], "staff", now, text)
        if text:
            await crm.conversations.give_note(conversation.id, text, now + EPISODE)
        words = [self._named("handed_back", conversation, await _name(crm, staff_id))]
        if text and note.tell:
            words.insert(0, _by_staff(staff_id, text, conversation.language))
        await self._tell(crm, conversation, now, *words)

    async def to_queue(self, crm: Crm, conversation_id: int, staff_id: int, now: datetime) -> None:
        """Somebody else shall take it: it waits, or is parked until the desk opens."""
        conversation = await self._own(crm, conversation_id, staff_id)
        if conversation.control in (Control.WAITING, Control.PARKED):
            return
        await self._record(crm, conversation, "released", now)
        hours = await desk_hours(crm)
        opening = None if hours.open_at(now) else hours.next_opening(now)
        change = Change(Control.PARKED if opening else Control.WAITING, f"staff:{staff_id}", "released", opening)
        await self._moved(crm, conversation, change, Deed(staff_id, "released", "conversation", ""), now)
        await call_for_a_person(crm, conversation, "released", now)
        await self._tell(crm, conversation, now, self._named("in_the_queue_again", conversation, ""))

    async def close(self, crm: Crm, conversation_id: int, staff_id: int, now: datetime) -> None:
        """Nothing more is said until the shopper writes again, and then the bot is there. Cases stay as they are."""
        conversation = await self._own(crm, conversation_id, staff_id)
        await self._tell(crm, conversation, now, self._named("closed_for_now", conversation, ""))
        await self._to_the_house(crm, conversation, Control.CLOSED, Deed(staff_id, "closed", "conversation", ""), now)
        await crm.handoffs.ended([conversation.id], "closed", now)

    async def _own(self, crm: Crm, conversation_id: int, staff_id: int) -> Conversation:
        conversation = await crm.conversations.locked(conversation_id)
        refuse_if_anothers(conversation, staff_id)
        return conversation

    async def _to_person(self, crm: Crm, conversation: Conversation, holder: int, deed: Deed, now: datetime) -> None:
        await self._record(crm, conversation, deed.action, now)
        change = Change(Control.PERSON, f"staff:{deed.staff_id}", deed.action, holder_id=holder)
        await self._moved(crm, conversation, change, deed, now)
        await crm.handoffs.accepted(conversation.id, holder, now)
        await crm.escalations.close_of_conversation(conversation.id, now)

    async def _record(self, crm: Crm, conversation: Conversation, reason: str, now: datetime) -> None:
        """What the bot knew, unless it stands in the hand-over that is open already."""
        if not await crm.handoffs.is_open(conversation.id):
            identity = await crm.identities.get(conversation.identity_id)
            await pass_on(crm, Talk(conversation, identity), reason, "", now)

    async def _to_the_house(self, crm: Crm, conversation: Conversation, to: Control, deed: Deed, now: datetime) -> None:
        await self._moved(crm, conversation, Change(to, f"staff:{deed.staff_id}", deed.action), deed, now)
        await crm.conversations.remember(conversation.id, [], now)
        await crm.escalations.close_of_conversation(conversation.id, now)

    async def _moved(self, crm: Crm, conversation: Conversation, change: Change, deed: Deed, now: datetime) -> None:
        before = conversation.control
        await crm.conversations.hand(conversation, change, now)
        detail = {"from": before, "to": change.to.value} | ({"holder": change.holder_id} if change.holder_id else {})
        crm.audit.note(Deed(deed.staff_id, deed.action, "conversation", str(conversation.id), detail), now)
        await tell_desk(crm, conversation.id)

    def _named(self, sentence: str, conversation: Conversation, name: str) -> Said:
        values = {"name": name} if name else {}
        language = conversation.language
        return plainly("house", self._sentences.say(sentence, language, **values), language)

    async def _tell(self, crm: Crm, conversation: Conversation, now: datetime, *words: Said) -> None:
        thread = await crm.answers.thread_of(conversation.id)
        await crm.answers.say(thread, list(words), now)
        crm.nudge("outbox", lane_number(thread.lane))


def refuse_if_anothers(conversation: Conversation, staff_id: int) -> None:
    """Raises `HeldByAnother`."""
    if conversation.control == Control.PERSON and conversation.holder_id != staff_id:
        raise HeldByAnother(f"conversation {conversation.id} is a colleague's; take it from them first")


def first_name(name: str) -> str:
    """What a shopper is told: the first word, of a Chinese name all of it."""
    return name if HAN.search(name) else (name.split() or [""])[0]


async def _name(crm: Crm, staff_id: int) -> str:
    return first_name((await crm.staff.names([staff_id]))[staff_id])


def _by_staff(staff_id: int, text: str, language: str) -> Said:
    body = {"text": text, "choices": [], "asks_contact": "", "language": language}
    return Said("staff", text, [], body, staff_id=staff_id)
