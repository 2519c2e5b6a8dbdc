"""Who is talking, and how surely we know it: read once at the start of an action."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rasa_sdk.interfaces import Tracker

from crm_store.crm import Crm
from crm_store.people.consent import Who
from crm_store.people.customers import Customer
from crm_store.people.identities import ChannelIdentity
from crm_store.people.proof import ProofLevel
from crm_store.talks.conversations import Conversation


@dataclass(frozen=True)
class Shopper:
    """`customer` is there from LINKED on. `text` is what was typed in this turn, empty when a button was pressed."""

    conversation: Conversation
    identity: ChannelIdentity
    customer: Customer | None
    level: ProofLevel
    language: str
    interaction_id: int
    text: str
    now: datetime
    zone: ZoneInfo

    @property
    def who(self) -> Who:
        """Whom a stop or a stricter rule is for: the customer already when linked."""
        return Who(self.identity.id, self.customer.id if self.customer else None)

    @property
    def proved_who(self) -> Who:
        """Whose permissions may be shown or widened: the customer's only once proved, else this address's own."""
        return self.who if self.level >= ProofLevel.PROVED else Who(self.identity.id, None)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def member(self) -> Customer:
        """The customer, in an answer that needs one."""
        assert self.customer is not None
        return self.customer

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)


async def shopper_of(crm: Crm, tracker: Tracker, now: datetime, shop_zone: ZoneInfo) -> Shopper:
    """The metadata is the house's own; what the shopper typed names nobody."""
    metadata: dict[str, Any] = tracker.latest_message.get("metadata") or {}
    conversation = await crm.conversations.get(int(metadata.get("conversation", tracker.sender_id)))
    identity = await crm.identities.get(conversation.identity_id)
    level = identity.level_at(now)
    customer = None
    if level >= ProofLevel.LINKED and identity.customer_id is not None:
        customer = await crm.customers.get(identity.customer_id)
    said = str(tracker.latest_message.get("text") or "")
    return Shopper(
        conversation=conversation,
        identity=identity,
        customer=customer,
        level=level if customer else ProofLevel.CHANNEL,
        language=str(tracker.get_slot("lang") or conversation.language),
        interaction_id=int(metadata["interaction"]),
        text="" if said.startswith("/") else said,
        now=now,
        zone=ZoneInfo(customer.time_zone) if customer else shop_zone,
    )
