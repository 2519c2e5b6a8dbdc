"""One campaign: what it says, what differs from what was approved, what is in its way, what happened to it."""

from dataclasses import dataclass
from typing import Any

from console.campaigns.progress import ProgressParts, ahead_of
from console.frame.frame import Frame
from console.frame.visit import NotThere, Visit
from console.live.part import Look
from console.plans.channels import limits_of
from console.plans.looks import Looks
from console.plans.previews import people_of
from console.plans.telling import Telling, names_of
from console.plans.troubles import Trouble
from console.plans.trying import own_addresses
from crm_store.campaigns.campaign import Campaign, CampaignEvent, CampaignState
from crm_store.campaigns.campaign_reads import CampaignMissing
from crm_store.campaigns.moves import possible
from crm_store.crm import Crm
from crm_store.model import Languages
from crm_store.people.consent import Purpose
from crm_store.plans.plan import Plan
from scheduler.care.cron import next_cron


@dataclass(frozen=True)
class Mine:
    """What this member of staff may do. `is_author`: they made or last changed it, so others approve it."""

    moves: frozenset[str]
    is_author: bool


async def campaign_of(crm: Crm, campaign_id: int) -> Campaign:
    """Raises `NotThere`."""
    try:
        return await crm.campaigns.get(campaign_id)
    except CampaignMissing:
        raise NotThere from None


async def mine(crm: Crm, campaign: Campaign, staff_id: int) -> Mine:
    newest = await crm.campaigns.version(campaign.id, campaign.version)
    moves = frozenset(str(move) for move in possible(CampaignState(campaign.state)))
    return Mine(moves, staff_id in (campaign.made_by, newest.made_by))


async def troubles_of(frame: Frame, crm: Crm, campaign: Campaign, plan: Plan, visit: Visit) -> tuple[Trouble, ...]:
    """Of its newest version, as of now."""
    known = await crm.campaign_checks.known(plan, visit.now, next_cron)
    limits = limits_of(frame.house.lanes)
    return Looks(frame, visit.language).troubles(plan, Purpose(campaign.purpose), limits, known, [])


class CampaignPage:
    """Puts the page together."""

    def __init__(self, frame: Frame, progress: ProgressParts) -> None:
        self._frame = frame
        self._progress = progress

    async def values(self, crm: Crm, campaign_id: int, visit: Visit) -> dict[str, Any]:
        """Raises `NotThere`."""
        campaign = await campaign_of(crm, campaign_id)
        plan = await crm.campaigns.plan(campaign_id)
        looks = Looks(self._frame, visit.language)
        return {
            **await self.head(crm, campaign, visit.language, visit.staff.id),
            **await self._progress.values(crm, campaign, visit.language, visit.now),
            **await self._plan(crm, campaign, plan, visit),
            **await self._history(crm, campaign),
            "troubles": await troubles_of(self._frame, crm, campaign, plan, visit),
            "coming": looks.firings(plan, visit.now),
            "own": own_addresses(visit.staff),
            "testers": await people_of(crm, plan, visit.now),
            "ahead": await ahead_of(crm, campaign_id, visit.now),
            "languages": Languages,
        }

    async def head(self, crm: Crm, campaign: Campaign, language: str, staff_id: int) -> dict[str, Any]:
        """What changes with every move; for its live part, too."""
        return {"campaign": campaign, "mine": await mine(crm, campaign, staff_id)}

    async def live_head(self, look: Look) -> str:
        async with self._frame.store.reading() as crm:
            try:
                campaign = await crm.campaigns.get(look.number)
            except CampaignMissing:
                return ""
            values = await self.head(crm, campaign, look.language, look.scope.staff_id)
        return self._frame.part(look.language, "campaigns/deeds.html", **values)

    async def _plan(self, crm: Crm, campaign: Campaign, plan: Plan, visit: Visit) -> dict[str, Any]:
        approved = campaign.approved_version
        before = await crm.campaigns.plan(campaign.id, approved) if approved else plan
        telling = Telling(self._frame, visit.language, await names_of(crm, plan, before))
        contents = {(each.language, each.channel): each for each in plan.contents}
        channels = ["*", *(name for _, name in contents if name != "*")]
        return {
            "plan": plan,
            "facts": telling.facts(plan),
            "when": telling.moments.trigger(plan),
            "contents": contents,
            "spoken": list(dict.fromkeys(channels)),
            "differences": telling.differences(before, plan) if approved else [],
        }

    async def _history(self, crm: Crm, campaign: Campaign) -> dict[str, Any]:
        events: list[CampaignEvent] = await crm.campaigns.events(campaign.id)
        newest = await crm.campaigns.version(campaign.id, campaign.version)
        staff = {each.staff_id for each in events} | {campaign.made_by, newest.made_by}
        return {
            "events": list(reversed(events)),
            "names": await crm.staff.names([each for each in staff if each]),
            "newest": newest,
        }
