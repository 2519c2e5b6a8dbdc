"""News of an incident: one word of staff to every shopper concerned, each once, however many they are."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.errors import CareLoopError
from crm_store.incidents.incidents import Incident, IncidentOver, IncidentUnknown, IncidentUpdate
from crm_store.model import Languages, Words, in_language
from crm_store.staff.audit import Audit, Deed
from crm_store.talks.answers import Said
from crm_store.talks.outbox import Priority
from crm_store.talks.posting import LatestThread, Letter, Posting

SAME_HAND = timedelta(seconds=30)
"""The same words again within this time are a button pressed twice."""

_MEMBERS = text(
    """
    select id from complaints
     where incident_id = :incident_id and closed_at is null and merged_into is null order by id
    """
)

_NOTICES = text(
    """
    with told as (
        insert into incident_notices (update_id, complaint_id, interaction_id, outcome, at)
        select :update_id, n.complaint_id, n.interaction_id, n.outcome, :now
          from unnest(cast(:ids as bigint[]), cast(:interactions as bigint[]), cast(:outcomes as text[]))
            as n(complaint_id, interaction_id, outcome)
        on conflict (update_id, complaint_id) do nothing
        returning complaint_id, interaction_id, outcome
    )
    insert into complaint_events (complaint_id, at, kind, "by", staff_id, interaction_id, detail)
    select complaint_id, :now, 'incident', 'staff', :staff_id, interaction_id,
           jsonb_build_object('incident', cast(:incident_id as bigint), 'step', 'told', 'outcome', outcome)
      from told
    """
)


class IncidentWordsMissing(CareLoopError):
    """News are told in every language of the shop, or not at all."""

    code = "incident_words_missing"


@dataclass(frozen=True)
class News:
    """What to tell: one text in every language."""

    incident_id: int
    words: Words
    staff_id: int


@dataclass(frozen=True)
class NewsTold:
    """How many cases by outcome (`queued`, `same_shopper`, `no_conversation`, `blocked`, `bounced`).

    The caller nudges ``outbox`` with the number of each of `lanes`.
    """

    update_id: int
    outcomes: Mapping[str, int]
    lanes: frozenset[str]


class IncidentNews:
    """Writes inside one transaction, in a number of statements that does not grow with the cases."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def tell(self, news: News, now: datetime) -> NewsTold:
        """Tell every shopper with an open case in it, in their language, in their latest conversation.

        Raises `IncidentWordsMissing`, `IncidentUnknown`, `IncidentOver`.
        """
        words = _checked(news.words)
        await self._hold(news.incident_id)
        known = await self._just_told(news, words, now)
        if known is not None:
            return NewsTold(known, {}, frozenset())
        update_id = await self._kept(news, words, now)
        members = list((await self._session.scalars(_MEMBERS, {"incident_id": news.incident_id})).all())
        posting = Posting(self._session)
        threads = await posting.latest_threads(members)
        outcomes = _outcomes(members, threads)
        told = [threads[case] for case in members if outcomes[case] == "queued"]
        posted = await posting.post([_letter(thread, words) for thread in told], now)
        interactions = dict(zip((thread.complaint_id for thread in told), posted, strict=True))
        await self._session.execute(
            _NOTICES,
            {
                "update_id": update_id,
                "incident_id": news.incident_id,
                "staff_id": news.staff_id,
                "ids": members,
                "interactions": [interactions.get(case) for case in members],
                "outcomes": [outcomes[case] for case in members],
                "now": now,
            },
        )
        return NewsTold(update_id, Counter(outcomes.values()), frozenset(thread.lane for thread in told))

    async def reach(self, incident_id: int) -> Mapping[str, int]:
        """How many cases by outcome if it were told now."""
        members = list((await self._session.scalars(_MEMBERS, {"incident_id": incident_id})).all())
        return Counter(_outcomes(members, await Posting(self._session).latest_threads(members)).values())

    async def _hold(self, incident_id: int) -> None:
        incident = await self._session.get(Incident, incident_id, with_for_update=True, populate_existing=True)
        if incident is None:
            raise IncidentUnknown(f"incident {incident_id}: there is none with this id")
        if incident.closed_at is not None:
            raise IncidentOver(f"incident {incident_id} is closed; its shoppers are told in their own cases")

    async def _just_told(self, news: News, words: Words, now: datetime) -> int | None:
        last = await self._session.scalar(
            select(IncidentUpdate)
            .where(IncidentUpdate.incident_id == news.incident_id, IncidentUpdate.at > now - SAME_HAND)
            .order_by(IncidentUpdate.id.desc())
            .limit(1)
        )
        return last.id if last is not None and last.text == words else None

    async def _kept(self, news: News, words: Words, now: datetime) -> int:
        row = {"incident_id": news.incident_id, "text": words, "staff_id": news.staff_id, "at": now}
        update_id: int | None = await self._session.scalar(
            insert(IncidentUpdate).values(row).returning(IncidentUpdate.id)
        )
        assert update_id is not None
        deed = Deed(news.staff_id, "told", "incident", str(news.incident_id), {"update": update_id})
        Audit(self._session).note(deed, now)
        return update_id


def _checked(words: Words) -> Words:
    told = {language: words.get(language, "").strip() for language in Languages}
    missing = [language for language, said in told.items() if not said]
    if missing:
        raise IncidentWordsMissing(f"words: write them in {', '.join(missing)}, too; every shopper reads their own")
    return told


def _outcomes(members: list[int], threads: Mapping[int, LatestThread]) -> dict[int, str]:
    """Somebody with two cases in it is told once."""
    told: set[int] = set()
    outcomes: dict[int, str] = {}
    for case in members:
        thread = threads.get(case)
        if thread is None:
            outcomes[case] = "no_conversation"
        elif thread.reachability != "ok":
            outcomes[case] = thread.reachability
        else:
            outcomes[case] = "same_shopper" if thread.conversation_id in told else "queued"
            told.add(thread.conversation_id)
    return outcomes


def _letter(thread: LatestThread, words: Words) -> Letter:
    said = in_language(words, thread.language)
    body = {"text": said, "choices": [], "asks_contact": "", "language": thread.language}
    return Letter(thread.thread(), Said("house", said, [], body, purpose="service", priority=Priority.NOTICE))
