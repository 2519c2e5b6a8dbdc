"""The editor's page: the campaign, what may be chosen, the form as it was typed, and a look at it."""

from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from console.frame.frame import Frame
from console.frame.visit import NotThere, Visit
from console.plans.form import LONGEST_NAME, LONGEST_TEXT, NUMBERS, Written, spots, typed
from console.plans.looks import Looked, Looks, lanes_of, offered_channels
from console.plans.offers import WrittenOffer
from console.plans.troubles import Trouble
from console.plans.when import KINDS, WEEKDAYS
from crm_store.campaigns.campaign import Campaign
from crm_store.campaigns.campaign_reads import CampaignMissing
from crm_store.campaigns.coupon_offers import CouponOffer
from crm_store.campaigns.moves import Move, possible
from crm_store.crm import Crm
from crm_store.decision.message import Late
from crm_store.model import Languages
from crm_store.plans.checking import EVENTS
from crm_store.plans.festivals import PERSONAL, festivals
from crm_store.plans.plan import Plan
from crm_store.plans.variables import variables
from crm_store.segments.segments import Listed

OCCASIONS = (*sorted(PERSONAL), *sorted(festivals()))


@dataclass(frozen=True)
class Sheet:
    """`plan` is the newest version as it is kept; `written` what the form shows."""

    campaign: Campaign
    plan: Plan
    written: Written
    segments: tuple[Listed, ...]
    offers: tuple[CouponOffer, ...]

    @property
    def may_change(self) -> bool:
        return Move.CHANGE in possible(self.campaign.state)  # type: ignore[arg-type]

    def typed(self, written: Written) -> "Sheet":
        return replace(self, written=written)


async def read_sheet(crm: Crm, campaign_id: int) -> Sheet:
    """Raises `NotThere`."""
    try:
        campaign = await crm.campaigns.get(campaign_id)
        plan = await crm.campaigns.plan(campaign_id)
    except CampaignMissing:
        raise NotThere from None
    segments, offers = await crm.segments.all(), await crm.coupon_offers.all()
    written = typed(campaign.name, campaign.version, plan)
    if plan.segment_id is not None and plan.segment_id not in {each.segment.id for each in segments}:
        segments += [each for each in await crm.segments.all(archived=True) if each.segment.id == plan.segment_id]
    return Sheet(campaign, plan, written, tuple(segments), tuple(offers))


async def looked_at(frame: Frame, crm: Crm, visit: Visit, sheet: Sheet) -> Looked:
    return await Looks(frame, visit.language).of(crm, sheet.campaign, sheet.written, sheet.plan, visit.now)


def shown(frame: Frame, request: Request, sheet: Sheet, looked: Looked, status: int = 200, **more: Any) -> Response:
    """The page. `more`: `theirs`, `problems` of the name."""
    return frame.page(request, "plans/editor.html", status, **known(frame, sheet, looked), **{**_NOTHING, **more})


_NOTHING: dict[str, Any] = {"theirs": None, "name_problem": "", "refused": ""}


def known(frame: Frame, sheet: Sheet, looked: Looked) -> dict[str, Any]:
    """What every template of the editor is told."""
    channels = offered_channels(frame, looked.plan)
    anchors = Looks(frame, "en").anchors(channels)
    return {
        "sheet": sheet,
        "campaign": sheet.campaign,
        "written": sheet.written,
        "looked": looked,
        "channels": channels,
        "connected": lanes_of(frame),
        "anchors": anchors,
        "elsewhere": _elsewhere(looked, anchors),
        "languages": Languages,
        "spots": spots(channels),
        "choices": {
            "kinds": KINDS,
            "weekdays": WEEKDAYS,
            "occasions": OCCASIONS,
            "events": sorted(EVENTS),
            "lates": Late,
        },
        "variables": variables(),
        "numbers": NUMBERS,
        "longest": LONGEST_TEXT,
        "longest_name": LONGEST_NAME,
        "offer": WrittenOffer(),
        "offer_problem": None,
    }


def _elsewhere(looked: Looked, anchors: list[str]) -> list[Trouble]:
    """Those that have no place of their own."""
    return [trouble for trouble in looked.troubles if trouble.anchor not in anchors]
