"""Pure: what of a conversation goes back to the app, so that the next turn can start from it.

A state is a list of Rasa's events as dictionaries. Replayed, a trimmed state gives the same slots and the same form.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

Event = dict[str, Any]

TURNS = 5
"""A turn begins with what the shopper wrote. Rasa's latency grows with every event it is handed."""

_BALLAST = {"user": {"message_id"}, "bot": {"data"}, "action": {"policy", "confidence"}}
"""Fields that decide nothing in a later turn."""
_METADATA_BALLAST = {"model_id", "assistant_id", "condition"}


def opening(when: float | None = None, told: Iterable[Event] = ()) -> list[Event]:
    """A new conversation, or a later one with what was `told` before; `when` in seconds since 1970."""
    started = [_event("action", when, name="action_session_start"), _event("session_started", when)]
    return [*started, *told, _event("action", when, name="action_listen")]


def trim(events: Sequence[Event], turns: int = TURNS) -> list[Event]:
    """The last `turns` turns of the running session, behind one opening that sets what was known before them."""
    session = _running_session(events)
    asked = [place for place, event in enumerate(session) if event["event"] == "user"]
    if len(asked) <= turns:
        return [_slim(event) for event in session]
    cut = asked[-turns]
    kept = [_slim(event) for event in session[cut:]]
    return opening(session[cut].get("timestamp"), _known(session[:cut])) + kept


def _running_session(events: Sequence[Event]) -> Sequence[Event]:
    started = [place for place, event in enumerate(events) if event["event"] == "session_started"]
    if not started:
        return events
    has_action = started[-1] > 0 and events[started[-1] - 1].get("name") == "action_session_start"
    return events[started[-1] - has_action :]


@dataclass
class _Knowledge:
    slots: dict[str, Event] = field(default_factory=dict)
    form: Event | None = None
    refused: Event | None = None
    paused: Event | None = None

    def learn(self, event: Event) -> None:
        match event["event"]:
            case "restart":
                self.slots, self.form, self.refused, self.paused = {}, None, None, None
            case "reset_slots":
                self.slots = {}
            case "slot":
                self.slots[event["name"]] = event
            case "pause" | "resume":
                self.paused = event if event["event"] == "pause" else None
            case _:
                self._learn_of_form(event)

    def _learn_of_form(self, event: Event) -> None:
        """A form that has refused to go on stays so until it runs again."""
        is_the_form = self.form is not None and event.get("name") == self.form["name"]
        match event["event"]:
            case "active_loop":
                self.form, self.refused = (event if event.get("name") else None), None
            case "action_execution_rejected" if is_the_form:
                self.refused = event
            case "action" if is_the_form:
                self.refused = None


def _known(events: Iterable[Event]) -> list[Event]:
    knowledge = _Knowledge()
    for event in events:
        knowledge.learn(event)
    rest = (knowledge.form, knowledge.refused, knowledge.paused)
    return [_slim(event) for event in (*knowledge.slots.values(), *rest) if event]


def _slim(event: Event) -> Event:
    ballast = _BALLAST.get(event["event"], set())
    kept = {
        name: value for name, value in event.items() if name == "value" or (value is not None and name not in ballast)
    }
    metadata = {name: value for name, value in (event.get("metadata") or {}).items() if name not in _METADATA_BALLAST}
    kept.pop("metadata", None)
    if metadata:
        kept["metadata"] = metadata
    if event["event"] == "user":
        kept["parse_data"] = _understood(event.get("parse_data") or {})
    return kept


def _understood(parsed: dict[str, Any]) -> dict[str, Any]:
    """Without the guesses beside the intent."""
    return {"intent": parsed.get("intent") or {}, "entities": parsed.get("entities") or []}


def _event(kind: str, when: float | None, **fields: Any) -> Event:
    return {"event": kind, **({} if when is None else {"timestamp": when}), **fields}
