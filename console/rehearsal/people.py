"""Those behind a figure: up to five of them, by name, with their language, their clock and why, gate by gate."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from console.day_strip.drawing import DayStrip, strips
from console.frame.frame import Frame
from console.plans.moments import Moments
from console.recipients.gates import Gates, GateTold
from console.rehearsal.showing import Came
from crm_store.crm import Crm
from crm_store.decision.decision import Outcome, Reason
from crm_store.decision.zones import zone_named
from crm_store.rehearsals.found import Example


@dataclass(frozen=True)
class Person:
    """One of them as they stand now, with what would be decided. `clock`: when it would go, on their own wall."""

    id: int
    name: str
    member_number: str | None
    language: str
    zone: str
    is_sure: bool
    example: Example
    gates: list[GateTold]
    strips: list[DayStrip]
    clock: str

    @property
    def against(self) -> list[GateTold]:
        return [gate for gate in self.gates if not gate.passed]


@dataclass(frozen=True)
class Behind:
    """A figure opened: what it is called, how many it counts, some of them. `people` may be fewer than it counts."""

    figure: str
    title: str
    many: int
    people: list[Person]


class Behinds:
    """Opens figures in one language."""

    def __init__(self, frame: Frame, language: str) -> None:
        self._frame = frame
        self._language = language
        self.moments = Moments(frame.texts, language, frame.house.zone)

    async def of(self, crm: Crm, came: Came, figure: str) -> Behind | None:
        """None for a figure that is none of this rehearsal's."""
        known = self._known(came, figure)
        if known is None:
            return None
        title, many = known
        found = came.found
        ids = found.examples.get(figure) or found.behind.get(figure) or []
        rows = await crm.care_rehearsals.people(ids)
        asked = came.firing.due_at
        return Behind(figure, title, many, [self._person(row, found.people[row["id"]], asked) for row in rows])

    def _person(self, row: dict[str, Any], example: Example, asked: datetime) -> Person:
        gates = Gates(self._frame.texts, self._language, self._frame.house.zone).steps(example.trace)
        drawn = strips(example.day, asked, example.until) if example.day is not None else []
        zone = zone_named(example.day.zone if example.day is not None else row["time_zone"]) or self._frame.house.zone
        clock = f"{example.until.astimezone(zone):%H:%M}" if example.until is not None else ""
        return Person(
            id=row["id"],
            name=row["name"],
            member_number=row["member_number"],
            language=row["language"],
            zone=row["time_zone"],
            is_sure=row["time_zone_source"] not in ("shop", "unknown"),
            example=example,
            gates=gates,
            strips=drawn,
            clock=clock,
        )

    def _known(self, came: Came, figure: str) -> tuple[str, int] | None:
        """What it is called and how many it counts."""
        kind, _, name = figure.partition(":")
        if kind in set(Outcome) and name in set(Reason):
            return self._answer(figure), came.found.counts[figure]
        if kind in ("waits_for", "puts_off"):
            rival = next((each for each in came.rivals if each.figure == figure), None)
            return (self._say(f"behind_{kind}", name=rival.other.name), rival.people) if rival else None
        if kind == "move":
            before, _, after = name.partition(">")
            many = came.found.moves.get(name)
            words = {"before": self._answer(before), "after": self._answer(after)} if many else {}
            return (self._say("behind_move", **words), many) if many else None
        return self._when_or_where(came, kind, name)

    def _when_or_where(self, came: Came, kind: str, name: str) -> tuple[str, int] | None:
        found = came.found
        if kind == "hour" and name.isdecimal() and int(name) in found.hours:
            hour = int(name)
            return self._say("behind_hour", at=f"{hour:02}:00–{(hour + 1) % 24:02}:00"), found.hours[hour]
        if kind == "day" and name in found.days:
            return self._say("behind_day", day=self.moments.day(date.fromisoformat(name))), found.days[name]
        if kind == "lane" and name in found.lanes:
            return self._say("behind_lane", lane=name), found.lanes[name]
        return None

    def _answer(self, name: str) -> str:
        outcome, _, reason = name.partition(":")
        said = self._frame.say(self._language, f"words.outcome_{outcome}")
        return f"{said}: {self._frame.say(self._language, f'words.reason_{reason}')}"

    def _say(self, key: str, **values: object) -> str:
        return self._frame.say(self._language, f"rehearsal.{key}", **values)
