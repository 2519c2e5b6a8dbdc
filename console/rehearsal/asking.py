"""What somebody wants to rehearse: which version, from when on, compared with which other rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from console.campaigns.page import campaign_of
from console.frame.frame import Frame
from console.frame.visit import Visit
from console.plans.moments import Moments
from console.rehearsal.changes import RuleChange, chosen, offered
from crm_store.campaigns.campaign import Campaign, CampaignVersion
from crm_store.crm import Crm
from crm_store.decision.message import Policy
from crm_store.decision.policy_text import definition_of
from crm_store.people.consent import Purpose
from crm_store.plans.plan import Once, OnEvent, Plan
from crm_store.plans.triggers import next_firing
from crm_store.plans.walls import instant_of
from crm_store.rehearsals.rehearsals import Order
from scheduler.care.cron import next_cron
from scheduler.care.rehearsing import Wanted

LATEST = 366 * 2
"""Days ahead: so far nobody knows who will be a member."""


class Typed(BaseModel):
    """As it was filled in. `at`: a wall-clock time of the shop, empty for now. `change`: the key of a `RuleChange`."""

    version: str = Field("", max_length=10)
    at: str = Field("", max_length=30)
    change: str = Field("", max_length=60)


@dataclass(frozen=True)
class Sheet:
    """What may be chosen of one campaign, and what was typed. `fires`: the next time in words, empty for none."""

    campaign: Campaign
    versions: Sequence[CampaignVersion]
    plan: Plan
    policy: Policy
    changes: Sequence[RuleChange]
    typed: Typed
    fires: str

    @property
    def purpose(self) -> Purpose:
        return Purpose(self.campaign.purpose)

    @property
    def version(self) -> int:
        return int(self.typed.version)


async def sheet_of(frame: Frame, crm: Crm, visit: Visit, campaign_id: int, typed: Typed) -> Sheet:
    """A version that is not there is the newest. Raises `NotThere`."""
    campaign = await campaign_of(crm, campaign_id)
    versions = await crm.campaigns.versions(campaign_id)
    row = next((each for each in versions if str(each.version) == typed.version.strip()), versions[0])
    plan, policy = Plan.model_validate(row.plan), await crm.contact_policies.current()
    typed = typed.model_copy(update={"version": str(row.version)})
    changes = offered(policy, Purpose(campaign.purpose), plan.channels)
    moments = Moments(frame.texts, visit.language, frame.house.zone)
    firing = next_firing(plan.trigger, visit.now, frame.house.zone.key, next_cron, plan.expires_after)
    fires = moments.firing(firing, plan) if firing is not None else ""
    return Sheet(campaign, versions, plan, policy, changes, typed, fires)


def problems_of(sheet: Sheet, frame: Frame, now: datetime) -> dict[str, str]:
    """By field, the text that says what is wrong with it."""
    found = {}
    at = _moment(frame, sheet.typed.at)
    if sheet.typed.at.strip() and at is None:
        found["at"] = "rehearsal.problem_no_time"
    elif at is not None and at < now.replace(second=0, microsecond=0):
        found["at"] = "rehearsal.problem_past"
    elif at is not None and (at - now).days > LATEST:
        found["at"] = "rehearsal.problem_far"
    if sheet.typed.change and _change(sheet) is None:
        found["change"] = "rehearsal.problem_change"
    return found


def ordered(sheet: Sheet, frame: Frame, visit: Visit) -> tuple[Order, Wanted]:
    """What is kept, and what is carried out. What goes once is rehearsed as if it were set to that time."""
    at, change = _moment(frame, sheet.typed.at), _change(sheet)
    asked: dict[str, Any] = {"version": sheet.version, "at": at.isoformat() if at else None}
    if change is not None:
        told = {"text": change.text, "values": change.values}
        asked |= {"change": change.key, "told": told, "other": definition_of(change.policy)}
    plan = plan_as(sheet.plan, asked, frame.house.zone)
    wanted = Wanted(
        plan=plan,
        purpose=sheet.purpose,
        at=visit.now if at is None or isinstance(plan.trigger, Once) else max(at, visit.now),
        policy=sheet.policy,
        other=replace(change.policy, version=sheet.policy.version) if change else None,
        campaign_id=sheet.campaign.id,
    )
    return Order(visit.staff.id, sheet.campaign.id, asked), wanted


def plan_as(plan: Plan, asked: dict[str, Any], zone: ZoneInfo) -> Plan:
    """The plan as it was rehearsed: what goes once, set to the time that was asked about."""
    if not asked.get("at") or not isinstance(plan.trigger, Once):
        return plan
    wall = datetime.fromisoformat(asked["at"]).astimezone(zone).replace(tzinfo=None)
    return plan.model_copy(update={"trigger": plan.trigger.model_copy(update={"at": wall})})


def typed_of(asked: dict[str, Any], frame: Frame) -> Typed:
    """The form as it was when this was asked."""
    at = datetime.fromisoformat(asked["at"]).astimezone(frame.house.zone) if asked.get("at") else None
    said = f"{at:%Y-%m-%dT%H:%M}" if at else ""
    return Typed(version=str(asked["version"]), at=said, change=asked.get("change", ""))


def hint_of(sheet: Sheet) -> str:
    """The text that says what the time means for this trigger, or that there is none."""
    trigger = sheet.plan.trigger
    if isinstance(trigger, OnEvent):
        return "rehearsal.at_event"
    if isinstance(trigger, Once):
        once = "once" if sheet.fires else "over" if trigger.at is not None else "open"
        return f"rehearsal.at_{once}"
    return "rehearsal.at_hint" if sheet.fires else "rehearsal.at_never"


def _change(sheet: Sheet) -> RuleChange | None:
    return chosen(sheet.policy, sheet.purpose, sheet.plan.channels, sheet.typed.change)


def _moment(frame: Frame, text: str) -> datetime | None:
    """A wall-clock time of the shop; None for what is none."""
    try:
        wall = datetime.fromisoformat(text.strip())
        return instant_of(wall, frame.house.zone) if wall.tzinfo is None and wall.year < 9000 else None
    except (ValueError, OverflowError):
        return None
