"""Pure: what it means for the escalations that a conversation waits for a person."""

from crm_store.promises.escalations import Cause, Need

CAUSES = {
    "angry": Cause.ANGRY,
    "bot_away": Cause.BOT_FAILED,
    "bot_failed": Cause.BOT_FAILED,
    "safety": Cause.SEVERE,
}
"""Of the reasons for a hand-over; every other one means that somebody asked for a person."""


def call_for(conversation_id: int, version: int, reason: str) -> Need:
    """Once for each time it begins to wait, which the version of its control tells."""
    cause = CAUSES.get(reason, Cause.ASKED)
    key = f"conversation:{conversation_id}:{version}"
    return Need(key, cause, conversation_id=conversation_id, detail={"reason": reason})
