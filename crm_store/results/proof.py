"""The proof that nobody was written to against their wish: messages sent unasked, held against the consent ledger.

Read from the ledger, not from what was decided. In doubt it counts against us: what was said at an address that belongs
to the person today holds as theirs from when it was said.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MOST = 100


class Breach(StrEnum):
    """WITHDRAWN: they had taken their yes back. WITHOUT: there was none, and the rules asked for one. WRONG: the row it
    rests on is no yes of theirs to this."""

    WITHDRAWN = "withdrawn"
    WITHOUT = "without"
    WRONG = "wrong"


# A message counts from when the intent to hand it over was written: until then it could be called back.
_SENT = """
    sent as materialized (
        select t.occurrence_id, t.customer_id, t.channel, t.consent_id, t.policy_version, o.purpose, o.campaign_id,
               coalesce((select max(a.started_at) from attempts a where a.outbox_id = t.outbox_id),
                        t.sent_at, t.decided_at) as at
          from touches t join occurrences o on o.id = t.occurrence_id
         where t.state in ('sending', 'sent', 'unknown') and o.purpose <> 'service'
           and coalesce(t.sent_at, t.decided_at) >= :start and coalesce(t.sent_at, t.decided_at) < :end
    )
"""
_SAID = """
    said as (
        select e.id, coalesce(e.customer_id, i.customer_id) as customer_id, e.purpose, e.channel, e.granted, e.at
          from consent_entries e left join channel_identities i on i.id = e.identity_id
         where coalesce(e.customer_id, i.customer_id) is not null
    )
"""
_BREACHES = text(
    f"""
    with {_SENT}, {_SAID}, noes as (
        select distinct s.occurrence_id, s.customer_id
          from sent s join said n on n.customer_id = s.customer_id and not n.granted and n.purpose = s.purpose
           and n.channel in ('*', s.channel) and n.at < s.at
         where not exists (select from said y
                            where y.customer_id = s.customer_id and y.granted and y.purpose = s.purpose
                              and y.channel in ('*', s.channel) and y.id > n.id and y.at <= s.at)
    ), judged as (
        select s.*, case
               when n.customer_id is not null then 'withdrawn'
               when s.consent_id is null and not coalesce(
                    jsonb_exists(p.definition -> 'without_consent', s.purpose), false) then 'without'
               when s.consent_id is not null and (e.id is null or not e.granted or e.purpose <> s.purpose
                    or e.at > s.at or e.channel not in ('*', coalesce(s.channel, e.channel))
                    or e.customer_id is distinct from s.customer_id) then 'wrong' end as breach
          from sent s
          left join noes n on n.occurrence_id = s.occurrence_id and n.customer_id = s.customer_id
          left join said e on e.id = s.consent_id
          left join contact_policies p on p.version = s.policy_version
    )
    select j.breach, j.occurrence_id, j.customer_id, u.name, j.campaign_id, c.name as campaign, j.channel, j.at
      from judged j join campaigns c on c.id = j.campaign_id join customers u on u.id = j.customer_id
     where j.breach is not null
     order by j.at desc, j.customer_id limit :most
    """
)
_COUNTED = text(f"with {_SENT} select count(*) as messages, count(distinct customer_id) as people from sent")


@dataclass(frozen=True)
class Against:
    """One message that should not have gone."""

    breach: str
    occurrence_id: int
    customer_id: int
    name: str
    campaign_id: int
    campaign: str
    channel: str | None
    at: datetime


@dataclass(frozen=True)
class Proof:
    """`against` is empty, or something is badly wrong; it holds `MOST` at most."""

    messages: int
    people: int
    against: list[Against]

    @property
    def holds(self) -> bool:
        return not self.against


class Proofs:
    """Reads inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def between(self, start: datetime, end: datetime) -> Proof:
        """Of what was sent unasked from `start` to before `end`."""
        asked = {"start": start, "end": end}
        counted = (await self._session.execute(_COUNTED, asked)).one()
        rows = await self._session.execute(_BREACHES, asked | {"most": MOST})
        return Proof(counted.messages, counted.people, [Against(*row) for row in rows])
