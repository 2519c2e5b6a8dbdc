"""Pure: what a rehearsal found as JSON and back. Equal traces are kept once: most people pass every gate."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from crm_store.decision.day import OpenDay
from crm_store.decision.decision import GateStep, Outcome, Reason
from crm_store.rehearsals.found import Example, Rehearsal

COUNTS = ("counts", "days", "lanes", "other_counts", "moves")
NUMBERED = ("hours", "collisions", "put_off")


def packed(found: Rehearsal) -> dict[str, Any]:
    """For a column of JSON."""
    traces: dict[tuple[GateStep, ...], int] = {}
    people = {str(customer): _person(example, traces) for customer, example in found.people.items()}
    return {
        **{name: dict(getattr(found, name)) for name in COUNTS},
        **{name: {str(key): many for key, many in getattr(found, name).items()} for name in NUMBERED},
        "due": {lane: {str(at): many for at, many in quarters.items()} for lane, quarters in found.due.items()},
        "examples": dict(found.examples),
        "behind": dict(found.behind),
        "people": people,
        "traces": [[_step(step) for step in trace] for trace in traces],
    }


def unpacked(told: dict[str, Any]) -> Rehearsal:
    """As it was found."""
    traces = [tuple(_stepped(step) for step in trace) for trace in told["traces"]]
    named: dict[str, Any] = {name: Counter(told[name]) for name in COUNTS}
    numbered: dict[str, Any] = {
        name: Counter({int(key): many for key, many in told[name].items()}) for name in NUMBERED
    }
    return Rehearsal(
        **named,
        **numbered,
        due=defaultdict(Counter, {lane: _numbered(quarters) for lane, quarters in told["due"].items()}),
        examples=defaultdict(list, told["examples"]),
        behind=defaultdict(list, told["behind"]),
        people={int(customer): _example(each, traces) for customer, each in told["people"].items()},
    )


def _person(example: Example, traces: dict[tuple[GateStep, ...], int]) -> dict[str, Any]:
    day = example.day
    return {
        "outcome": example.outcome,
        "reason": example.reason,
        "trace": traces.setdefault(example.trace, len(traces)),
        "channel": example.channel,
        "until": _iso(example.until),
        "displaced_by": example.displaced_by,
        "day": None if day is None else [day.zone, day.place, day.open, day.own, day.guessed, day.closed],
    }


def _example(told: dict[str, Any], traces: list[tuple[GateStep, ...]]) -> Example:
    day = told["day"]
    return Example(
        Outcome(told["outcome"]),
        Reason(told["reason"]),
        traces[told["trace"]],
        told["channel"],
        _moment(told["until"]),
        told["displaced_by"],
        None if day is None else OpenDay(day[0], day[1], _spans(day[2]), day[3], day[4], tuple(day[5])),
    )


def _numbered(told: dict[str, int]) -> Counter[int]:
    return Counter({int(key): many for key, many in told.items()})


def _spans(told: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in told)


def _step(step: GateStep) -> list[Any]:
    return [step.gate, step.passed, step.detail, _iso(step.until)]


def _stepped(told: list[Any]) -> GateStep:
    return GateStep(told[0], told[1], told[2], _moment(told[3]))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _moment(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told is not None else None
