"""Pure: what can still be done about an order in a given state. Nothing is promised: a person does it, or tries to."""

from enum import StrEnum

OPEN_STATES = ("placed", "packed", "shipped", "ready")


class Chance(StrEnum):
    """EARLY: not packed, a person can change it. LATE: packed or on its way, a person can try. OVER: too late."""

    EARLY = "early"
    LATE = "late"
    OVER = "over"


def chance_of(state: str) -> Chance:
    """How likely a change, a cancellation or another delivery still is."""
    if state == "placed":
        return Chance.EARLY
    return Chance.LATE if state in OPEN_STATES else Chance.OVER
