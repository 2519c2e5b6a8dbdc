"""The way in: a provider's event becomes an inbox row and an interaction, and is acknowledged only after the commit."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.channels.base import Channel, Inbound, InboundKind, Malformed, lane_of
from bot.conversation.deep_links import SHAPE, sealed
from bot.conversation.language import MAX_TEXT, clean, language_of
from bot.conversation.raw_events import storable
from bot.files.names import label
from crm_store.cases.attachments import Awaited, KeptFile
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.model import Languages
from crm_store.people.identities import Address
from crm_store.talks.conversations import Conversation
from crm_store.talks.inbox import Arrival, InboxState

SILENT = (InboundKind.BLOCKED, InboundKind.UNBLOCKED)
"""Events that are no message: they need a turn, but nobody said anything."""


@dataclass(frozen=True)
class Kept:
    """Where an event went. `new` is False for a redelivery, which changes nothing."""

    conversation_id: int
    interaction_id: int | None
    new: bool


class WayIn:
    """Keeps events. Whoever calls it may acknowledge to the provider when it returns; `noted` counts by channel."""

    def __init__(self, store: Store, now: Callable[[], datetime], noted: Callable[[str], None]) -> None:
        self._store = store
        self._now = now
        self._noted = noted

    async def keep(self, channel: Channel, raw: Mapping[str, Any], files: Sequence[KeptFile] = ()) -> Kept | None:
        """Keep one event; None when the channel takes no part in it. Raises `StoreUnavailable`: nothing is kept.

        `files` are those of its media that lie in the vault already; the others are fetched.
        """
        async with self._store.transaction() as crm:
            return await self._keep_one(crm, channel, raw, files)

    async def keep_batch(self, channel: Channel, raws: list[dict[str, Any]], cursor: str) -> None:
        """Keep polled events and move the offset past them, in one commit."""
        async with self._store.transaction() as crm:
            for raw in raws:
                await self._keep_one(crm, channel, raw)
            await crm.lanes.advance(lane_of(channel.name, channel.account), cursor)

    async def _keep_one(
        self, crm: Crm, channel: Channel, raw: Mapping[str, Any], files: Sequence[KeptFile] = ()
    ) -> Kept | None:
        try:
            inbound = channel.parse(raw)
        except Malformed as error:
            await crm.inbox.store(_unreadable(channel, raw, str(error)), self._now())
            return None
        if inbound is None:
            return None
        kept = await self._arrive(crm, channel, inbound)
        if kept.new and kept.interaction_id is not None and inbound.media:
            await self._attach(crm, kept, files or _awaited(inbound))
        return kept

    async def _attach(self, crm: Crm, kept: Kept, files: Sequence[KeptFile | Awaited]) -> None:
        """In the transaction of their message: neither is there without the other."""
        assert kept.interaction_id is not None
        case = await crm.attachments.add(kept.conversation_id, kept.interaction_id, files, self._now())
        crm.nudge("files")
        crm.nudge("talk", kept.conversation_id)
        if case is not None:
            crm.nudge("case", case)

    async def _arrive(self, crm: Crm, channel: Channel, inbound: Inbound) -> Kept:
        address = Address(channel.name, channel.account, inbound.address)
        arrival, silent = _arrival(channel, inbound), inbound.kind in SILENT
        arrived = await crm.arrivals.arrive(address, arrival, silent, self._now())
        if arrived is None:
            await self._open(crm, address, inbound)
            arrived = await crm.arrivals.arrive(address, arrival, silent, self._now())
        assert arrived is not None
        if arrived.event_id is None:
            known = await crm.inbox.known(channel.name, channel.account, inbound.key)
            return Kept(arrived.conversation_id, known.interaction_id if known else None, new=False)
        crm.nudge("inbox", arrived.conversation_id)
        crm.nudge("thread", arrived.conversation_id)
        for line in arrived.lines:
            crm.nudge("desk", line)
        self._noted(channel.name)
        return Kept(arrived.conversation_id, arrived.interaction_id, new=True)

    async def _open(self, crm: Crm, address: Address, inbound: Inbound) -> None:
        """First contact: an identity and its conversation. Safe when two events of a new address race."""
        identity = await crm.identities.at(address, inbound.display_name, self._now())
        language = first_language(inbound.text, inbound.language_hint)
        await crm.conversations.open(
            Conversation(
                identity_id=identity.id,
                channel=address.channel,
                account=address.account,
                language=language,
                opened_at=self._now(),
            )
        )


def first_language(text: str, hint: str) -> str:
    """The language of the first message, else what the platform says, else English."""
    spoken = hint[:2].lower()
    return language_of(text) or (spoken if spoken in Languages else "en")


def _awaited(inbound: Inbound) -> list[Awaited]:
    return [Awaited(clean(media.provider_ref), label(media.name)) for media in inbound.media]


def _arrival(channel: Channel, inbound: Inbound) -> Arrival:
    contact = inbound.contact
    return Arrival(
        channel=channel.name,
        account=channel.account,
        provider_key=inbound.key,
        kind=inbound.kind,
        raw=_without_link(inbound, storable(inbound.raw)),
        event={
            "text": clean(inbound.text)[:MAX_TEXT],
            "choice_id": _choice(channel, inbound),
            "contact": {"phone": contact.phone, "is_own": contact.is_own} if contact else None,
            **({"quoted": clean(inbound.quoted)} if inbound.quoted else {}),
        },
        state=InboxState.PENDING,
    )


def _choice(channel: Channel, inbound: Inbound) -> str:
    """The id of the pressed button; of a start that follows a deep link the token's seal only."""
    chosen = clean(inbound.choice_id)
    return sealed(chosen, channel.name) if chosen and inbound.kind is InboundKind.START else chosen


def _without_link(inbound: Inbound, raw: dict[str, Any]) -> dict[str, Any]:
    """The raw event without the token of a deep link, which opens a member's chat to whoever reads it first."""
    if inbound.kind is not InboundKind.START or not SHAPE.fullmatch(inbound.choice_id):
        return raw
    told: dict[str, Any] = json.loads(json.dumps(raw).replace(inbound.choice_id, "***"))
    return told


def _unreadable(channel: Channel, raw: Mapping[str, Any], error: str) -> Arrival:
    raw = storable(raw)
    digest = hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()
    key = f"unreadable:{digest}"
    return Arrival(channel.name, channel.account, key, "unreadable", raw, {}, InboxState.QUARANTINED, error)
