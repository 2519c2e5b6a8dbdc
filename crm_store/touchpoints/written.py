"""How many rows a statement wrote."""

from typing import Any, cast

from sqlalchemy import CursorResult, Result


def rows_written(result: Result[Any]) -> int:
    """As the database counts them; those left out by a conflict are none."""
    return max(0, cast("CursorResult[Any]", result).rowcount)
