"""Reach: over all campaigns, who was written to how often, who was not and why, who gave way to whom, who said no."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.results.trials import OPT_OUT_DAYS

_IN_TIME = "t.decided_at >= :start and t.decided_at < :end"
_REASONS = text(
    f"""
    select t.state, t.reason, count(*) as touches, count(distinct t.customer_id) as people
      from touches t
     where t.state in ('suppressed', 'parked', 'holdout', 'cancelled') and {_IN_TIME}
     group by t.state, t.reason order by touches desc, t.state, t.reason
    """
)
_DISPLACED = text(
    f"""
    select o.campaign_id, c.name, w.campaign_id as winner_id, v.name as winner, count(*) as touches,
           count(*) filter (where t.state = 'waiting') as waiting,
           count(*) filter (where t.state = 'suppressed') as lost
      from touches t
      join occurrences o on o.id = t.occurrence_id join campaigns c on c.id = o.campaign_id
      join occurrences w on w.id = t.displaced_by join campaigns v on v.id = w.campaign_id
     where t.displaced_by is not null and {_IN_TIME}
     group by 1, 2, 3, 4 order by touches desc, 1, 3
    """
)
# A case holds its own shopper, and the one its address belongs to.
_HELD = text(
    f"""
    with held as materialized (
        select o.campaign_id, t.customer_id from touches t join occurrences o on o.id = t.occurrence_id
         where t.state = 'suppressed' and t.reason = 'open_case' and {_IN_TIME}
    ), open_cases as (
        select coalesce(k.customer_id, i.customer_id) as customer_id, min(x.due_at) as due_at
          from complaints k
          left join channel_identities i on i.id = k.identity_id
          left join clocks x on x.complaint_id = k.id and x.kind = 'resolution' and x.met_at is null
           and x.ended_at is null
         where k.state not in ('confirmed', 'closed') and k.merged_into is null
           and coalesce(k.customer_id, i.customer_id) in (select customer_id from held)
         group by 1
    )
    select h.campaign_id, c.name, count(distinct h.customer_id) as people, count(distinct k.customer_id) as still,
           min(k.due_at) as first_due, max(k.due_at) as last_due
      from held h join campaigns c on c.id = h.campaign_id
      left join open_cases k on k.customer_id = h.customer_id
     group by 1, 2 order by people desc, 1
    """
)
_SENT = "t.state in ('sending', 'sent', 'unknown') and o.purpose = any(:purposes)"
# The most that anybody got in any stretch as long as the cap's.
OFTEN_MOST = f"""
    sent as (
        select t.customer_id, coalesce(t.sent_at, t.decided_at) as at
          from touches t join occurrences o on o.id = t.occurrence_id
         where {_SENT} and coalesce(t.sent_at, t.decided_at) >= :start - cast(:within as interval)
           and coalesce(t.sent_at, t.decided_at) < :end
    ), running as (
        select customer_id, at, count(*) over (partition by customer_id order by at range between
                    cast(:within as interval) - interval '1 microsecond' preceding and current row) as many
          from sent
    ), most as (
        select customer_id, max(many) as many from running where at >= :start group by customer_id
    )
"""
_OFTEN = text(f"with {OFTEN_MOST} select many, count(*) from most group by many order by many")
_NOES = text(
    f"""
    with sent as materialized (
        select o.campaign_id, o.purpose, t.customer_id, t.identity_id, t.channel, t.sent_at, t.stopped_at
          from touches t join occurrences o on o.id = t.occurrence_id
         where t.state in ('sent', 'unknown') and t.sent_at >= :start and t.sent_at < :end
    ), judged as (
        select s.campaign_id, s.customer_id,
               s.stopped_at is not null or exists (
               select from consent_entries n
                where not n.granted and n.purpose = s.purpose and n.channel in ('*', s.channel) and n.at > s.sent_at
                  and n.at <= s.sent_at + interval '{OPT_OUT_DAYS} days' and n.customer_id = s.customer_id)
               or exists (
               select from consent_entries n
                where not n.granted and n.purpose = s.purpose and n.channel in ('*', s.channel) and n.at > s.sent_at
                  and n.at <= s.sent_at + interval '{OPT_OUT_DAYS} days' and n.customer_id is null
                  and n.identity_id = s.identity_id) as refused
          from sent s
    )
    select j.campaign_id, c.name, count(*) as sent, count(*) filter (where refused) as refused
      from judged j join campaigns c on c.id = j.campaign_id
     group by 1, 2 order by count(*) filter (where refused) desc, sent desc, 1
    """
)


@dataclass(frozen=True)
class NotSent:
    """Touches that ended without a message, by state and reason."""

    state: str
    reason: str
    touches: int
    people: int


@dataclass(frozen=True)
class GaveWay:
    """Messages of one campaign whose slot another had: `waiting` go later, `lost` never."""

    campaign_id: int
    campaign: str
    winner_id: int
    winner: str
    touches: int
    waiting: int
    lost: int


@dataclass(frozen=True)
class HeldByCase:
    """People a campaign did not write to because a complaint came first: `still` have one open.

    `first_due`/`last_due`: when the first and the last of these cases are promised to be resolved.
    """

    campaign_id: int
    campaign: str
    people: int
    still: int
    first_due: datetime | None
    last_due: datetime | None


@dataclass(frozen=True)
class OptOuts:
    """Who said no within days after a message of the campaign."""

    campaign_id: int
    campaign: str
    sent: int
    refused: int


class Reach:
    """Reads inside one transaction; each of what was decided or sent from `start` to before `end`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def reasons(self, start: datetime, end: datetime) -> list[NotSent]:
        """Most first."""
        return [NotSent(*row) for row in await self._session.execute(_REASONS, {"start": start, "end": end})]

    async def displaced(self, start: datetime, end: datetime) -> list[GaveWay]:
        """Whose slot is another's just now; most first."""
        return [GaveWay(*row) for row in await self._session.execute(_DISPLACED, {"start": start, "end": end})]

    async def held_by_cases(self, start: datetime, end: datetime) -> list[HeldByCase]:
        """Most first."""
        return [HeldByCase(*row) for row in await self._session.execute(_HELD, {"start": start, "end": end})]

    async def how_often(
        self, start: datetime, end: datetime, purposes: Sequence[str], within: timedelta
    ) -> dict[int, int]:
        """People by the most messages of these purposes that they got in any stretch shorter than `within`."""
        asked = {"start": start, "end": end, "purposes": list(purposes), "within": within}
        return {row[0]: row[1] for row in await self._session.execute(_OFTEN, asked)}

    async def opt_outs(self, start: datetime, end: datetime) -> list[OptOuts]:
        """Of every campaign that sent something; most first."""
        return [OptOuts(*row) for row in await self._session.execute(_NOES, {"start": start, "end": end})]
