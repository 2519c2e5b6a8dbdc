"""The thread a web-chat visitor reads: what there is beyond a number, and a way to wait for more."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from bot.channels.base import Channel, InboundKind
from bot.conversation.desk.holding import first_name
from bot.conversation.visitors import Visitor
from crm_store.cases.attachments import Attachment, AttachmentState
from crm_store.database import Store
from crm_store.people.identities import Address
from crm_store.signals import EVERYBODY
from crm_store.talks.conversations import Conversation
from crm_store.talks.interactions import Interaction

REMEMBERED = 10_000
READ_AT_ONCE = 200


class Threads:
    """Reads and opens web-chat threads. Which conversation a visitor has is looked up once: it changes only when they
    were erased and write again, and then whoever keeps their message says so."""

    def __init__(self, store: Store, channel: Channel, now: Callable[[], datetime]) -> None:
        self._store = store
        self.channel = channel
        self._now = now
        self._known: OrderedDict[str, int] = OrderedDict()

    async def open(self, visitor: Visitor, language: str) -> int:
        """The visitor's conversation, made now if there is none; `language` is only a first guess."""
        address = Address(self.channel.name, self.channel.account, visitor.address)
        async with self._store.transaction() as crm:
            identity = await crm.identities.at(address, "", self._now())
            conversation = await crm.conversations.open(
                Conversation(
                    identity_id=identity.id,
                    channel=address.channel,
                    account=address.account,
                    language=language,
                    opened_at=self._now(),
                )
            )
        self._remember(visitor, conversation.id)
        return conversation.id

    async def of(self, visitor: Visitor) -> int:
        """The conversation id of a visitor."""
        known = self._known.get(visitor.address)
        return known if known is not None else await self.open(visitor, "en")

    def belongs(self, visitor: Visitor, conversation_id: int) -> None:
        """Their message was kept in this conversation."""
        if self._known.get(visitor.address) != conversation_id:
            self._remember(visitor, conversation_id)

    async def read(self, conversation_id: int, after: int) -> list[dict[str, Any]]:
        """Messages beyond `after` as the contract of web chat shows them, oldest first, `READ_AT_ONCE` at most."""
        async with self._store.reading() as crm:
            found = await crm.interactions.readable(conversation_id, after, READ_AT_ONCE)
            with_files = [interaction.id for interaction in found if interaction.kind == InboundKind.MEDIA]
            files = await crm.attachments.of_interactions(with_files)
            people = {each.staff_id for each in found if each.author == "staff" and each.staff_id is not None}
            names = await crm.staff.names(people) if people else {}
        return [
            _shown(interaction, files.get(interaction.id, [])) | _speaker(interaction, names) for interaction in found
        ]

    async def attachment(self, conversation_id: int, token: str) -> Attachment | None:
        """A kept file of this very conversation; None for all others, whoever's they are."""
        async with self._store.reading() as crm:
            found = await crm.attachments.by_token(token)
        is_theirs = found is not None and found.conversation_id == conversation_id
        return found if is_theirs and found is not None and found.state == AttachmentState.KEPT else None

    async def seen(self, conversation_id: int, up_to: int) -> None:
        """The visitor's page has shown everything up to this number."""
        async with self._store.transaction() as crm:
            await crm.interactions.delivered(conversation_id, up_to)

    @asynccontextmanager
    async def news(self, conversation_id: int, topics: tuple[str, ...]) -> AsyncIterator["asyncio.Queue[str]"]:
        """A queue of topics on which this conversation was nudged while the block runs."""
        nudges: asyncio.Queue[str] = asyncio.Queue()

        def listen(topic: str) -> Callable[[int], None]:
            return lambda nudged: nudges.put_nowait(topic) if nudged in (conversation_id, EVERYBODY) else None

        with self._store.signals.listening_to({topic: listen(topic) for topic in topics}):
            yield nudges

    def _remember(self, visitor: Visitor, conversation_id: int) -> None:
        self._known[visitor.address] = conversation_id
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def _speaker(interaction: Interaction, names: Mapping[int, str]) -> dict[str, Any]:
    """Who says it: `bot`, `house` for the shop itself, or `staff`, a person with the name shoppers are told."""
    if interaction.direction == "in":
        return {}
    if interaction.author != "staff":
        return {"author": interaction.author}
    return {"author": "staff", "name": first_name(names.get(interaction.staff_id or 0, ""))}


def _shown(interaction: Interaction, files: Sequence[Attachment]) -> dict[str, Any]:
    mine = interaction.direction == "in"
    shown: dict[str, Any] = {
        "seq": interaction.seq,
        "direction": interaction.direction,
        "text": interaction.text,
        "quick_replies": [{"id": choice["id"], "label": choice["label"]} for choice in interaction.choices],
        "at": (interaction.at if mine else interaction.sent_at or interaction.at).isoformat(),
        "delivery": interaction.delivery,
    }
    if files:
        names = ("token", "media_type", "name", "size", "state")
        shown["attachments"] = [{name: getattr(file, name) for name in names} for file in files]
    if mine and interaction.provider_id:
        shown["client_message_id"] = interaction.provider_id.partition(":")[2]
    return shown
