"""One rehearsal as it is shown: how far it is, or what came of it, figure by figure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from console.frame.frame import Frame
from console.plans.moments import Moments
from console.rehearsal.asking import plan_as
from console.rehearsal.hints import Hint, hints
from console.rehearsal.lanes import LaneEnd, lane_ends
from console.rehearsal.pictures import Bars, by_day, by_hour
from console.rehearsal.rivals import Other, Rival, rivals
from crm_store.campaigns.campaign import Campaign
from crm_store.crm import Crm
from crm_store.decision.decision import Outcome
from crm_store.people.consent import Purpose
from crm_store.plans.triggers import Firing
from crm_store.rehearsals.found import GOES, Rehearsal
from crm_store.rehearsals.packing import unpacked
from crm_store.rehearsals.rehearsals import CareRehearsal

ORDER = (Outcome.SEND, Outcome.DEFER, Outcome.PARK, Outcome.HOLDOUT, Outcome.SUPPRESS)
FLIPPED = 12
"""Moves shown at most; most people first."""


@dataclass(frozen=True)
class Figure:
    """People with one outcome and reason; `then`: as many by the other rules, None where none were asked about."""

    outcome: str
    reason: str
    people: int
    then: int | None

    @property
    def name(self) -> str:
        return f"{self.outcome}:{self.reason}"

    @property
    def rank(self) -> int:
        """What goes first, then what waits, then what does not go."""
        return ORDER.index(Outcome(self.outcome))


@dataclass(frozen=True)
class Move:
    """People whose answer the other rules change. `gains`: 1 who would get it then, -1 who no more, 0 neither."""

    before: tuple[str, str]
    after: tuple[str, str]
    people: int
    gains: int
    figure: str


@dataclass(frozen=True)
class Came:
    """What came of one campaign."""

    campaign: Campaign
    firing: Firing
    fires: str
    found: Rehearsal
    figures: list[Figure]
    hours: Bars
    days: Bars | None
    lanes: list[LaneEnd]
    rivals: list[Rival]
    hints: list[Hint]
    moves: list[Move]

    @property
    def first_hour(self) -> str:
        """The earliest on anybody's own clock, and the last, which may be the same."""
        return f"{min(self.found.hours):02}:00"

    @property
    def last_hour(self) -> str:
        latest = max(self.found.hours)
        return f"{latest:02}:00" if latest == min(self.found.hours) else f"{latest + 1:02}:00"

    @property
    def most(self) -> int:
        """Of all figures, for the bars."""
        return max((max(figure.people, figure.then or 0) for figure in self.figures), default=0)

    @property
    def over_at(self) -> datetime | None:
        return max((lane.over_at for lane in self.lanes if lane.over_at is not None), default=None)


class Showing:
    """Reads what is shown beside a result: names, lanes, others' campaigns."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    async def came(self, crm: Crm, row: CareRehearsal, campaign_id: int, language: str) -> Came | None:
        """None when nothing came of it, or not yet."""
        told = (row.found or {}).get(str(campaign_id))
        if not told or "found" not in told:
            return None
        campaign = await crm.campaigns.get(campaign_id)
        version = row.asked.get("version") or campaign.approved_version or campaign.version
        plan = plan_as(await crm.campaigns.plan(campaign_id, version), row.asked, self._frame.house.zone)
        firing, found = firing_of(told["firing"]), unpacked(told["found"])
        rows = {lane.name: lane for lane in await crm.lanes.all()}
        lanes = lane_ends(found, self._frame.house.lanes, rows, campaign.rate)
        numbers = [*found.collisions, *found.put_off]
        others = {key: Other(*each) for key, each in (await crm.care_rehearsals.campaigns_of(numbers)).items()}
        moments = Moments(self._frame.texts, language, self._frame.house.zone)
        return Came(
            campaign=campaign,
            firing=firing,
            fires=moments.firing(firing, plan),
            found=found,
            figures=figures(found),
            **self._bars(row.id, found, moments, language),
            lanes=lanes,
            rivals=rivals(found, others, Purpose(campaign.purpose), plan.priority),
            hints=hints(found, plan, lanes, firing.expires_at),
            moves=moves(found),
        )

    def _bars(self, rehearsal_id: int, found: Rehearsal, moments: Moments, language: str) -> dict[str, Any]:
        def to(figure: str) -> str:
            return f"?run={rehearsal_id}&of={figure}"

        def says(name: str, many: int) -> str:
            return self._frame.say(language, "rehearsal.column_says", name=name, n=many)

        def day(on: date) -> str:
            return moments.day(on)

        return {"hours": by_hour(found.hours, to, says), "days": by_day(found.days, to, says, day)}


def figures(found: Rehearsal) -> list[Figure]:
    """By rank; of each outcome the most people first."""
    names = {*found.counts, *found.other_counts}
    compared = bool(found.other_counts)
    listed = [
        Figure(*_split(name), found.counts[name], found.other_counts[name] if compared else None) for name in names
    ]
    return sorted(listed, key=lambda each: (each.rank, -each.people, -(each.then or 0), each.reason))


def moves(found: Rehearsal) -> list[Move]:
    listed = []
    for name, people in found.moves.most_common(FLIPPED):
        before, _, after = name.partition(">")
        goes, went = _split(after)[0] in GOES, _split(before)[0] in GOES
        listed.append(Move(_split(before), _split(after), people, goes - went, f"move:{name}"))
    return listed


def firing_of(told: dict[str, Any]) -> Firing:
    """As a row keeps it."""
    due, expires = datetime.fromisoformat(told["due_at"]), datetime.fromisoformat(told["expires_at"])
    return Firing(told["key"], due, expires, told["day"], told["first_event"], told["last_event"])


def _split(name: str) -> tuple[str, str]:
    outcome, _, reason = name.partition(":")
    return outcome, reason
