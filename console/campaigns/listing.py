"""The list of campaigns: by state and purpose, what fires next, how far those that run have come."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

from console.frame.frame import Frame
from console.live.part import Look
from console.plans.moments import Moments
from crm_store.campaigns.campaign import Campaign, CampaignState
from crm_store.campaigns.moves import ENDED
from crm_store.crm import Crm
from crm_store.people.consent import Purpose
from crm_store.planning.progress import Brief
from crm_store.plans.plan import Plan

OPEN, OVER = "open", "ended"
VIEWS = (OPEN, *(state for state in CampaignState if state not in ENDED), OVER)


@dataclass(frozen=True)
class Line:
    """One campaign of the list."""

    campaign: Campaign
    when: str
    maker: str
    brief: Brief | None

    @property
    def share(self) -> float:
        """Of those it goes to, how many it has gone to."""
        whole = self.brief.out + self.brief.ahead if self.brief else 0
        return self.brief.out / whole if self.brief and whole else 0.0


class Listing:
    """Reads and renders the list."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    async def values(self, crm: Crm, language: str, view: str, purpose: str, now: datetime) -> dict[str, Any]:
        """For the page and its live part."""
        view, purpose = view if view in VIEWS else OPEN, purpose if purpose in set(Purpose) else ""
        everything = await crm.campaigns.listed()
        fitting = [(campaign, plan) for campaign, plan in everything if purpose in ("", campaign.purpose)]
        chosen = [(campaign, plan) for campaign, plan in fitting if _in(view, campaign)]
        return {
            "lines": await self._lines(crm, language, chosen, now),
            "counts": {each: sum(_in(each, campaign) for campaign, _ in fitting) for each in VIEWS},
            "purposes": Counter(campaign.purpose for campaign, _ in everything),
            "view": view,
            "purpose": purpose,
            "argument": urlencode({"view": view, "purpose": purpose}),
            "any": bool(everything),
        }

    async def _lines(
        self, crm: Crm, language: str, chosen: Sequence[tuple[Campaign, Plan]], now: datetime
    ) -> list[Line]:
        moments = Moments(self._frame.texts, language, self._frame.house.zone)
        names = await crm.staff.names([campaign.made_by for campaign, _ in chosen if campaign.made_by])
        going = [each.id for each, _ in chosen if each.state in (CampaignState.RUNNING, CampaignState.PAUSED)]
        briefs = await crm.progress.briefs(going, now)
        return [
            Line(each, moments.trigger(plan), names.get(each.made_by or 0, ""), briefs.get(each.id))
            for each, plan in chosen
        ]

    async def live(self, look: Look) -> str:
        asked = parse_qs(look.argument)
        view, purpose = asked.get("view", [OPEN])[0], asked.get("purpose", [""])[0]
        async with self._frame.store.reading() as crm:
            values = await self.values(crm, look.language, view, purpose, look.now)
        return self._frame.part(look.language, "campaigns/list.html", **values)


def _in(view: str, campaign: Campaign) -> bool:
    if view == OPEN:
        return campaign.state not in ENDED
    return campaign.state in ENDED if view == OVER else campaign.state == view
