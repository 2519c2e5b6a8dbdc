"""The closing of the loop: asks once whether it is resolved, and closes what was never answered."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from secrets import token_hex

import structlog

from crm_store.cases.complaints import Complaint
from crm_store.cases.events import By, Event, Happened
from crm_store.cases.states import State
from crm_store.crm import Crm
from crm_store.database import Store
from crm_store.errors import CareLoopError
from crm_store.remedies.follow_ups import ANSWER_WITHIN, FollowUp
from crm_store.sentences import Sentences
from crm_store.talks.answers import Said
from crm_store.talks.lanes import lane_number
from crm_store.talks.outbox import Priority
from crm_store.talks.posting import LatestThread, Letter
from scheduler.asking import GIVE_UP_AFTER, REACH_AGAIN, ask_when
from scheduler.matter import question

BATCH = 100
CLOCK = By("clock")

log = structlog.get_logger(__name__)


class FollowUpRounds:
    """One round after the other, in any number of processes: each question is asked once.

    A question and its message are one transaction: a crash asks again what was not asked, and nothing twice.
    """

    def __init__(self, store: Store, sentences: Sentences, now: Callable[[], datetime]) -> None:
        self._store = store
        self._sentences = sentences
        self._now = now

    async def round(self) -> None:
        """Plan what nobody planned, ask what is due, close what was not answered. Raises `StoreUnavailable`."""
        async with self._store.transaction() as crm:
            await crm.follow_ups.plan_missing(self._now())
        await self._until_none(self._ask)
        await self._until_none(self._lapse)

    async def _until_none(self, step: Callable[[Crm], Awaitable[int]]) -> None:
        found = BATCH
        while found == BATCH:
            async with self._store.transaction() as crm:
                found = await step(crm)

    async def _ask(self, crm: Crm) -> int:
        now = self._now()
        due = await crm.follow_ups.due(now, BATCH)
        cases = [case for _, case in due]
        threads = await crm.posting.latest_threads([case.id for case in cases])
        allowed = await crm.follow_ups.allowed_from(cases, now)
        asked: dict[int, tuple[FollowUp, LatestThread]] = {}
        later: dict[int, datetime] = {}
        for follow_up, case in due:
            thread = threads.get(case.id)
            if thread is None or thread.reachability != "ok":
                await self._out_of_reach(crm, follow_up, case, later)
                continue
            when = ask_when(thread, allowed[case.id], now)
            if when > now or thread.conversation_id in asked:
                later[follow_up.id] = max(when, now + REACH_AGAIN) if thread.conversation_id in asked else when
            else:
                asked[thread.conversation_id] = follow_up, thread
        await crm.follow_ups.postpone(later)
        await self._say(crm, list(asked.values()), {case.id: case for case in cases}, now)
        return len(due)

    async def _out_of_reach(self, crm: Crm, follow_up: FollowUp, case: Complaint, later: dict[int, datetime]) -> None:
        now = self._now()
        if case.done_at is not None and now - case.done_at < GIVE_UP_AFTER:
            later[follow_up.id] = now + REACH_AGAIN
        else:
            await self._close(crm, follow_up, case, "out_of_reach")

    async def _say(
        self, crm: Crm, asked: list[tuple[FollowUp, LatestThread]], cases: dict[int, Complaint], now: datetime
    ) -> None:
        products = await crm.products.by_sku([case.product_sku for case in cases.values() if case.product_sku])
        letters = []
        for follow_up, thread in asked:
            case = cases[follow_up.complaint_id]
            words = question(self._sentences, case, products.get(case.product_sku or ""), thread)
            letters.append(self._letter(follow_up, thread, words, now))
        posted = await crm.posting.post(letters, now)
        said = {follow_up.id: message for (follow_up, _), message in zip(asked, posted, strict=True)}
        if said:
            await crm.follow_ups.asked(said, now)
        for follow_up, thread in asked:
            detail = {"step": "asked", "follow_up": follow_up.id, "ordinal": follow_up.ordinal}
            event = Event(Happened.FOLLOW_UP, CLOCK, detail, thread.conversation_id, said[follow_up.id])
            crm.complaint_events.add(follow_up.complaint_id, event, now)
            crm.nudge("outbox", lane_number(thread.lane))
            crm.nudge("case", follow_up.complaint_id)

    def _letter(self, follow_up: FollowUp, thread: LatestThread, words: str, now: datetime) -> Letter:
        language = thread.language
        choices = [
            {
                "id": token_hex(4),
                "label": self._sentences.say(f"follow_up_{answer}", language),
                "payload": f"careloop:follow_up:{follow_up.id}:{answer}",
            }
            for answer in ("yes", "no")
        ]
        shown = [{"id": choice["id"], "label": choice["label"]} for choice in choices]
        body = {"text": words, "choices": shown, "asks_contact": "", "language": language}
        until = now + ANSWER_WITHIN
        said = Said("house", words, list(choices), body, purpose="service", priority=Priority.NOTICE)
        return Letter(thread.thread(), said, {"for": "follow_up", "id": follow_up.id, "until": until.isoformat()})

    async def _lapse(self, crm: Crm) -> int:
        unanswered = await crm.follow_ups.unanswered(self._now(), BATCH)
        for follow_up, case in unanswered:
            await self._close(crm, follow_up, case, "no_answer")
        return len(unanswered)

    async def _close(self, crm: Crm, follow_up: FollowUp, case: Complaint, why: str) -> None:
        """The case is closed by time if it is still the one that was asked about."""
        now = self._now()
        await crm.follow_ups.lapse([follow_up.id], now)
        if case.state != State.DONE or follow_up.ordinal != case.reopened + 1 or case.merged_into is not None:
            return
        try:
            await crm.handling.close(case.id, CLOCK, now)
        except CareLoopError as error:
            log.warning("follow_up_not_closed", complaint=case.number, reason=error.code)
            return
        detail = {"step": "lapsed", "follow_up": follow_up.id, "why": why}
        crm.complaint_events.add(case.id, Event(Happened.FOLLOW_UP, CLOCK, detail), now)
