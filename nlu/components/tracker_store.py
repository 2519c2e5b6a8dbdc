"""Keeps nothing: the conversation lives in the request that carries it."""

from contextvars import ContextVar
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.trackers import DialogueStateTracker

_current: ContextVar[DialogueStateTracker | None] = ContextVar("current_tracker", default=None)


class TurnTrackerStore(TrackerStore):
    """Rasa asks it for the tracker that the channel has laid into the task of this request.

    Each request runs in a task of its own, so turns never meet, not even two of one sender, and when the task ends
    the tracker is gone.
    """

    def __init__(self, domain: Any = None, event_broker: Any = None, **_ignored: Any) -> None:
        super().__init__(domain, event_broker)

    async def save(self, tracker: DialogueStateTracker) -> None:
        _current.set(tracker)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        tracker = _current.get()
        return tracker if tracker is not None and tracker.sender_id == sender_id else None

    async def keys(self) -> list[str]:
        return []
