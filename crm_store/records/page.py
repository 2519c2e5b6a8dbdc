"""Pages by key: a page begins after the last row of the one before, so no row is read twice and none is counted."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_store.errors import CareLoopError


@dataclass(frozen=True)
class PageAsked:
    """At most `limit` rows beyond the row with the id `after`; from the first one when `after` is None."""

    after: int | None = None
    limit: int = 50


@dataclass(frozen=True)
class Page[Row]:
    """`next` is the id to ask for the following page with; None when this is the last."""

    items: list[Row]
    next: int | None


class CursorUnknown(CareLoopError):
    """The row a page should begin after is not there; begin again without it."""

    code = "cursor_unknown"


def cut[Row](rows: Sequence[Row], limit: int, ids: Sequence[int]) -> Page[Row]:
    """Make a page of the `limit + 1` rows asked for: the one too many only says that there is more."""
    more = len(rows) > limit
    return Page(list(rows[:limit]), ids[limit - 1] if more else None)
