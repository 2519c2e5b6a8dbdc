"""What every write to a campaign has in common: its row held, its event written down, its version kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.campaigns.campaign import Campaign, CampaignEvent, CampaignState, CampaignVersion
from crm_store.campaigns.campaign_reads import CampaignReads, there
from crm_store.campaigns.moves import Move, moved
from crm_store.errors import CareLoopError
from crm_store.plans.plan import Plan

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('campaigns.name'))")


class CampaignNameTaken(CareLoopError):
    """Another campaign has this name, or it is empty; choose another."""

    code = "campaign_name_taken"


@dataclass(frozen=True)
class By:
    """Who does it and when; nobody when the clock does. `why`: a few words for whoever reads the history."""

    staff_id: int | None
    at: datetime
    why: str = ""


class CampaignWrites(CampaignReads):
    """The steps that writes are made of, inside one transaction."""

    def __init__(self, session: AsyncSession, nudge: Callable[[str, int], None]) -> None:
        super().__init__(session)
        self._nudge = nudge

    def _move(self, campaign: Campaign, move: Move, by: By) -> None:
        before = CampaignState(campaign.state)
        campaign.state = moved(before, move)
        self._note(campaign, move, by, {"from": before, "to": campaign.state})
        self._nudge("care", 0)

    def _note(self, campaign: Campaign, kind: str, by: By, detail: dict[str, Any] | None = None) -> None:
        told = {**(detail or {}), **({"why": by.why} if by.why else {})}
        row = {"campaign_id": campaign.id, "version": campaign.version, "kind": kind, "detail": told}
        self._session.add(CampaignEvent(**row, at=by.at, staff_id=by.staff_id))
        campaign.changed_at = by.at
        self._nudge("campaign", campaign.id)

    async def _written(self, campaign: Campaign, plan: Plan, by: By) -> None:
        """The next version of it."""
        campaign.version += 1
        await self._session.flush()
        version = {"campaign_id": campaign.id, "version": campaign.version, "plan": plan.model_dump(mode="json")}
        self._session.add(CampaignVersion(**version, made_by=by.staff_id, made_at=by.at))
        await self._session.flush()

    async def _held(self, campaign_id: int) -> Campaign:
        """The row as it is now, ours until the transaction ends."""
        asked = select(Campaign).where(Campaign.id == campaign_id).with_for_update()
        return there(await self._session.scalar(asked.execution_options(populate_existing=True)))

    async def _free(self, name: str, mine: int = 0) -> str:
        """The name without blanks around it, when no other campaign has it."""
        await self._session.execute(_ONE_AT_A_TIME)
        taken = await self._session.scalar(
            select(Campaign.id).where(Campaign.name == name.strip(), Campaign.id != mine)
        )
        if taken or not name.strip():
            raise CampaignNameTaken("name: it is empty, or another campaign has it; choose another")
        return name.strip()

    async def _unused(self, name: str) -> str:
        """The name, or the first of "name 2", "name 3" … that no campaign has."""
        await self._session.execute(_ONE_AT_A_TIME)
        taken = set(await self._session.scalars(select(Campaign.name).where(Campaign.name.startswith(name))))
        numbered = (f"{name} {number}" for number in range(2, len(taken) + 3))
        return next(each for each in (name, *numbered) if each not in taken)
