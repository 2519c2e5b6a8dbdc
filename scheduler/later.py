"""Replies written for later: at their time they go the way of every reply, unless the shopper wrote in between."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.desk.later import LaterReply
from crm_store.staff.notices import Notice
from crm_store.talks.answers import plainly
from crm_store.talks.lanes import lane_number

BATCH = 50


class LaterSending:
    """Any number of processes may do this: each reply is taken once, with its entry into the outbox."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    async def send(self) -> None:
        """Everything whose time has come."""
        while await self._batch() == BATCH:
            pass

    async def _batch(self) -> int:
        now = self._now()
        async with self._store.transaction() as crm:
            taken = await crm.later.take_due(now, BATCH)
            await crm.notices.add([_held(reply) for reply in taken if reply.outcome == "held"], now)
            for reply in taken:
                crm.nudge("talk", reply.conversation_id)
                if reply.outcome == "queued":
                    await self._queue(crm, reply, now)
        return len(taken)

    async def _queue(self, crm: Crm, reply: LaterReply, now: datetime) -> None:
        thread = await crm.answers.thread_of(reply.conversation_id)
        said = plainly("staff", reply.text, thread.language)
        await crm.answers.say(thread, [replace(said, staff_id=reply.staff_id)], now)
        crm.nudge("outbox", lane_number(thread.lane))


def _held(reply: LaterReply) -> Notice:
    """Whoever wrote it decides anew, knowing what the shopper wrote."""
    key, values = f"later_held:{reply.id}", {"later": reply.id}
    return Notice(reply.staff_id, key, "later_held", values, conversation_id=reply.conversation_id)
