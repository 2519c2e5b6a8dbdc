"""Pure: a provider's event as PostgreSQL takes it."""

import math
from collections.abc import Mapping
from typing import Any

DEEPEST = 60
"""Levels kept of an event. No provider nests like that; what lies deeper is left out."""


def storable(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The same JSON without what `jsonb` refuses: NUL, halves of surrogate pairs, NaN and infinities."""
    return {_text(name): _value(value, 1) for name, value in raw.items()}


def _value(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict | list) and depth >= DEEPEST:
        return None
    if isinstance(value, dict):
        return {_text(name): _value(each, depth + 1) for name, each in value.items()}
    if isinstance(value, list):
        return [_value(each, depth + 1) for each in value]
    return value


def _text(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
