"""A shopper at the real Rasa: what they say is stored as the house would store it, and what comes back is read."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from crm_store.database import Store
from crm_store.people.identities import Address
from crm_store.people.proof import linked_by, proved_by_code
from crm_store.talks.conversations import Conversation
from crm_store.talks.interactions import Delivery, Interaction
from tests.nlu.rasa_client import RasaClient

MONDAY_NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # in Singapore


@dataclass
class Clock:
    """The time the actions are told."""

    at: datetime = MONDAY_NOON

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, span: timedelta) -> None:
        self.at += span


@dataclass
class Reply:
    """One turn's answer: what was said, the buttons, and what was asked of the house."""

    texts: list[str]
    buttons: dict[str, str]
    wishes: list[dict[str, Any]]
    intent: str

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


@dataclass
class Talker:
    """One address; `interaction` is the row of what was said last."""

    store: Store
    client: RasaClient
    clock: Clock
    name: str
    language: str = "en"
    identity: int = 0
    conversation: int = 0
    interaction: int = 0
    state: list[dict[str, Any]] = field(default_factory=list)

    async def arrive(self) -> "Talker":
        async with self.store.transaction() as crm:
            identity = await crm.identities.at(Address("webchat", "shop", self.name), "", self.clock())
            fresh = Conversation(
                identity_id=identity.id,
                channel="webchat",
                account="shop",
                language=self.language,
                opened_at=self.clock(),
            )
            self.identity, self.conversation = identity.id, (await crm.conversations.open(fresh)).id
        return self

    async def prove(self, contact: str) -> None:
        """As after the right code."""
        async with self.store.transaction() as crm:
            customer = await crm.customers.named_by(contact)
            assert customer is not None
            await crm.identities.link(self.identity, customer.id, proved_by_code("webchat", self.clock()))

    async def follow_link(self, contact: str) -> None:
        """As after a deep link and a yes: linked, not proved."""
        async with self.store.transaction() as crm:
            customer = await crm.customers.named_by(contact)
            assert customer is not None
            await crm.identities.link(self.identity, customer.id, linked_by("deep_link", self.clock()))

    async def say(self, text: str) -> Reply:
        await self._store(text)
        return await self._turn(text, trusted=False)

    async def press(self, reply: Reply, title: str) -> Reply:
        await self._store(title)
        return await self._turn(reply.buttons[title], trusted=True)

    async def send(self, payload: str) -> Reply:
        """The house sends a payload of its own, e.g. after a code was right."""
        return await self._turn(payload, trusted=True)

    async def _store(self, text: str) -> None:
        said = Interaction(
            conversation_id=self.conversation,
            identity_id=self.identity,
            direction="in",
            author="shopper",
            text=text,
            delivery=Delivery.RECEIVED,
            at=self.clock(),
        )
        async with self.store.transaction() as crm:
            self.interaction = (await crm.interactions.add(said)).id

    async def _turn(self, text: str, trusted: bool) -> Reply:
        metadata = {
            "conversation": self.conversation,
            "interaction": self.interaction,
            "language": self.language,
            "channel": "webchat",
        }
        changed = {"language": self.language, "state": self.state, "metadata": metadata, "trusted": trusted}
        answer = await asyncio.to_thread(
            lambda: self.client.turn(text, **{"sender": str(self.conversation), **changed})
        )
        self.state = answer["state"]
        messages = answer["messages"]
        return Reply(
            [str(message["text"]) for message in messages if message["text"]],
            {str(each["title"]): str(each["payload"]) for message in messages for each in message["buttons"]},
            [message["custom"] for message in messages if message["custom"]],
            str(answer["intent"]),
        )
