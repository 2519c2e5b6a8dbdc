"""What the gates said, as it is kept with a decision. Equal answers share one trace: most people pass every gate."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from crm_store.decision.decision import GateStep, Reason
from crm_store.decision.gates import HARD_GATES

Taken = tuple[tuple[Reason, str], ...]


@dataclass(frozen=True, slots=True)
class Move:
    """Moved to `until` (None: it is never allowed), because of `detail`; `winner`: the occurrence that goes first."""

    until: datetime | None
    detail: str
    winner: int | None = None


@dataclass(slots=True)
class Log:
    """What each time gate said last: its move, or None.

    `mover`: the gate that moved it furthest at once. `winner`: who has the first slot that was somebody else's.
    """

    moves: dict[Reason, Move | None] = field(default_factory=dict)
    mover: Reason = Reason.ALLOWED
    furthest: timedelta = timedelta(0)
    winner: int | None = None

    def passed(self, reason: Reason) -> None:
        self.moves.setdefault(reason, None)

    def moved(self, reason: Reason, move: Move, at: datetime) -> None:
        self.moves[reason] = move
        if move.until is not None and move.until - at > self.furthest:
            self.mover, self.furthest = reason, move.until - at
        if self.winner is None:
            self.winner = move.winner

    @property
    def steps(self) -> tuple[GateStep, ...]:
        if not any(self.moves.values()):
            return _untouched(tuple(self.moves))
        return tuple(_step(reason, move) for reason, move in self.moves.items())


@lru_cache(maxsize=1024)
def hard_steps(taken: Taken, channel: str = "") -> tuple[GateStep, ...]:
    """All hard gates passed; `taken`: the channels some took away while they left others; `channel` is chosen."""
    details = {**dict(taken), Reason.NO_CHANNEL: channel}
    return tuple(GateStep(reason.value, True, details.get(reason, "")) for reason, _, _ in HARD_GATES)


@lru_cache(maxsize=16)
def _untouched(reasons: tuple[Reason, ...]) -> tuple[GateStep, ...]:
    return tuple(GateStep(reason.value, True) for reason in reasons)


def _step(reason: Reason, move: Move | None) -> GateStep:
    return GateStep(reason.value, True) if move is None else GateStep(reason.value, False, move.detail, move.until)
