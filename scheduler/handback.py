"""Held conversations in which nothing happens: to the bot when nothing is owed, into the queue when somebody waits.

Any number of processes may do this: each conversation is moved once, by the version of its control.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.desk_signals import tell_desk
from crm_store.holding.calling import call_for
from crm_store.holding.silence import Fate, Moved, fate_of, move, silences
from crm_store.sentences import Sentences
from crm_store.staff.audit import Deed
from crm_store.talks.answers import plainly
from crm_store.talks.lanes import lane_number

BATCH = 50


class HandBack:
    """`return_after` is how long nobody may have written before the bot takes over again."""

    def __init__(
        self, store: Store, sentences: Sentences, return_after: timedelta, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._sentences = sentences
        self._return_after = return_after
        self._now = now

    async def look(self) -> None:
        """Move what is due, at most `BATCH` at a time; the rest at the next look."""
        now = self._now()
        async with self._store.transaction() as crm:
            found = await silences(crm.session, self._return_after, now, BATCH)
            due = [(each, fate) for each in found if (fate := fate_of(each, self._return_after, now)) is not None]
            moved = await move(crm.session, due, now) if due else []
            await self._tell_staff(crm, moved, now)
            for each in moved:
                if each.fate is Fate.RETURNED:
                    await self._tell_shopper(crm, each.conversation_id, now)

    async def _tell_staff(self, crm: Crm, moved: list[Moved], now: datetime) -> None:
        released = [each for each in moved if each.fate is Fate.RELEASED]
        needs = [call_for(each.conversation_id, each.version, each.fate) for each in released]
        await crm.escalations.raise_for(needs, now)
        for each in moved:
            crm.audit.note(Deed(None, each.fate, "conversation", str(each.conversation_id)), now)
        await tell_desk(crm, *(each.conversation_id for each in moved))

    async def _tell_shopper(self, crm: Crm, conversation_id: int, now: datetime) -> None:
        thread = await crm.answers.thread_of(conversation_id)
        words = plainly("house", self._sentences.say("back_after_silence", thread.language), thread.language)
        await crm.answers.say(thread, [words], now)
        crm.nudge("outbox", lane_number(thread.lane))
