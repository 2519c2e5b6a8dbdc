"""A look at a plan that is being written: what is wrong with it, when it fires, how it reads. Nothing is saved."""

from dataclasses import dataclass, field
from datetime import datetime

from console.frame.frame import Frame
from console.plans.channels import lanes_by_channel, limits_of
from console.plans.form import Written, at_fields, plan_of, spots
from console.plans.moments import Moments
from console.plans.previews import Glimpse, Preview, glimpses, people_of, preview
from console.plans.troubles import Trouble, anchor_of, trouble_of
from crm_store.campaigns.campaign import Campaign
from crm_store.crm import Crm
from crm_store.model import Languages, Words
from crm_store.people.consent import Purpose
from crm_store.plans.checking import problems, warnings
from crm_store.plans.content_checking import longest
from crm_store.plans.plan import Plan
from crm_store.plans.problem import ChannelLimits, Known, Problem
from crm_store.plans.starting import coming
from crm_store.plans.variables import known_in, variables
from crm_store.plans.wording import EVERY_CHANNEL, ContentMissing, WordingBroken, content_for
from crm_store.segments.counting import Sampled
from scheduler.care.cron import next_cron

FIELDS = (
    *("name", "segment_id", "trigger.at", "trigger.of", "trigger.cron", "trigger.until", "trigger.at_clock"),
    *("trigger.days", "trigger.hours", "channels", "contents", "coupon_offer_id", "purpose", "asks", "priority"),
    *("expires_after", "holdout_percent", "goal_days"),
)
"""Fields of the form beside those of the messages."""
PARTS = ("text", "subject", "choices", "choices.1", "choices.2", "choices.3")


@dataclass(frozen=True)
class Room:
    """What is left in one text for one channel; below 0 it is too long."""

    channel: str
    left: int


@dataclass(frozen=True)
class Looked:
    """`unread`: what cannot be read at all, so that it cannot be saved either. `trigger`: in words."""

    plan: Plan
    troubles: tuple[Trouble, ...]
    unread: int
    trigger: str
    firings: tuple[str, ...]
    previews: tuple[Preview, ...]
    channel: str
    people: tuple[Sampled, ...] = ()
    chosen: Glimpse = field(default_factory=Glimpse)
    invented: tuple[Words, ...] = ()
    rooms: dict[str, list[Room]] = field(default_factory=dict)
    variables: frozenset[str] = frozenset()

    @property
    def stops(self) -> int:
        """How many problems keep it from being sent."""
        return sum(trouble.stops for trouble in self.troubles)

    def at(self, anchor: str) -> list[Trouble]:
        return [trouble for trouble in self.troubles if trouble.anchor == anchor]


class Looks:
    """In one reader's language."""

    def __init__(self, frame: Frame, language: str) -> None:
        self._frame = frame
        self._language = language
        self._moments = Moments(frame.texts, language, frame.house.zone)

    async def of(self, crm: Crm, campaign: Campaign, written: Written, before: Plan, now: datetime) -> Looked:
        """Inside a transaction: segments are asked within a time limit."""
        purpose = Purpose(campaign.purpose)
        plan, unread = plan_of(written, before, purpose)
        known = await crm.campaign_checks.known(plan, now, next_cron)
        limits = limits_of(self._frame.house.lanes)
        people = await people_of(crm, plan, now)
        seen = await glimpses(crm, plan, people, written.look_as, now)
        channel = written.look_channel if written.look_channel in plan.channels else next(iter(plan.channels), "")
        shown = [preview(self._frame, plan, channel, each, seen[each]) for each in Languages] if channel else []
        return Looked(
            plan=plan,
            troubles=self.troubles(plan, purpose, limits, known, unread),
            unread=len(unread),
            trigger=self._moments.trigger(plan),
            firings=self.firings(plan, now),
            previews=tuple(shown),
            channel=channel,
            people=tuple(people),
            chosen=seen[self._language],
            invented=tuple(
                variables()[name].label for name in seen[self._language].invented(plan) if name in variables()
            ),
            rooms=_rooms(plan, limits),
            variables=known_in(plan),
        )

    def troubles(
        self, plan: Plan, purpose: Purpose, limits: dict[str, ChannelLimits], known: Known, unread: list[Problem]
    ) -> tuple[Trouble, ...]:
        """Those that stop first."""
        stopping, passing = [*unread, *problems(plan, purpose, limits, known)], warnings(plan, purpose, limits, known)
        found = []
        for stops, listed in ((True, stopping), (False, passing)):
            for name, each in at_fields(listed, plan).items():
                shown = "channels" if name.startswith("lanes.") else name
                found += [trouble_of(self._frame.texts, self._language, shown, one, stops) for one in each]
        return tuple(found)

    def firings(self, plan: Plan, now: datetime) -> tuple[str, ...]:
        """The next three; none for events, and for what cannot be read."""
        try:
            found = coming(plan, now, self._frame.house.zone.key, next_cron)
        except (ValueError, OverflowError):
            return ()
        return tuple(self._moments.firing(firing, plan) for firing in found)

    def anchors(self, channels: list[str]) -> list[str]:
        """Every place of the page that a trouble can stand beside."""
        said = [f"contents.{language}.{channel}.{part}" for language, channel in spots(channels) for part in PARTS]
        return [anchor_of(name) for name in (*FIELDS, *said)]


def offered_channels(frame: Frame, plan: Plan) -> list[str]:
    """Those that are connected, then those the plan names all the same."""
    connected = list(limits_of(frame.house.lanes))
    return connected + [channel for channel in plan.channels if channel not in connected]


def lanes_of(frame: Frame) -> dict[str, list[str]]:
    return lanes_by_channel(frame.house.lanes)


def _rooms(plan: Plan, limits: dict[str, ChannelLimits]) -> dict[str, list[Room]]:
    """By spot such as "zh:*", of the channels its words are sent on, the longest values counted."""
    found: dict[str, list[Room]] = {}
    for language in Languages:
        for channel in (name for name in plan.channels if name in limits):
            try:
                content = content_for(plan, channel, language)
                left = limits[channel].max_text - longest(content.text)
            except (ContentMissing, WordingBroken, KeyError):
                continue
            spot = f"{language}:{channel if content.channel != EVERY_CHANNEL else EVERY_CHANNEL}"
            found.setdefault(spot, []).append(Room(channel, left))
    return found
