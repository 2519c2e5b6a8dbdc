"""POST /campaigns/{id}/test: the message as it is now, to whoever asks for it and nobody else."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

from bot.channels.base import Channel, Outbound, Verdict, lane_of
from console.frame.frame import Frame
from console.frame.visit import Here, NotThere, Visit
from console.plans.channels import channel_for
from console.plans.previews import glimpses, people_of
from crm_store.campaigns.campaign_reads import CampaignMissing
from crm_store.crm import Crm
from crm_store.model import Languages
from crm_store.plans.plan import Plan
from crm_store.plans.wording import ContentMissing, ValueMissing, WordingBroken
from crm_store.sending.drafting import Addressee, worded
from crm_store.sending.trials import PURPOSE, WITHIN, TrialRefused
from crm_store.staff.audit import Deed
from crm_store.staff.members import StaffMember
from crm_store.talks.lanes import lane_number
from crm_store.talks.outbox import OutboxMessage, Priority

Name = Annotated[str, Form(max_length=40)]
REFUSED = {"customer": "plans.test_of_a_customer", "enough": "plans.test_enough"}


@dataclass(frozen=True)
class Own:
    """An address of a member of staff."""

    channel: str
    address: str


@dataclass(frozen=True)
class _Asked:
    plan: Plan
    own: Own
    sender: Channel
    language: str
    look_as: str


def own_addresses(member: StaffMember) -> list[Own]:
    """Where tests may go: the login, and where they are told of what needs them."""
    found = [Own("email", member.login)] if "@" in member.login else []
    if member.notify_by in ("email", "telegram") and member.notify_address.strip():
        told = Own(member.notify_by, member.notify_address.strip())
        found = [own for own in found if own.channel != told.channel] + [told]
    return found


def trying_routes(router: APIRouter, frame: Frame) -> None:
    @router.post("/campaigns/{campaign_id}/test")
    async def test(visit: Here, campaign_id: int, channel: Name, speech: Name, look_as: Name = "") -> Response:
        here = f"/console/campaigns/{campaign_id}"
        own = next((each for each in own_addresses(visit.staff) if each.channel == channel), None)
        sender = channel_for(frame.house.lanes, channel)
        async with frame.store.transaction() as crm:
            plan = await _plan(crm, campaign_id)
            if own is None or sender is None or speech not in Languages or not _takes(sender, own):
                return frame.go(here, "plans.test_no_address", tone="warn")
            try:
                await _queue(frame, crm, visit, _Asked(plan, own, sender, speech, look_as))
            except TrialRefused as refused:
                return frame.go(here, REFUSED[refused.why], tone="warn")
            except (ContentMissing, ValueMissing, WordingBroken, KeyError):
                return frame.go(here, "plans.test_no_words", tone="warn")
            detail = {"channel": channel, "language": speech}
            crm.audit.note(Deed(visit.staff.id, "tested", "campaign", str(campaign_id), detail), visit.now)
        return frame.go(here, "plans.test_sent", address=own.address)


async def _plan(crm: Crm, campaign_id: int) -> Plan:
    try:
        return await crm.campaigns.plan(campaign_id)
    except CampaignMissing:
        raise NotThere from None


def _takes(sender: Channel, own: Own) -> bool:
    return sender.check(Outbound(0, own.address, "?"), "ok") is Verdict.ALLOWED


async def _queue(frame: Frame, crm: Crm, visit: Visit, asked: _Asked) -> None:
    """Raises `TrialRefused`, and what `worded` raises."""
    await crm.trials.check(asked.own.channel, asked.own.address, visit.staff.id, visit.now)
    lane = lane_of(asked.sender.name, asked.sender.account)
    message = OutboxMessage(
        lane=lane,
        address=asked.own.address,
        purpose=PURPOSE,
        author="house",
        priority=Priority.NOTICE,
        body=await _body(frame, crm, visit, asked),
        queued_at=visit.now,
        expires_at=visit.now + WITHIN,
    )
    crm.outbox.queue(message)
    crm.nudge("outbox", lane_number(lane))


async def _body(frame: Frame, crm: Crm, visit: Visit, asked: _Asked) -> dict[str, Any]:
    """Marked as a test. Quick replies are only shown: a press on one would be nobody's answer."""
    people = await people_of(crm, asked.plan, visit.now)
    glimpse = (await glimpses(crm, asked.plan, people, asked.look_as, visit.now))[asked.language]
    whom = Addressee(0, 0, asked.own.channel, asked.language, False)
    body = worded(asked.plan, whom, glimpse.values(frame, asked.language))
    mark = frame.say(asked.language, "plans.test_mark")
    replies = " · ".join(f"[{choice['label']}]" for choice in body["choices"])
    text = "\n\n".join(part for part in (mark, body["text"], replies) if part)
    return body | {"text": text, "subject": f"{mark} {body['subject']}".strip(), "choices": [], "about": {}}
