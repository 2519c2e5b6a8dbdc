"""Where a line of the inbox stands, as SQL and as a value to compare: the order of the list."""

from decimal import Decimal

NEVER = "'9999-01-01 00:00:00+00'::timestamptz"
SOONER = "(not p.urgent)::integer"
PRESSING = f"coalesce(p.next_due_at, {NEVER})"
"""What a case is sorted by: the nearest promise; last, where none runs: it stands still, or we wait for the shopper.

The index `ix_complaints_pressing` is of these very words.
"""
TALK_PRESSING = f"coalesce(v.waiting_since, case when v.control = 'person' then {NEVER} end, v.last_in_at, v.opened_at)"
"""What a conversation without a case is sorted by: how long the shopper has waited."""


def cursor(sooner: str, pressing: str, kind: str, key: str) -> str:
    """The place of a line as a text; `place_of` reads it."""
    return f"concat_ws('|', {sooner}, extract(epoch from {pressing}), {kind}, {key})"


Place = tuple[int, Decimal, str, int]


def place_of(cursor: str) -> Place:
    """Open lines stand in ascending order of it, closed ones in descending. Raises `ValueError`."""
    sooner, pressing, kind, key = cursor.split("|")
    return int(sooner), Decimal(pressing), kind, int(key)
