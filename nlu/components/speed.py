"""Two measured speed-ups of Rasa 3.6.21, switched off by CARELOOP_RASA_PATCH=false.

Rasa checks every answer of an action against one constant JSON schema, and checks the schema itself each time (67 % of
a turn's CPU); it walks all classes of events for each stored event (10 %). Here the schema is checked once and the
classes are remembered. Results are the same. 3.6.21 is the last of its line, so no upgrade moves what is replaced.
"""

import os
from typing import Any

import rasa.core.actions.action as actions
import rasa.shared.core.events as events
from jsonschema import Draft202012Validator

SWITCH = "CARELOOP_RASA_PATCH"
OFF = {"false", "0", "no", "off"}

_found: dict[str, Any] = {}
_stock_validate = actions.RemoteAction._validate_action_result
_stock_resolve = events.Event.resolve_by_type
_schema = Draft202012Validator(actions.RemoteAction.action_response_format_spec())


def install() -> None:
    """Safe to call again; does nothing when switched off."""
    if os.environ.get(SWITCH, "").strip().lower() in OFF:
        return
    actions.RemoteAction._validate_action_result = _validate
    events.Event.resolve_by_type = staticmethod(_resolve)


def remove() -> None:
    actions.RemoteAction._validate_action_result = _stock_validate
    events.Event.resolve_by_type = staticmethod(_stock_resolve)


def _validate(action: Any, result: dict[str, Any]) -> bool:
    """True, or raises jsonschema's ValidationError as Rasa does."""
    for error in _schema.iter_errors(result):
        raise error
    return True


def _resolve(type_name: str, default: Any = None) -> Any:
    known = _found.get(type_name)
    if known is None:
        known = _stock_resolve(type_name, default)
        if known is not None and known is not default:
            _found[type_name] = known
    return known
