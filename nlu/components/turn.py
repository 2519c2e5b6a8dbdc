"""Pure: one request of the app, read and checked before Rasa sees any of it."""

import json
import re
from dataclasses import dataclass
from typing import Any

from nlu.components.state import Event

LONGEST_TEXT = 4_000
LONGEST_SENDER = 200
MOST_EVENTS = 500
LARGEST_BODY = 1_000_000

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_FIELDS = {"sender", "text", "trusted", "language", "state", "metadata"}
_EVENT_FIELDS: dict[str, tuple[type, ...]] = {
    "timestamp": (int, float),
    "metadata": (dict,),
    "name": (str,),
    "text": (str,),
    "parse_data": (dict,),
    "data": (dict,),
    "policy": (str,),
    "confidence": (int, float),
    "input_channel": (str,),
    "message_id": (str,),
    "hide_rule_turn": (bool,),
    "use_text_for_featurization": (bool,),
    "is_interrupted": (bool,),
}
_EVENTS = {
    "action", "action_execution_rejected", "active_loop", "bot", "entities", "followup", "loop_interrupted", "pause",
    "reset_slots", "restart", "resume", "rewind", "session_started", "slot", "undo", "user", "user_featurization",
}  # fmt: skip
_NAMED = {"action_execution_rejected", "slot", "followup"}


class BadTurn(Exception):
    """The request cannot be a turn; `field` says where, `why` what would be right."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


@dataclass(frozen=True)
class Turn:
    sender: str
    text: str
    language: str
    state: list[Event]
    metadata: dict[str, Any]


def read(body: bytes) -> Turn:
    """Raises `BadTurn`."""
    if len(body) > LARGEST_BODY:
        raise BadTurn("body", f"at most {LARGEST_BODY} bytes")
    try:
        given = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BadTurn("body", "must be JSON") from None
    if not isinstance(given, dict):
        raise BadTurn("body", "must be an object")
    if unknown := sorted(given.keys() - _FIELDS):
        raise BadTurn(unknown[0][:40], "is not a field of a turn")
    return Turn(_sender(given), _text(given), _language(given), _state(given), _metadata(given))


def _sender(given: dict[str, Any]) -> str:
    sender = given.get("sender")
    if not isinstance(sender, str) or not 0 < len(sender) <= LONGEST_SENDER or _CONTROL.search(sender):
        raise BadTurn("sender", f"must be a text of 1 to {LONGEST_SENDER} characters")
    return sender


def _text(given: dict[str, Any]) -> str:
    """What the shopper wrote, without control characters; only a button of ours names an intent by a leading slash."""
    text, trusted = given.get("text"), given.get("trusted", False)
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        raise BadTurn("text", f"must be a text of at most {LONGEST_TEXT} characters")
    if not isinstance(trusted, bool):
        raise BadTurn("trusted", "must be true or false")
    clean = _CONTROL.sub("", text).strip()
    if not clean:
        raise BadTurn("text", "must not be empty")
    return clean if trusted else _harmless(clean)


def _harmless(text: str) -> str:
    """Rasa obeys /restart and /intent{...}. A full-width slash looks the same, is read as one, and commands nothing."""
    return f"／{text[1:]}" if text.startswith("/") else text


def _language(given: dict[str, Any]) -> str:
    language = given.get("language")
    if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
        raise BadTurn("language", "must be a language tag such as en or zh")
    return language


def _metadata(given: dict[str, Any]) -> dict[str, Any]:
    metadata = given.get("metadata", {})
    if not isinstance(metadata, dict):
        raise BadTurn("metadata", "must be an object")
    return metadata


def _state(given: dict[str, Any]) -> list[Event]:
    state = given.get("state", [])
    if not isinstance(state, list) or len(state) > MOST_EVENTS:
        raise BadTurn("state", f"must be a list of at most {MOST_EVENTS} events")
    for place, event in enumerate(state):
        if not _is_event(event):
            raise BadTurn(f"state[{place}]", "is no event of a state given back earlier")
    return state


def _is_event(event: Any) -> bool:
    if not isinstance(event, dict) or not isinstance(event.get("event"), str) or event["event"] not in _EVENTS:
        return False
    if event["event"] in _NAMED and not isinstance(event.get("name"), str):
        return False
    return all(_fits(event.get(name), kinds) for name, kinds in _EVENT_FIELDS.items())


def _fits(value: Any, kinds: tuple[type, ...]) -> bool:
    return value is None or (isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool)))


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
