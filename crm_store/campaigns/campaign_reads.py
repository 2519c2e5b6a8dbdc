"""Reading campaigns: the rows, what their versions say, what happened to them, which of them want a look."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.campaigns.campaign import Campaign, CampaignEvent, CampaignState, CampaignVersion
from crm_store.errors import CareLoopError
from crm_store.plans.plan import Plan

AWAKE = (CampaignState.SCHEDULED, CampaignState.RUNNING)


class CampaignMissing(CareLoopError):
    """There is no campaign of this number, or none of this version; read the list again."""

    code = "campaign_missing"


class CampaignReads:
    """Reads of campaigns inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> list[Campaign]:
        """Last changed first."""
        return await self._rows(select(Campaign).order_by(Campaign.changed_at.desc(), Campaign.id))

    async def listed(self) -> list[tuple[Campaign, Plan]]:
        """Each with what its newest version says, last changed first."""
        newest = (CampaignVersion.campaign_id == Campaign.id) & (CampaignVersion.version == Campaign.version)
        asked = select(Campaign, CampaignVersion.plan).join(CampaignVersion, newest)
        rows = await self._session.execute(asked.order_by(Campaign.changed_at.desc(), Campaign.id))
        return [(campaign, Plan.model_validate(plan)) for campaign, plan in rows]

    async def with_state(self, *states: CampaignState) -> list[Campaign]:
        """Those in one of `states`, by id."""
        return await self._rows(select(Campaign).where(Campaign.state.in_(states)).order_by(Campaign.id))

    async def get(self, campaign_id: int) -> Campaign:
        """Raises `CampaignMissing`."""
        return there(await self._session.get(Campaign, campaign_id))

    async def plan(self, campaign_id: int, version: int | None = None) -> Plan:
        """What it says in this version, or in its newest; raises `CampaignMissing`."""
        version = version if version is not None else (await self.get(campaign_id)).version
        return Plan.model_validate((await self.version(campaign_id, version)).plan)

    async def version(self, campaign_id: int, version: int) -> CampaignVersion:
        """Raises `CampaignMissing`."""
        return there(await self._session.get(CampaignVersion, (campaign_id, version)))

    async def versions(self, campaign_id: int) -> list[CampaignVersion]:
        """Newest first."""
        asked = select(CampaignVersion).filter_by(campaign_id=campaign_id)
        return await self._rows(asked.order_by(CampaignVersion.version.desc()))

    async def events(self, campaign_id: int) -> list[CampaignEvent]:
        """Oldest first."""
        asked = select(CampaignEvent).filter_by(campaign_id=campaign_id)
        return await self._rows(asked.order_by(CampaignEvent.id))

    async def due(self, now: datetime) -> list[tuple[Campaign, Plan]]:
        """Scheduled and running ones whose trigger wants a look at `now`, with the approved plan; longest due first."""
        rows = await self._session.execute(
            select(Campaign, CampaignVersion.plan)
            .join(CampaignVersion, CampaignVersion.campaign_id == Campaign.id)
            .where(CampaignVersion.version == Campaign.approved_version, Campaign.next_at <= now)
            .where(Campaign.state.in_(AWAKE))
            .order_by(Campaign.next_at, Campaign.id)
        )
        return [(campaign, Plan.model_validate(plan)) for campaign, plan in rows]

    async def _rows[Row](self, asked: Select[Row]) -> list[Row]:
        return list((await self._session.scalars(asked)).all())


def there[Row](row: Row | None, named: str = "campaign") -> Row:
    """The row, or `CampaignMissing`."""
    if row is None:
        raise CampaignMissing(f"{named}: there is none of this number and version; read the list again")
    return row
