"""The scene of a turn: everything read once at its start, as plain values and rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crm_store.answers.contexts import OpenContext
from crm_store.people.consent import Who
from crm_store.people.identities import ChannelIdentity
from crm_store.talks.conversations import Conversation
from crm_store.talks.inbox import InboxEvent

EPISODE = timedelta(hours=2)
"""A conversation taken up after this long starts a new dialogue; what is stored of it stays."""


@dataclass(frozen=True)
class Offer:
    """A quick reply to offer: what is shown and what it stands for."""

    label: str
    payload: str


@dataclass(frozen=True)
class Reply:
    """One message to the shopper. `asks_contact` is the label of a button that shares their own phone number."""

    text: str
    offers: tuple[Offer, ...] = ()
    asks_contact: str = ""
    author: str = "bot"


@dataclass(frozen=True)
class Scene:
    """Who is talking, where, and what came in. `language` is the one to answer in.

    `contexts`: what we wrote this customer on our own and they may still answer, newest first. `has_parked`: something
    waits for them to write.
    """

    event: InboxEvent
    conversation: Conversation
    identity: ChannelIdentity
    language: str
    now: datetime
    contexts: tuple[OpenContext, ...] = ()
    has_parked: bool = False

    @property
    def text(self) -> str:
        return str(self.event.event.get("text", ""))

    @property
    def interaction_id(self) -> int:
        assert self.event.interaction_id is not None
        return self.event.interaction_id

    @property
    def who(self) -> Who:
        return Who(self.identity.id, self.identity.customer_id)

    @property
    def quoted(self) -> str:
        """What the channel calls the message this one replies to; empty when it does not tell."""
        return str(self.event.event.get("quoted", ""))

    def awaited(self) -> dict[str, Any]:
        """Which answer we asked for, unless that has lapsed."""
        awaiting = self.conversation.awaiting
        if not awaiting or datetime.fromisoformat(awaiting["until"]) < self.now:
            return {}
        return awaiting

    def dialogue(self) -> list[dict[str, Any]]:
        """What the bot remembers; nothing when the last turn belongs to another episode."""
        return remembered(self.conversation, self.now)

    def note(self) -> str:
        """What the handler who gave the conversation back wants the bot to know; empty when that has lapsed."""
        note = self.conversation.note
        return str(note["text"]) if note and datetime.fromisoformat(note["until"]) > self.now else ""


def remembered(conversation: Conversation, now: datetime) -> list[dict[str, Any]]:
    """The bot's memory of this conversation, as long as its episode lasts."""
    told_at = conversation.dialogue_at
    return conversation.dialogue if told_at is not None and now - told_at <= EPISODE else []
