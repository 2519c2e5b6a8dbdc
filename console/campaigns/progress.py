"""How far a campaign has come, live: planned, sent, waiting and why, what each lane has left and for how long."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.frame.frame import Frame
from console.live.part import Look
from console.plans.moments import Moments
from crm_store.campaigns.campaign import Campaign, CampaignState
from crm_store.campaigns.campaign_reads import CampaignMissing
from crm_store.crm import Crm
from crm_store.planning.occurrences import Occurrence
from crm_store.planning.progress import AHEAD, OPEN, FiringProgress, LaneLoad, by_lane
from crm_store.planning.touches import TouchState
from crm_store.plans.plan import Plan
from crm_store.plans.triggers import Firing
from crm_store.sending.letter import Letter
from crm_store.talks.lanes import Lane

STATES = (
    *(TouchState.SENT, TouchState.SENDING, TouchState.UNKNOWN, TouchState.FAILED, TouchState.WAITING),
    *(TouchState.PARKED, TouchState.SUPPRESSED, TouchState.HOLDOUT, TouchState.CANCELLED),
)
"""What is out first, then what is ahead, then what never goes."""
TONES = {
    TouchState.SENT: "brand",
    TouchState.SENDING: "plain",
    TouchState.WAITING: "brass",
    TouchState.PARKED: "brass",
    TouchState.UNKNOWN: "bad",
    TouchState.FAILED: "bad",
}
"""Of the bar; whatever else there is, is pale."""
FEW = 8


@dataclass(frozen=True)
class LaneView:
    """`minutes` until what is due is sent; None when it stands still. `rate` a second at most, `stands`: why not."""

    load: LaneLoad
    rate: float
    minutes: int | None
    stands: str


@dataclass(frozen=True)
class FiringView:
    """One firing with what it is called."""

    progress: FiringProgress
    name: str
    is_open: bool
    pieces: list[tuple[str, str, int, float, float]]


class ProgressParts:
    """Reads and renders the live parts of one campaign."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    async def values(self, crm: Crm, campaign: Campaign, language: str, now: datetime) -> dict[str, Any]:
        """For the page and its live part."""
        plan = await crm.campaigns.plan(campaign.id, campaign.approved_version or campaign.version)
        firings = await crm.progress.of(campaign.id, now)
        unknown = [each for each in firings if TouchState.UNKNOWN in each.by_state()]
        letters = await crm.sending.unknown(campaign.id, FEW) if unknown else []
        states = {state: sum(each.within([state]) for each in firings) for state in STATES}
        views = [self._view(each, plan, language) for each in firings]
        return {
            "campaign": campaign,
            "firings": views,
            "tones": {str(state): TONES.get(state, "pale") for state in STATES},
            "states": states,
            "people": sum(states.values()),
            "reasons": _reasons(firings),
            "pieces": _pieces(states),
            "lanes": await self._lanes(crm, campaign, firings),
            "planning": [
                (each, each.progress.stands_since(now))
                for each in views
                if each.progress.occurrence.state in ("due", "planning")
            ],
            "unknown": sum(each.within([TouchState.UNKNOWN]) for each in firings),
            "unknown_people": await _named(crm, letters),
        }

    async def live(self, look: Look) -> str:
        async with self._frame.store.reading() as crm:
            try:
                campaign = await crm.campaigns.get(look.number)
            except CampaignMissing:
                return ""
            values = await self.values(crm, campaign, look.language, look.now)
        return self._frame.part(look.language, "campaigns/progress.html", **values)

    async def waiting(self, look: Look) -> str:
        """How many a cancel would concern."""
        async with self._frame.store.reading() as crm:
            ahead = await ahead_of(crm, look.number, look.now)
        return self._frame.part(look.language, "campaigns/ahead.html", campaign_id=look.number, ahead=ahead)

    def _view(self, each: FiringProgress, plan: Plan, language: str) -> FiringView:
        moments = Moments(self._frame.texts, language, self._frame.house.zone)
        name = moments.firing(_firing(each.occurrence), plan)
        return FiringView(each, name, each.occurrence.state in OPEN, _pieces(each.by_state()))

    async def _lanes(self, crm: Crm, campaign: Campaign, firings: list[FiringProgress]) -> list[LaneView]:
        going = [each for each in firings if each.occurrence.state in OPEN]
        rows = {lane.name: lane for lane in await crm.lanes.all()}
        return [self._lane(load, rows.get(load.lane), campaign) for load in by_lane(going)]

    def _lane(self, load: LaneLoad, row: Lane | None, campaign: Campaign) -> LaneView:
        channel = self._frame.house.lanes.get(load.lane)
        rates = [channel.capabilities.rate if channel else None, row.rate if row else None, campaign.rate]
        rate = min((each for each in rates if each is not None), default=1.0)
        stands = _stands(channel is not None, row, campaign)
        minutes = None if stands else math.ceil(load.due / rate / 60)
        return LaneView(load, rate, minutes, stands)


async def ahead_of(crm: Crm, campaign_id: int, now: datetime) -> int:
    """How many wait, for their hour or for a word of theirs."""
    brief = (await crm.progress.briefs([campaign_id], now)).get(campaign_id)
    return sum(brief.states.get(state, 0) for state in AHEAD - {TouchState.SENDING}) if brief else 0


async def _named(crm: Crm, letters: list[Letter]) -> list[tuple[int, int, str]]:
    """Firing, customer and name of each."""
    names = await crm.recipients.names([letter.customer_id for letter in letters])
    return [(each.occurrence_id, each.customer_id, names.get(each.customer_id, "–")) for each in letters]


def _stands(is_here: bool, row: Lane | None, campaign: Campaign) -> str:
    """Why nothing leaves by it; empty when it does."""
    if campaign.state == CampaignState.PAUSED:
        return "paused"
    if row is not None and row.halted:
        return "halted"
    if row is not None and row.care_paused:
        return "lane_paused"
    return "" if is_here else "not_connected"


def _firing(occurrence: Occurrence) -> Firing:
    return Firing(occurrence.key, occurrence.due_at, occurrence.expires_at, occurrence.day)


def _reasons(firings: list[FiringProgress]) -> list[tuple[str, str, int]]:
    """State, reason and people of all that did not go or not yet, most people first."""
    found: dict[tuple[str, str], int] = {}
    for heap in (heap for each in firings for heap in each.heaps if heap.state != TouchState.SENT):
        found[heap.state, heap.reason] = found.get((heap.state, heap.reason), 0) + heap.people
    return sorted(((state, reason, people) for (state, reason), people in found.items()), key=lambda row: -row[2])


def _pieces(states: dict[Any, int]) -> list[tuple[str, str, int, float, float]]:
    """State, tone, people, and where its piece of a bar of 100 begins and how wide it is."""
    whole, at, found = sum(states.values()), 0.0, []
    for state in STATES if whole else ():
        people = states.get(state, 0)
        if people:
            width = people / whole * 100
            found.append((str(state), TONES.get(state, "pale"), people, round(at, 2), round(width, 2)))
            at += width
    return found
