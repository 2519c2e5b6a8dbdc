"""A missed promise is owned up to, once: what was due when, that we are late, and where it has gone. No new promise."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.promises.apologies import Untold
from crm_store.sentences import Sentences
from crm_store.talks.answers import Said, plainly
from crm_store.talks.lanes import lane_number
from crm_store.talks.outbox import Priority
from scheduler.moments import is_awake, spoken, zone_or

BATCH = 50
TOO_OLD = timedelta(days=2)
KEEPS = timedelta(hours=6)
"""An apology that could not be sent by then is not sent."""


class Apologies:
    """Says so by day, on the shopper's own wall; several processes may, each case is told by one."""

    def __init__(self, store: Store, sentences: Sentences, zone: ZoneInfo, now: Callable[[], datetime]) -> None:
        self._store = store
        self._sentences = sentences
        self._zone = zone
        self._now = now

    async def say(self) -> None:
        """To everybody who is owed one and is awake."""
        while await self._batch() == BATCH:
            pass

    async def _batch(self) -> int:
        now = self._now()
        since = now - TOO_OLD
        async with self._store.transaction() as crm:
            zones = [name for name in await crm.apologies.zones(since, now) if is_awake(now, self._zone_of(name))]
            held = await crm.apologies.held(zones, since, now, BATCH) if zones else []
            # An answer may have gone out a moment ago: the clocks are asked before anybody says that there is none.
            await crm.clocks.refresh(held, now)
            for each in await crm.apologies.owed(held, since, now):
                await self._apologise(crm, each, now)
        return len(held)

    async def _apologise(self, crm: Crm, owed: Untold, now: datetime) -> None:
        thread = await crm.answers.thread_of(owed.conversation_id)
        words = plainly("house", self.words(owed, thread.language), thread.language)
        said = Said(
            words.author,
            words.text,
            words.choices,
            words.body,
            purpose="service",
            priority=Priority.NOTICE,
            expires_at=now + KEEPS,
        )
        (interaction_id,) = await crm.answers.say(thread, [said], now)
        await crm.apologies.told(owed, interaction_id, now)
        crm.nudge("outbox", lane_number(thread.lane))
        crm.nudge("talk", owed.conversation_id)
        crm.nudge("case", owed.complaint_id)

    def words(self, owed: Untold, language: str) -> str:
        """Only what is so: that somebody senior has it is said when somebody senior has it."""
        due = spoken(self._sentences, language, owed.due, self._zone_of(owed.time_zone))
        late = self._sentences.say(f"late_{owed.kind}", language, number=owed.number, due=due)
        then = self._sentences.say("passed_on" if owed.passed_on else "not_forgotten", language)
        return f"{late} {then}" if language == "en" else f"{late}{then}"

    def _zone_of(self, name: str) -> ZoneInfo:
        return zone_or(name, self._zone)
