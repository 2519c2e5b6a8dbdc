"""Pure: which moves a campaign may make from where, and who may approve it."""

from collections.abc import Iterable
from enum import StrEnum

from crm_store.campaigns.campaign import CampaignState as State
from crm_store.errors import CareLoopError


class Move(StrEnum):
    """Everything that can happen to a campaign's state."""

    CHANGE = "change"
    SUBMIT = "submit"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    SCHEDULE = "schedule"
    BEGIN = "begin"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    FINISH = "finish"


ENDED = frozenset({State.DONE, State.CANCELLED})
_ALIVE = frozenset(State) - ENDED

MOVES: dict[Move, tuple[frozenset[State], State]] = {
    # One that runs is paused first: nobody rewrites a message while it goes out.
    Move.CHANGE: (_ALIVE - {State.RUNNING}, State.DRAFT),
    Move.SUBMIT: (frozenset({State.DRAFT}), State.REVIEW),
    Move.APPROVE: (frozenset({State.REVIEW}), State.APPROVED),
    Move.SEND_BACK: (frozenset({State.REVIEW, State.APPROVED, State.SCHEDULED}), State.DRAFT),
    Move.SCHEDULE: (frozenset({State.APPROVED}), State.SCHEDULED),
    Move.BEGIN: (frozenset({State.SCHEDULED}), State.RUNNING),
    Move.PAUSE: (frozenset({State.RUNNING}), State.PAUSED),
    Move.RESUME: (frozenset({State.PAUSED}), State.RUNNING),
    Move.CANCEL: (_ALIVE, State.CANCELLED),
    Move.FINISH: (frozenset({State.RUNNING, State.PAUSED}), State.DONE),
}
"""From which states, to which one."""


class MoveRefused(CareLoopError):
    """A campaign cannot do that from where it stands; the message names both and what can be done."""

    code = "campaign_move_refused"

    def __init__(self, move: Move, state: State) -> None:
        can = ", ".join(possible(state)) or "nothing: it has ended; copy it into a new one"
        super().__init__(f"state: a campaign in {state} cannot {move}; it can {can}")
        self.move, self.state = move, state


class OwnApproval(CareLoopError):
    """Whoever made or last changed a campaign cannot approve it; somebody else has to read it."""

    code = "campaign_own_approval"


def moved(state: State, move: Move) -> State:
    """Where `move` leads from `state`; raises `MoveRefused`."""
    sources, target = MOVES[move]
    if state not in sources:
        raise MoveRefused(move, state)
    return target


def possible(state: State) -> list[Move]:
    """Every move from `state`, in the order of `Move`."""
    return [move for move in Move if state in MOVES[move][0]]


def check_approver(approver: int | None, authors: Iterable[int | None]) -> None:
    """Raises `OwnApproval` when `approver` is among those who made or last changed it, or nobody at all."""
    if approver is None or approver in authors:
        raise OwnApproval("approved by: you made or changed this campaign; ask somebody else to read and approve it")
