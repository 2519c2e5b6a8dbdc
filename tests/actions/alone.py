"""One action by itself, as Rasa would call it: the real store, no model."""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker
from rasa_sdk.types import DomainDict

from actions.registry import build_actions
from crm_store.database import Store
from crm_store.people.customers import Customer
from crm_store.people.identities import Address
from crm_store.people.proof import linked_by
from crm_store.talks.conversations import Conversation
from crm_store.talks.interactions import Interaction
from tests.actions.talker import MONDAY_NOON

NOTHING = cast(DomainDict, {})


@dataclass
class Chat:
    """A linked member of the shop in one chat."""

    store: Store
    customer: int
    identity: int
    conversation: int


@dataclass
class Said:
    """What an action said; `events` are what the dialogue remembers."""

    messages: list[dict[str, Any]]
    events: list[dict[str, Any]]

    @property
    def text(self) -> str:
        return "\n".join(str(each["text"] or each["response"]) for each in self.messages)

    @property
    def buttons(self) -> dict[str, str]:
        return {str(each["title"]): str(each["payload"]) for told in self.messages for each in told["buttons"] or []}

    @property
    def slots(self) -> dict[str, Any]:
        return {str(each["name"]): each["value"] for each in self.events if each["event"] == "slot"}


async def chat(store: Store) -> Chat:
    """Emma, linked by a deep link."""
    async with store.transaction() as crm:
        customer = Customer(name="Emma Tan", joined_on=date(2024, 1, 1))
        crm.session.add(customer)
        await crm.session.flush()
        identity = await crm.identities.at(Address("webchat", "shop", "v1"), "", MONDAY_NOON)
        await crm.identities.link(identity.id, customer.id, linked_by("deep_link", MONDAY_NOON))
        fresh = Conversation(
            identity_id=identity.id, channel="webchat", account="shop", language="en", opened_at=MONDAY_NOON
        )
        conversation = await crm.conversations.open(fresh)
        return Chat(store, customer.id, identity.id, conversation.id)


async def heard(here: Chat, text: str) -> int:
    """What they wrote or pressed, as it was stored."""
    async with here.store.transaction() as crm:
        said = Interaction(
            conversation_id=here.conversation,
            identity_id=here.identity,
            customer_id=here.customer,
            direction="in",
            author="shopper",
            text=text,
            delivery="received",
            at=MONDAY_NOON,
        )
        return (await crm.interactions.add(said)).id


async def act(here: Chat, action: str, text: str, intent: str, **more: Any) -> Said:
    """`text` as the shopper wrote it; `payload` when the house asks in their place; `entities` of that; `metadata`."""
    interaction = more.get("interaction") or await heard(here, text)
    metadata = {"conversation": here.conversation, "interaction": interaction, "language": more.get("language", "en")}
    message = {
        "text": more.get("payload", text),
        "intent": {"name": intent},
        "entities": [{"entity": name, "value": value} for name, value in more.get("entities", {}).items()],
        "metadata": metadata | more.get("metadata", {}),
    }
    slots = {"lang": metadata["language"], **more.get("slots", {})}
    tracker = Tracker(str(here.conversation), slots, message, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    built = next(each for each in build_actions(here.store, lambda: MONDAY_NOON) if each.name() == action)
    events = await built.run(dispatcher, tracker, NOTHING)
    return Said(dispatcher.messages, [dict(event) for event in events])
