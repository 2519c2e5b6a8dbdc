"""What was done to put it right is told to the shopper: once, in their language, and no more than is so."""

from collections.abc import Callable
from datetime import datetime, timedelta

from crm_store.cases.complaints import Complaint
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.plans.variables import money
from crm_store.remedies.granting import RemedyKind
from crm_store.remedies.remedy import Remedy
from crm_store.sentences import Sentences
from crm_store.talks.answers import Said
from crm_store.talks.lanes import lane_number
from crm_store.talks.outbox import Priority
from crm_store.talks.posting import LatestThread, Letter

BATCH = 100
TOO_OLD = timedelta(days=2)
KEEPS = timedelta(days=3)
"""A word that could not be sent by then is not sent."""
TALKING = timedelta(hours=1)
"""Who wrote to us so lately is told at once, whatever the hour."""


class RemedyWords:
    """One round after the other, in any number of processes. The word and the note of it are one transaction."""

    def __init__(self, store: Store, sentences: Sentences, now: Callable[[], datetime]) -> None:
        self._store = store
        self._sentences = sentences
        self._now = now

    async def say(self) -> None:
        """Of everything that is untold."""
        while await self._batch() == BATCH:
            pass

    async def _batch(self) -> int:
        now = self._now()
        async with self._store.transaction() as crm:
            untold = await crm.remedies.telling.untold(now - TOO_OLD, BATCH)
            if untold:
                await self._tell(crm, [(remedy, case) for remedy, case in untold], now)
        return len(untold)

    async def _tell(self, crm: Crm, untold: list[tuple[Remedy, Complaint]], now: datetime) -> None:
        cases = list({case.id: case for _, case in untold}.values())
        threads = await crm.posting.latest_threads([case.id for case in cases])
        allowed = await crm.follow_ups.allowed_from(cases, now)
        letters: list[Letter] = []
        for remedy, case in untold:
            thread = threads.get(case.id)
            if thread is not None and thread.reachability == "ok":
                letters.append(self._letter(remedy, case, thread, _from(thread, allowed[case.id], now)))
                crm.nudge("outbox", lane_number(thread.lane))
                crm.nudge("talk", thread.conversation_id)
        await crm.posting.post(letters, now)
        await crm.remedies.telling.told([remedy.id for remedy, _ in untold], now)

    def _letter(self, remedy: Remedy, case: Complaint, thread: LatestThread, at: datetime) -> Letter:
        words = self.words(remedy, case.number, thread.language)
        body = {"text": words, "choices": [], "asks_contact": "", "language": thread.language}
        said = Said(
            "house", words, [], body, purpose="service", priority=Priority.NOTICE, not_before=at, expires_at=at + KEEPS
        )
        return Letter(thread.thread(), said)

    def words(self, remedy: Remedy, number: str, language: str) -> str:
        """A coupon's code is not said: it is shown to whoever has proved who they are."""
        if remedy.kind == RemedyKind.POINTS:
            name = "remedy_point" if remedy.amount == 1 else "remedy_points"
            return self._sentences.say(name, language, amount=f"{remedy.amount:,}", number=number)
        amount = money(remedy.amount, language)
        return self._sentences.say(f"remedy_{remedy.kind}", language, amount=amount, number=number)


def _from(thread: LatestThread, allowed: datetime, now: datetime) -> datetime:
    is_talking = thread.last_in_at is not None and now - thread.last_in_at < TALKING
    return now if is_talking else max(now, allowed)
