"""The sweep of the radar: complaints join the incident they belong to, and enough of them make a new one."""

from datetime import datetime, timedelta

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.incidents.radar import THRESHOLD, WINDOW, Cluster, Shares, Sighting, clusters
from crm_store.staff.notices import Notice

# What staff have taken out of an incident once, the radar leaves alone.
_FREE = """
    c.closed_at is null and c.merged_into is null and c.incident_id is null and not exists (
      select from complaint_events e
       where e.complaint_id = c.id and e.kind = 'incident' and e.detail ->> 'step' = 'left')
"""

_JOIN = text(
    f"""
    with belongs as (
        select distinct on (c.id) c.id, i.id as incident_id
          from incidents i
          join complaints c on case i.shares when 'product' then c.product_sku when 'store' then c.store_code
                                             when 'carrier' then c.carrier when 'campaign' then c.campaign end = i.value
         where i.closed_at is null and c.opened_at > i.opened_at - cast(:window as interval) and {_FREE}
         order by c.id, i.id
    ), joined as (
        update complaints c set incident_id = b.incident_id from belongs b
         where c.id = b.id and c.incident_id is null
        returning c.id, c.incident_id
    ), told as (
        insert into complaint_events (complaint_id, at, kind, "by", detail)
        select id, :now, 'incident', 'clock', jsonb_build_object('incident', incident_id, 'step', 'joined') from joined
    )
    select id from joined
    """
)

_FRESH = text(
    f"""
    select c.id, c.opened_at, c.product_sku, c.campaign, c.carrier, c.store_code,
           coalesce('customer ' || c.customer_id, 'address ' || c.identity_id, 'case ' || c.id) as person
      from complaints c
     where c.opened_at > :since and coalesce(c.product_sku, c.campaign, c.carrier, c.store_code) is not null and {_FREE}
     order by c.opened_at limit 20000
    """
)

_OPEN = text(
    """
    with opened as (
        insert into incidents (shares, value, title, holds_promotions, opened_at)
        values (:shares, :value, :value, true, :now)
        on conflict (shares, value) where closed_at is null do nothing
        returning id
    ), joined as (
        update complaints c set incident_id = o.id from opened o
         where c.id = any(:ids) and c.incident_id is null and c.closed_at is null
        returning c.id, c.incident_id
    ), told as (
        insert into complaint_events (complaint_id, at, kind, "by", detail)
        select id, :now, 'incident', 'clock', jsonb_build_object('incident', incident_id, 'step', 'joined') from joined
    )
    select id from opened
    """
)

_LEADERS = text("select id from staff where is_active and role in ('supervisor', 'admin')")
_NUMBERS = text("select id, number from complaints where id = any(:ids)")


class IncidentSweep:
    """Any number of processes may sweep at once: each value has one open incident, each complaint joins once."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def join(self, now: datetime, window: timedelta = WINDOW) -> list[int]:
        """Complaints that belong to an open incident join it; gives their ids."""
        return list((await self._session.scalars(_JOIN, {"now": now, "window": window})).all())

    async def open(
        self, now: datetime, window: timedelta = WINDOW, threshold: int = THRESHOLD
    ) -> list[tuple[int, Cluster]]:
        """What several people complain about becomes an incident; gives the new ones."""
        rows = await self._session.execute(_FRESH, {"since": now - window})
        found = clusters([_sighting(row) for row in rows.mappings()], window, threshold)
        opened: list[tuple[int, Cluster]] = []
        for cluster in found:
            values = {"shares": cluster.shares, "value": cluster.value, "ids": list(cluster.complaint_ids), "now": now}
            incident_id = await self._session.scalar(_OPEN, values)
            if incident_id is not None:
                opened.append((incident_id, cluster))
        return opened

    async def notices(self, opened: list[tuple[int, Cluster]]) -> list[Notice]:
        """What supervisors and administrators are to be told of new incidents, each once."""
        if not opened:
            return []
        firsts = {"ids": [cluster.complaint_ids[0] for _, cluster in opened]}
        numbers: dict[int, str] = dict((await self._session.execute(_NUMBERS, firsts)).all())
        leaders = (await self._session.scalars(_LEADERS)).all()
        return [
            Notice(
                staff_id,
                f"incident:{incident_id}",
                "incident",
                {
                    "incident": incident_id,
                    "shares": cluster.shares,
                    "value": cluster.value,
                    "cases": len(cluster.complaint_ids),
                    "number": numbers[cluster.complaint_ids[0]],
                },
                cluster.complaint_ids[0],
            )
            for incident_id, cluster in opened
            for staff_id in leaders
        ]


def _sighting(row: RowMapping) -> Sighting:
    columns = {
        Shares.PRODUCT: row["product_sku"],
        Shares.CAMPAIGN: row["campaign"],
        Shares.CARRIER: row["carrier"],
        Shares.STORE: row["store_code"],
    }
    marks = {shares: value for shares, value in columns.items() if value}
    return Sighting(row["id"], row["person"], row["opened_at"], marks)
