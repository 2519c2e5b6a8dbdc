"""Notices leave the house: each once, by the way its member of staff has chosen, with the address of the case."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.promises.choice import ClockKind
from crm_store.promises.escalations import Cause
from crm_store.sentences import Sentences
from crm_store.staff.notices import PendingNotice
from crm_store.talks.lanes import lane_number
from crm_store.talks.outbox import OutboxMessage, Priority
from scheduler.moments import spoken

BATCH = 100
STALE = timedelta(hours=12)
"""What could not be sent so long is read in the console."""
_PLAIN = {
    "case_assigned": "notice_case_given",
    "case_reopened": "notice_case_reopened",
    "talk_assigned": "notice_talk_assigned",
    "later_held": "notice_later_held",
}
_TIMED = frozenset({Cause.WARNED, Cause.ALARMED, Cause.MISSED})


@dataclass(frozen=True)
class Letterbox:
    """`lanes` by way of notifying (`email`, `telegram`), without those that are not available.

    `console` is the console's address, `zone` the shop's.
    """

    lanes: Mapping[str, str]
    console: str
    zone: ZoneInfo


class Notices:
    """Puts notices into the outbox. Several processes may do so at once; each notice is taken by one."""

    def __init__(self, store: Store, sentences: Sentences, box: Letterbox, now: Callable[[], datetime]) -> None:
        self._store = store
        self._sentences = sentences
        self._box = box
        self._now = now

    async def send(self) -> None:
        """Everything that is pending."""
        while self._box.lanes and await self._batch() == BATCH:
            pass

    async def _batch(self) -> int:
        now = self._now()
        async with self._store.transaction() as crm:
            pending = await crm.notices.pending(sorted(self._box.lanes), now - STALE, BATCH)
            for notice in pending:
                await self._queue(crm, notice, now)
        return len(pending)

    async def _queue(self, crm: Crm, notice: PendingNotice, now: datetime) -> None:
        lane = self._box.lanes[notice.notify_by]
        message = OutboxMessage(
            lane=lane,
            address=notice.notify_address,
            purpose="staff",
            author="house",
            priority=Priority.NOTICE,
            body={
                "subject": self._say("notice_letter_subject", notice, subject=self._subject(notice)),
                "text": self._say("notice_letter", notice, text=self.text(notice), address=self._address(notice)),
                "language": notice.language,
            },
            queued_at=now,
            expires_at=now + STALE,
        )
        crm.outbox.queue(message)
        await crm.session.flush()
        await crm.notices.sent_as(notice.id, message.id)
        crm.nudge("outbox", lane_number(lane))

    def text(self, notice: PendingNotice) -> str:
        """The notice in words; a kind that has none of its own says that something is there."""
        subject, values = self._subject(notice), notice.values
        if notice.kind == "incident":
            return self._say("notice_incident", notice, cases=str(values["cases"]), value=str(values["value"]))
        if notice.kind == "case_assigned" and values.get("by"):
            return self._say("notice_case_assigned", notice, subject=subject, by=str(values["by"]))
        if notice.kind not in set(Cause):
            return self._say(_PLAIN.get(notice.kind, "notice_other"), notice, subject=subject)
        if notice.kind not in _TIMED:
            return self._say(f"notice_{notice.kind}", notice, subject=subject)
        if not values.get("due") or values.get("clock") not in set(ClockKind):
            return self._say("notice_other", notice, subject=subject)
        promise = self._say(f"promise_{values['clock']}", notice)
        due = spoken(self._sentences, notice.language, datetime.fromisoformat(values["due"]), self._box.zone)
        return self._say(f"notice_{notice.kind}", notice, subject=subject, promise=promise, due=due)

    def _subject(self, notice: PendingNotice) -> str:
        number = str(notice.values.get("number") or "")
        return self._say("subject_case", notice, number=number) if number else self._say("subject_talk", notice)

    def _address(self, notice: PendingNotice) -> str:
        number = str(notice.values.get("number") or "")
        if number:
            return f"{self._box.console}/cases/{number}"
        return f"{self._box.console}/talks/{notice.conversation_id}" if notice.conversation_id else self._box.console

    def _say(self, name: str, notice: PendingNotice, /, **values: str) -> str:
        return self._sentences.say(name, notice.language, **values)
