"""Campaigns: what a marketer sets up, moves from draft to done, and may stop at any moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import text

from crm_store.campaigns.campaign import Campaign, CampaignEvent, CampaignState, CampaignVersion
from crm_store.campaigns.campaign_reads import CampaignMissing
from crm_store.campaigns.campaign_writes import By, CampaignNameTaken, CampaignWrites
from crm_store.campaigns.event_firings import event_firing
from crm_store.campaigns.moves import Move, check_approver
from crm_store.campaigns.value_rows import Fired
from crm_store.campaigns.values import Missing, Values
from crm_store.errors import CareLoopError
from crm_store.model import in_language
from crm_store.people.consent import Purpose
from crm_store.plans.plan import OnEvent, Plan
from crm_store.plans.problem import Problem, complete
from crm_store.plans.programmes import programme
from crm_store.plans.triggers import Firing

__all__ = [
    "By",
    "Campaign",
    "CampaignChanged",
    "CampaignEvent",
    "CampaignMissing",
    "CampaignNameTaken",
    "CampaignState",
    "CampaignVersion",
    "Campaigns",
    "NewCampaign",
    "RateRefused",
]
FASTEST = 10_000
EMPTY = Plan()
_NEWEST_EVENT = text("select coalesce(max(id), 0) from care_events")


class CampaignChanged(CareLoopError):
    """Somebody else has changed the campaign since it was read; read it again."""

    code = "campaign_changed"


class RateRefused(CareLoopError):
    """A rate is a number of messages a second above 0, or none."""

    code = "campaign_rate_refused"


@dataclass(frozen=True)
class NewCampaign:
    """What a campaign begins with. `programme`: the ready-made one it comes from."""

    name: str
    purpose: Purpose
    plan: Plan = EMPTY
    programme: str | None = None


class Campaigns(CampaignWrites):
    """Reads and writes of campaigns inside one transaction. Every move leaves a `CampaignEvent`.

    Each write takes the row until the transaction ends, and raises `CampaignMissing`; each move raises `MoveRefused`.
    """

    async def make(self, new: NewCampaign, by: By) -> Campaign:
        """A draft; raises `CampaignNameTaken`."""
        campaign = Campaign(
            name=await self._free(new.name),
            purpose=new.purpose,
            programme=new.programme,
            state=CampaignState.DRAFT,
            version=0,
            made_by=by.staff_id,
            made_at=by.at,
            changed_at=by.at,
        )
        self._session.add(campaign)
        await self._written(campaign, new.plan, by)
        self._note(campaign, "made", by)
        return campaign

    async def from_programme(self, name: str, segment_id: int | None, by: By, language: str = "en") -> Campaign:
        """A draft of a ready-made one, named after it in `language`; raises `ProgrammeUnknown`."""
        ready = programme(name)
        plan = ready.plan.model_copy(update={"segment_id": segment_id})
        title = await self._unused(in_language(ready.title, language))
        return await self.make(NewCampaign(title, ready.purpose, plan, name), by)

    async def copy(self, campaign_id: int, by: By) -> Campaign:
        """A draft that says what the newest version of this one says, under a name of its own."""
        other = await self.get(campaign_id)
        new = NewCampaign(await self._unused(other.name), Purpose(other.purpose), await self.plan(campaign_id))
        return await self.make(replace(new, programme=other.programme), by)

    async def change(self, campaign_id: int, plan: Plan, by: By, seen: int | None = None) -> Campaign:
        """A new version and back to draft, or as it was when nothing changes. `seen`: the version that was read.

        One that runs is paused first. Raises `CampaignChanged`.
        """
        campaign = await self._held(campaign_id)
        if seen is not None and seen != campaign.version:
            raise CampaignChanged("version: somebody else has changed this campaign; read it again")
        if plan == await self.plan(campaign_id):
            return campaign
        self._move(campaign, Move.CHANGE, by)
        campaign.next_at = None
        await self._written(campaign, plan, by)
        return campaign

    async def rename(self, campaign_id: int, name: str, by: By) -> Campaign:
        """Another name for it; what it says stays approved. Raises `CampaignNameTaken`."""
        campaign = await self._held(campaign_id)
        before, campaign.name = campaign.name, await self._free(name, campaign_id)
        self._note(campaign, "renamed", by, {"from": before, "to": campaign.name})
        return campaign

    async def submit(self, campaign_id: int, by: By, problems: Sequence[Problem] = ()) -> Campaign:
        """Ask somebody else to read it; raises `CampaignIncomplete` for what `problems` of its newest version say."""
        complete(problems)
        return await self._one(campaign_id, Move.SUBMIT, by)

    async def approve(self, campaign_id: int, by: By) -> Campaign:
        """Its newest version may be sent; raises `OwnApproval` for whoever made or last changed it."""
        campaign = await self._held(campaign_id)
        newest = await self.version(campaign_id, campaign.version)
        check_approver(by.staff_id, (campaign.made_by, newest.made_by))
        self._move(campaign, Move.APPROVE, by)
        campaign.approved_version = campaign.version
        return campaign

    async def send_back(self, campaign_id: int, by: By) -> Campaign:
        """Not like this; `by.why` says what to change."""
        campaign = await self._one(campaign_id, Move.SEND_BACK, by)
        campaign.next_at = None
        return campaign

    async def schedule(self, campaign_id: int, by: By, next_at: datetime, problems: Sequence[Problem] = ()) -> Campaign:
        """From now on its trigger counts. `next_at`: its first firing; `by.at` for one that listens to events.

        What happened before it was first scheduled is no reason to write. Raises
        `CampaignIncomplete`: what could be sent when it was approved may have passed since.
        """
        complete(problems)
        campaign = await self._one(campaign_id, Move.SCHEDULE, by)
        campaign.next_at = next_at
        if isinstance((await self.plan(campaign_id)).trigger, OnEvent) and not campaign.cursor:
            campaign.cursor = await self._session.scalar(_NEWEST_EVENT) or 0
        return campaign

    async def begin(self, campaign_id: int, now: datetime) -> Campaign:
        """The clock starts it, with its first firing."""
        return await self._one(campaign_id, Move.BEGIN, By(None, now))

    async def pause(self, campaign_id: int, by: By) -> Campaign:
        """Nothing of it goes out until it is resumed; what waits, waits until it expires."""
        return await self._one(campaign_id, Move.PAUSE, by)

    async def resume(self, campaign_id: int, by: By) -> Campaign:
        """On it goes, with what has not expired meanwhile."""
        return await self._one(campaign_id, Move.RESUME, by)

    async def cancel(self, campaign_id: int, by: By) -> Campaign:
        """Nothing of it goes out any more, for good."""
        campaign = await self._one(campaign_id, Move.CANCEL, by)
        campaign.next_at = None
        return campaign

    async def finish(self, campaign_id: int, now: datetime) -> Campaign:
        """It has fired for the last time, and everything of it has ended."""
        campaign = await self._one(campaign_id, Move.FINISH, By(None, now))
        campaign.next_at = None
        return campaign

    async def await_next(self, campaign_id: int, next_at: datetime | None, cursor: int = 0) -> None:
        """With a firing, in the same transaction: when its trigger wants the next look, and the last event taken."""
        campaign = await self._held(campaign_id)
        campaign.next_at, campaign.cursor = next_at, max(campaign.cursor, cursor)

    async def event_firing(self, campaign: Campaign, plan: Plan, now: datetime) -> Firing | None:
        """The next range of care events it listens to; None when there is none, or its trigger is another one.

        To be fired in this transaction, and `await_next` told of `last_event`; then asked for again.
        """
        if not isinstance(plan.trigger, OnEvent):
            return None
        held = await self._held(campaign.id)
        return await event_firing(self._session, held, plan.trigger, now, plan.expires_after)

    async def values_of(
        self, fired: Fired, plan: Plan, customers: Mapping[int, str] | Sequence[int], now: datetime
    ) -> dict[int, dict[str, str] | Missing]:
        """The values of its variables by customer, in a few statements; see `Values.of`."""
        return await Values(self._session).of(fired, plan, customers, now)

    async def glimpse(self, plan: Plan, customers: Mapping[int, str], now: datetime) -> dict[int, dict[str, str]]:
        """The values as a marketer looks at the message before it fires; see `Values.glimpse`."""
        return await Values(self._session).glimpse(plan, customers, now)

    async def values_for(
        self, occurrence_id: int, customers: Mapping[int, str] | Sequence[int], now: datetime
    ) -> dict[int, dict[str, str] | Missing]:
        """The same for an occurrence as it is kept."""
        return await Values(self._session).of_occurrence(occurrence_id, customers, now)

    async def set_rate(self, campaign_id: int, by: By, rate: float | None) -> Campaign:
        """Messages a second at most, None: as fast as its lane. From the next claim on; raises `RateRefused`."""
        if rate is not None and not 0 < rate <= FASTEST:
            raise RateRefused("rate: give a number of messages a second above 0, or none")
        campaign = await self._held(campaign_id)
        before, campaign.rate = campaign.rate, rate
        self._note(campaign, "rate", by, {"from": before, "to": rate})
        return campaign

    async def _one(self, campaign_id: int, move: Move, by: By) -> Campaign:
        campaign = await self._held(campaign_id)
        self._move(campaign, move, by)
        return campaign
