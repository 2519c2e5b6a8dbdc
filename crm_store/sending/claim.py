"""The claim: due touches become letters, in one transaction that holds their people and asks everything again.

Facts are read from the records after the people were locked, so of two messages that want one slot the second sees the
first. What may go is written down at once as a letter in SENDING; whatever else was decided is written to its touch.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.decision.decision import Outcome
from crm_store.planning.candidates import Candidates
from crm_store.sending.asked import Asked, Judge, Lacking
from crm_store.sending.drafting import Sender
from crm_store.sending.letter import Letter
from crm_store.sending.taking import TakenTouch, ThreadOf, take, threads_of
from crm_store.sending.writing import Judged, Trace, put_by, write


class ValuesOf(Protocol):
    """The values of a message's variables by customer; `customers` says the language of each."""

    async def __call__(
        self, occurrence_id: int, customers: Mapping[int, str], now: datetime
    ) -> Mapping[int, Mapping[str, str] | Lacking]: ...


class TraceIds(Protocol):
    """Keeps traces, each once; their numbers."""

    async def __call__(self, traces: Iterable[Trace]) -> Mapping[Trace, int]: ...


@dataclass(frozen=True)
class Claimed:
    """`letters` go now; `decided`: how many were asked about; `elsewhere`: lanes that have something to do now."""

    letters: list[Letter]
    decided: int
    elsewhere: frozenset[str]


@dataclass(frozen=True)
class _Ready:
    """One that goes, with its words and its conversation."""

    asked: Asked
    body: dict[str, Any]
    thread: ThreadOf


class Claim:
    """One claim of a lane, inside one transaction."""

    def __init__(self, session: AsyncSession, values: ValuesOf, traces: TraceIds) -> None:
        self._session = session
        self._candidates = Candidates(session)
        self._values = values
        self._traces = traces

    async def make(self, lane: str, shares: dict[int, int], sender: Sender, now: datetime) -> Claimed:
        """Take so many due touches of each occurrence, decide them again, write down what goes and what does not."""
        judge = Judge(now)
        everybody = await self._ask(await take(self._session, lane, shares, now), judge, now)
        here = [each for each in everybody if each.goes_by(lane)]
        ready, lacking = await self._worded(here, sender, now)
        empty = [judge.without(each, what) for each, what in lacking]
        others = [each for each in everybody if not each.goes_by(lane) and not each.is_left_alone]
        rest = [each.judged() for each in [*others, *empty]]
        traces = await self._traces({*(each.trace for each in rest), *(each.asked.decision.trace for each in ready)})
        await put_by(self._session, rest, traces, now)
        letters = await self._write(lane, ready, traces, now)
        return Claimed(letters, len(everybody), frozenset(_elsewhere(rest)))

    async def _ask(self, taken: list[TakenTouch], judge: Judge, now: datetime) -> list[Asked]:
        if not taken:
            return []
        briefings = await self._candidates.briefings({touch.occurrence_id for touch in taken})
        found = await self._candidates.facts_for([touch.pair for touch in taken], briefings, now)
        return [
            judge.ask(touch, briefings[touch.occurrence_id], found[touch.pair])
            for touch in taken
            if touch.pair in found
        ]

    async def _worded(
        self, here: list[Asked], sender: Sender, now: datetime
    ) -> tuple[list[_Ready], list[tuple[Asked, str]]]:
        """Those that can be said, and what the others lack. One whose conversation is just being made waits on."""
        threads = await threads_of(self._session, [each.sent.identity_id or 0 for each in here], now)
        values = await self._values_of(here, now)
        ready: list[_Ready] = []
        lacking: list[tuple[Asked, str]] = []
        for each in here:
            said = each.words(values.get(each.touch.pair), sender)
            thread = threads.get(each.sent.identity_id or 0)
            if isinstance(said, str):
                lacking.append((each, said))
            elif thread is not None:
                ready.append(_Ready(each, said, thread))
        return ready, lacking

    async def _values_of(self, here: list[Asked], now: datetime) -> dict[tuple[int, int], Mapping[str, str] | Lacking]:
        whom: dict[int, dict[int, str]] = defaultdict(dict)
        for each in here:
            whom[each.touch.occurrence_id][each.customer_id] = each.language
        return {
            (occurrence_id, customer_id): values
            for occurrence_id, customers in whom.items()
            for customer_id, values in (await self._values(occurrence_id, customers, now)).items()
        }

    async def _write(self, lane: str, ready: list[_Ready], traces: Mapping[Trace, int], now: datetime) -> list[Letter]:
        drafts = [each.asked.draft(each.thread, each.body, traces[each.asked.decision.trace]) for each in ready]
        written = await write(self._session, lane, drafts, now)
        return [
            each.asked.letter(draft, each.thread, written[each.asked.touch.pair], now)
            for each, draft in zip(ready, drafts, strict=True)
        ]


def _elsewhere(rest: Iterable[Judged]) -> set[str]:
    return {each.sent.lane for each in rest if each.decision.outcome is Outcome.SEND and each.sent.lane is not None}
