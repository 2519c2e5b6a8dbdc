"""The verbs of the staff on a conversation, built once from what the console was told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.channels.base import Capabilities
from bot.conversation.desk.holding import Holding
from bot.conversation.desk.reach import Reachability, reachability_of
from bot.conversation.desk.replying import Replying
from console.frame.frame import Frame
from console.frame.visit import Visit
from console.inbox.holding import open_holding
from console.talk.reading import Head, head_of
from crm_store.crm import Crm
from crm_store.talks.conversations import ControlMoved


@dataclass(frozen=True)
class Desk:
    """`holding` moves a conversation; channels come and go while a copy runs, so they are looked up each time."""

    frame: Frame
    holding: Holding

    @property
    def replying(self) -> Replying:
        return Replying(self.holding, {name: found.max_text for name, found in self._capabilities().items()})

    async def reachability(self, crm: Crm, talk: int, now: datetime) -> Reachability:
        return await reachability_of(crm, talk, self._capabilities(), now)

    def _capabilities(self) -> Mapping[str, Capabilities]:
        return {channel.name: channel.capabilities for channel in self.frame.house.lanes.values()}


def open_desk(frame: Frame) -> Desk:
    """Raises `SentenceMissing`."""
    return Desk(frame, open_holding(frame))


async def seen(crm: Crm, visit: Visit, talk: int) -> Head:
    """The conversation, when it is in sight. Raises `NotThere`."""
    return await head_of(crm, visit.scope, talk, visit.now)


async def at_version(crm: Crm, visit: Visit, talk: int, version: int) -> Head:
    """The same, held until the transaction ends, as the page showed it. Raises `NotThere` and `ControlMoved`."""
    head = await seen(crm, visit, talk)
    conversation = await crm.conversations.locked(talk)
    if conversation.control_version != version:
        raise ControlMoved(f"conversation {talk} has changed hands since the page was shown")
    return head
