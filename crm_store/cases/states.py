"""Pure: the states of a complaint and the moves between them. Their names are the shop's; their meaning is ours."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from crm_store.errors import CareLoopError


class State(StrEnum):
    """RECEIVED → ACKNOWLEDGED → INVESTIGATING → REMEDY_OFFERED → ACCEPTED or DECLINED → DONE → CONFIRMED → CLOSED."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    INVESTIGATING = "investigating"
    REMEDY_OFFERED = "remedy_offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONE = "done"
    CONFIRMED = "confirmed"
    CLOSED = "closed"


MOVES: Mapping[State, tuple[State, ...]] = {
    State.RECEIVED: (State.ACKNOWLEDGED, State.INVESTIGATING, State.REMEDY_OFFERED, State.DONE, State.CLOSED),
    State.ACKNOWLEDGED: (State.INVESTIGATING, State.REMEDY_OFFERED, State.DONE, State.CLOSED),
    State.INVESTIGATING: (State.REMEDY_OFFERED, State.DONE, State.CLOSED),
    State.REMEDY_OFFERED: (State.ACCEPTED, State.DECLINED, State.INVESTIGATING, State.CLOSED),
    State.ACCEPTED: (State.DONE, State.INVESTIGATING, State.CLOSED),
    State.DECLINED: (State.INVESTIGATING, State.REMEDY_OFFERED, State.DONE, State.CLOSED),
    State.DONE: (State.CONFIRMED, State.CLOSED),
    State.CONFIRMED: (State.CLOSED,),
    State.CLOSED: (),
}
"""Where a case may go from each state; out of DONE, CONFIRMED and CLOSED it comes back by reopening alone."""

OPEN = frozenset(State) - {State.CONFIRMED, State.CLOSED}
"""Something is still to be done, or the shopper still to be heard."""
REOPENABLE = frozenset({State.DONE, State.CONFIRMED, State.CLOSED})
FRESH = frozenset({State.RECEIVED, State.ACKNOWLEDGED})
"""Nobody has begun to work on it: the shopper may still correct what it says."""


class MoveRefused(CareLoopError):
    """The case cannot go there from where it is; the message says where it can."""

    code = "case_move_refused"


@dataclass(frozen=True)
class Standing:
    """What a move may change, and the number, which it never does."""

    number: str
    state: State
    reopened: int = 0
    urgent: bool = False
    assignee_id: int | None = None


def moved(case: Standing, to: str) -> Standing:
    """The case after the move; raises `MoveRefused`."""
    if to not in MOVES[case.state]:
        raise MoveRefused(f"complaint {case.number} is {case.state} and cannot become {_name(to)}; {_possible(case)}")
    return replace(case, state=State(to))


def reopened(case: Standing) -> Standing:
    """Back to work with the same number and the same person, counted and urgent; raises `MoveRefused`."""
    if case.state not in REOPENABLE:
        raise MoveRefused(f"complaint {case.number} is {case.state}, it need not be reopened; {_possible(case)}")
    return replace(case, state=State.INVESTIGATING, reopened=case.reopened + 1, urgent=True)


def _name(state: str) -> str:
    return state if state in set(State) else "that"


def _possible(case: Standing) -> str:
    ways = [*MOVES[case.state], *(["reopened"] if case.state in REOPENABLE else [])]
    return f"possible: {', '.join(ways)}"
