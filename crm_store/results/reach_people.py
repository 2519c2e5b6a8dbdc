"""Who stands behind a figure of the report over all campaigns: who was not written to and why, and who how often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.results.reach import OFTEN_MOST

_NOT_SENT = text(
    """
    select t.occurrence_id, t.customer_id, c.name, c.member_number, o.campaign_id, p.name as campaign, t.state,
           t.reason, t.decided_at, v.name as winner
      from touches t
      join occurrences o on o.id = t.occurrence_id join campaigns p on p.id = o.campaign_id
      join customers c on c.id = t.customer_id
      left join occurrences w on w.id = t.displaced_by left join campaigns v on v.id = w.campaign_id
     where t.decided_at >= :start and t.decided_at < :end
       and (:state = '' and (t.state <> 'sent' or t.displaced_by is not null) or t.state = :state)
       and (:reason = '' or t.reason = :reason)
       and (:campaign = 0 or o.campaign_id = :campaign)
       and (not :displaced or t.displaced_by is not null) and (:winner = 0 or w.campaign_id = :winner)
       and (t.customer_id, t.occurrence_id) > (:customer, :occurrence)
     order by t.customer_id, t.occurrence_id limit :limit
    """
)
_OFTEN = text(
    f"""
    with {OFTEN_MOST}
    select m.customer_id, c.name, c.member_number, m.many from most m join customers c on c.id = m.customer_id
     where m.many = :times and m.customer_id > :after order by m.customer_id limit :limit
    """
)


@dataclass(frozen=True)
class NotSentWanted:
    """Decided from `start` to before `end`; empty is any. `winner`: the campaign that has the slot instead."""

    start: datetime
    end: datetime
    reason: str = ""
    state: str = ""
    campaign: int = 0
    winner: int = 0
    displaced: bool = False


@dataclass(frozen=True)
class NotSentTo:
    """One touch that did not go. `winner`: name of the campaign it gave way to."""

    occurrence_id: int
    customer_id: int
    name: str
    member_number: str | None
    campaign_id: int
    campaign: str
    state: str
    reason: str
    decided_at: datetime
    winner: str | None


@dataclass(frozen=True)
class OftenWanted:
    """People who got `times` messages of these purposes, and no more, in any stretch shorter than `within`."""

    start: datetime
    end: datetime
    purposes: Sequence[str]
    within: timedelta
    times: int


@dataclass(frozen=True)
class WrittenTo:
    """One person, and how often at most."""

    customer_id: int
    name: str
    member_number: str | None
    many: int


class ReachPeople:
    """Reads inside one transaction, a page at a time; one row more than `most` when there are more."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def not_sent(self, wanted: NotSentWanted, after: tuple[int, int] = (0, 0), most: int = 50) -> list[NotSentTo]:
        """By customer; `after`: customer and occurrence of the last one shown."""
        asked = {**vars(wanted), "customer": after[0], "occurrence": after[1], "limit": most + 1}
        return [NotSentTo(*row) for row in await self._session.execute(_NOT_SENT, asked)]

    async def often(self, wanted: OftenWanted, after: int = 0, most: int = 50) -> list[WrittenTo]:
        """By customer; `after`: the last one shown."""
        asked = {**vars(wanted), "purposes": list(wanted.purposes), "after": after, "limit": most + 1}
        return [WrittenTo(*row) for row in await self._session.execute(_OFTEN, asked)]
