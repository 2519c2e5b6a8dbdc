"""One conversation with all that stands around it, read within a scope."""

from dataclasses import dataclass
from datetime import datetime

from console.frame.visit import NotThere
from crm_store.crm import Crm
from crm_store.desk.handoffs import HandoffRecord
from crm_store.desk.thread import Thread
from crm_store.people.identities import ChannelIdentity
from crm_store.people.proof import ProofLevel
from crm_store.promises.clocks import Clock
from crm_store.queue.queue_row import QueueRow
from crm_store.staff.scope import Scope
from crm_store.talks.conversations import Control, Conversation

SHOWN = 50
KEPT = 200
"""Messages of a page that stays open while more and more are said."""


@dataclass(frozen=True)
class Head:
    """Who it is, who has it, and what is promised. `cases` are those in sight, open ones first."""

    row: QueueRow
    conversation: Conversation
    identity: ChannelIdentity
    level: ProofLevel
    cases: list[QueueRow]

    @property
    def id(self) -> int:
        return self.conversation.id

    @property
    def version(self) -> int:
        return self.conversation.control_version

    @property
    def open_cases(self) -> list[QueueRow]:
        return [case for case in self.cases if case.state != "closed"]

    def is_held_by(self, staff_id: int) -> bool:
        return self.conversation.control == Control.PERSON and self.conversation.holder_id == staff_id


async def head_of(crm: Crm, scope: Scope, conversation_id: int, now: datetime) -> Head:
    """Raises `NotThere`, also for what is not in sight."""
    row = await crm.queue.talk(scope, conversation_id)
    if row is None or row.identity_id is None:
        raise NotThere
    identity = await crm.identities.get(row.identity_id)
    return Head(
        row,
        await crm.conversations.get(conversation_id),
        identity,
        identity.level_at(now),
        await crm.queue.cases_in(scope, conversation_id),
    )


async def thread_of(crm: Crm, scope: Scope, conversation_id: int, since: int = 0) -> Thread:
    """What a page shows that began with the message `since`; 0 begins it. Raises `NotThere`."""
    thread = await crm.timelines.thread(scope, conversation_id, limit=KEPT if since else SHOWN)
    if thread is None:
        raise NotThere
    if not since:
        return thread
    first = next((item for item in thread.items if not item.is_note and item.id >= since), None)
    items = [item for item in thread.items if first is None or item.at >= first.at]
    return Thread(conversation_id, items, since)


async def clocks_of(crm: Crm, complaint_id: int) -> list[Clock]:
    """Those that run, the nearest first; paused ones last."""
    running = [clock for clock in await crm.clocks.of(complaint_id) if clock.met_at is None and clock.ended_at is None]
    return sorted(running, key=lambda clock: (clock.due_at is None, clock.due_at or clock.started_at))


async def facts_of(crm: Crm, head: Head, handoff: HandoffRecord | None) -> list[tuple[str, str]]:
    """Names and values of what is known: passed on, or of the open cases, which know it best."""
    facts = [(str(fact["name"]), str(fact["value"])) for fact in (handoff.facts if handoff else [])]
    for case in head.open_cases[:3]:
        facts += [(fact.name, fact.value) for fact in await crm.facts.current(case.complaint_id or 0)]
    return facts


async def handoff_of(crm: Crm, conversation: Conversation) -> HandoffRecord | None:
    """What a person taking over is told, while it is with a person or waits for one."""
    if conversation.control not in (Control.PERSON, Control.WAITING, Control.PARKED):
        return None
    newest = next(iter(await crm.handoffs.of(conversation.id, 1)), None)
    return newest if newest is not None and newest.returned_at is None else None
