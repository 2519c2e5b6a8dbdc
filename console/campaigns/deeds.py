"""POST /campaigns/{id}/…: every move of a campaign, written down and told in words."""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from console.campaigns.page import campaign_of
from console.frame.frame import Frame
from console.frame.visible import plain
from console.frame.visit import Here, Visit
from console.plans.channels import limits_of
from crm_store.campaigns.campaign import Campaign
from crm_store.campaigns.campaigns import By, CampaignChanged
from crm_store.campaigns.moves import MoveRefused, OwnApproval
from crm_store.crm import Crm
from crm_store.people.consent import Purpose
from crm_store.plans.checking import problems
from crm_store.plans.problem import CampaignIncomplete, Problem
from crm_store.plans.starting import first_look
from crm_store.staff.audit import Deed
from scheduler.care.cron import next_cron

HOME = "/console/campaigns"
LONGEST_WHY = 500
RATE = re.compile(r"\d{1,4}(\.\d{1,3})?", re.ASCII)
Why = Annotated[str, Form(max_length=4 * LONGEST_WHY)]
Seen = Annotated[int, Form(ge=0, lt=2**31)]
Act = Callable[[Crm, Campaign, By], Awaitable[Campaign]]


class Deeds:
    """Carries one out: in one transaction with its row in the audit, or says why not."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    async def do(self, visit: Visit, campaign_id: int, action: str, act: Act, why: str = "") -> Response:
        here = f"{HOME}/{campaign_id}"
        by = By(visit.staff.id, visit.now, " ".join(plain(why).split())[:LONGEST_WHY])
        try:
            async with self.frame.store.transaction() as crm:
                campaign = await campaign_of(crm, campaign_id)
                await act(crm, campaign, by)
                deed = Deed(visit.staff.id, action, "campaign", str(campaign_id), {"version": campaign.version})
                crm.audit.note(deed, visit.now)
        except MoveRefused:
            return self.frame.go(here, "campaigns.refused_move", tone="warn")
        except OwnApproval:
            return self.frame.go(here, "campaigns.own_approval", tone="warn")
        except CampaignChanged:
            return self.frame.go(here, "campaigns.changed_meanwhile", tone="warn")
        except CampaignIncomplete as error:
            return self.frame.go(f"{here}/edit", "campaigns.incomplete", tone="bad", n=len(error.problems))
        return self.frame.go(here, f"campaigns.done_{action}")

    async def problems(self, crm: Crm, campaign: Campaign, by: By) -> list[Problem]:
        """Of the newest version, as of now."""
        plan = await crm.campaigns.plan(campaign.id)
        known = await crm.campaign_checks.known(plan, by.at, next_cron)
        return problems(plan, Purpose(campaign.purpose), limits_of(self.frame.house.lanes), known)

    async def submit(self, crm: Crm, campaign: Campaign, by: By) -> Campaign:
        return await crm.campaigns.submit(campaign.id, by, await self.problems(crm, campaign, by))

    async def schedule(self, crm: Crm, campaign: Campaign, by: By) -> Campaign:
        """From its first firing on; one that never fires is refused like one that is incomplete."""
        plan = await crm.campaigns.plan(campaign.id)
        found = await self.problems(crm, campaign, by)
        first = first_look(plan, by.at, self.frame.house.zone.key, next_cron) if not found else None
        never = [Problem("trigger.at", 0, "past")] if first is None and not found else []
        return await crm.campaigns.schedule(campaign.id, by, first or by.at, found + never)


async def _send_back(crm: Crm, campaign: Campaign, by: By) -> Campaign:
    return await crm.campaigns.send_back(campaign.id, by)


async def _pause(crm: Crm, campaign: Campaign, by: By) -> Campaign:
    return await crm.campaigns.pause(campaign.id, by)


async def _resume(crm: Crm, campaign: Campaign, by: By) -> Campaign:
    return await crm.campaigns.resume(campaign.id, by)


async def _cancel(crm: Crm, campaign: Campaign, by: By) -> Campaign:
    return await crm.campaigns.cancel(campaign.id, by)


def _approve(version: int) -> Act:
    """What somebody has read, and nothing else."""

    async def approve(crm: Crm, campaign: Campaign, by: By) -> Campaign:
        approved = await crm.campaigns.approve(campaign.id, by)
        if approved.version != version:
            raise CampaignChanged("version: it was changed since you read it; read it again")
        return approved

    return approve


def deed_routes(router: APIRouter, frame: Frame) -> None:
    deeds = Deeds(frame)
    _approving(router, deeds)
    _running(router, deeds)
    _others(router, deeds)


def _approving(router: APIRouter, deeds: Deeds) -> None:
    @router.post("/campaigns/{campaign_id}/submit")
    async def submit(visit: Here, campaign_id: int) -> Response:
        return await deeds.do(visit, campaign_id, "submitted", deeds.submit)

    @router.post("/campaigns/{campaign_id}/approve")
    async def approve(visit: Here, campaign_id: int, version: Seen) -> Response:
        return await deeds.do(visit, campaign_id, "approved", _approve(version))

    @router.post("/campaigns/{campaign_id}/send-back")
    async def send_back(visit: Here, campaign_id: int, why: Why = "") -> Response:
        if not plain(why).strip():
            return deeds.frame.go(f"{HOME}/{campaign_id}", "campaigns.why_missing", tone="warn")
        return await deeds.do(visit, campaign_id, "sent_back", _send_back, why)


def _running(router: APIRouter, deeds: Deeds) -> None:
    @router.post("/campaigns/{campaign_id}/schedule")
    async def schedule(visit: Here, campaign_id: int) -> Response:
        return await deeds.do(visit, campaign_id, "scheduled", deeds.schedule)

    @router.post("/campaigns/{campaign_id}/pause")
    async def pause(visit: Here, campaign_id: int, why: Why = "") -> Response:
        return await deeds.do(visit, campaign_id, "paused", _pause, why)

    @router.post("/campaigns/{campaign_id}/resume")
    async def resume(visit: Here, campaign_id: int) -> Response:
        return await deeds.do(visit, campaign_id, "resumed", _resume)

    @router.post("/campaigns/{campaign_id}/cancel")
    async def cancel(visit: Here, campaign_id: int, why: Why = "") -> Response:
        return await deeds.do(visit, campaign_id, "cancelled", _cancel, why)


def _others(router: APIRouter, deeds: Deeds) -> None:
    @router.post("/campaigns/{campaign_id}/rate")
    async def rate(visit: Here, campaign_id: int, rate: Annotated[str, Form(max_length=20)] = "") -> Response:
        told = rate.strip().replace(",", ".")
        if told and not (RATE.fullmatch(told) and float(told)):
            return deeds.frame.go(f"{HOME}/{campaign_id}", "campaigns.rate_wrong", tone="warn")

        async def act(crm: Crm, campaign: Campaign, by: By) -> Campaign:
            return await crm.campaigns.set_rate(campaign.id, by, float(told) if told else None)

        return await deeds.do(visit, campaign_id, "paced", act)

    @router.post("/campaigns/{campaign_id}/copy")
    async def copy(visit: Here, campaign_id: int) -> Response:
        async with deeds.frame.store.transaction() as crm:
            await campaign_of(crm, campaign_id)
            made = await crm.campaigns.copy(campaign_id, By(visit.staff.id, visit.now))
            crm.audit.note(Deed(visit.staff.id, "copied", "campaign", str(made.id), {"from": campaign_id}), visit.now)
        return deeds.frame.go(f"{HOME}/{made.id}/edit", "campaigns.copied", name=made.name)
