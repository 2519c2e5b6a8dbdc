"""What the shop's own records offer a segment to choose from, and who uses it: reads for whoever builds one."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.model import Words

MOST = 500
"""Of each; what is not among them can still be asked for in the text."""

# The kinds of touchpoints are walked from one to the next in their index: there may be millions of them.
_OFFERED = text(
    """
    with recursive kinds as (
        (select kind from touchpoints order by kind limit 1)
        union all
        select (select kind from touchpoints t where t.kind > kinds.kind order by kind limit 1) from kinds
         where kinds.kind is not null
    )
    select 'tiers' as what, code as value, name as words, rank as place from tiers
    union all select 'stores', code, name, id from stores
    union all select 'categories', category ->> 'en', max(category::text)::jsonb, 0 from products group by 2
    union all select 'brands', brand, null, 0 from products where brand <> '' group by 2
    union all select 'touchpoints', kind, null, 0 from kinds where kind is not null
    union all select 'campaigns', id::text, jsonb_build_object('en', name), -id from campaigns
    order by what, place, value
    """
)
_USED = text(
    """
    select cast(v.plan ->> 'segment_id' as bigint) as segment, c.id, c.name, c.state
      from campaigns c join campaign_versions v on v.campaign_id = c.id and v.version = c.version
     where cast(v.plan ->> 'segment_id' as bigint) = any(:segments)
     order by c.name
    """
)


@dataclass(frozen=True)
class Choices:
    """By what stands in a field or its brackets (`tiers`, `stores` …): the values, each with its words or none."""

    offered: dict[str, dict[str, Words | None]] = field(default_factory=dict)

    def of(self, what: str) -> dict[str, Words | None]:
        return self.offered.get(what, {})


@dataclass(frozen=True)
class UsedBy:
    """A campaign whose newest version is sent to the segment."""

    campaign_id: int
    name: str
    state: str


class SegmentChoices:
    """Reads inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def offered(self) -> Choices:
        found: dict[str, dict[str, Any]] = {}
        for what, value, words, _ in await self._session.execute(_OFFERED):
            values = found.setdefault(what, {})
            if value and len(values) < MOST:
                values[value] = words
        return Choices(found)

    async def used_by(self, segment_ids: list[int]) -> dict[int, list[UsedBy]]:
        """By segment; one that no campaign uses is not in it."""
        used: dict[int, list[UsedBy]] = {}
        for segment, *campaign in await self._session.execute(_USED, {"segments": segment_ids}):
            used.setdefault(segment, []).append(UsedBy(*campaign))
        return used
