"""Pure: a page of the inbox that is kept, and the same page after a few of its lines have changed."""

from collections.abc import Iterable
from dataclasses import dataclass

from crm_store.queue.queue import QueuePage
from crm_store.queue.queue_changes import Standing
from crm_store.queue.queue_filter import QueueFilter, View
from crm_store.queue.queue_places import Place, place_of
from crm_store.queue.queue_row import QueueRow
from crm_store.staff.scope import Scope

SHOWN = 50
"""Lines of the longest page that is shown."""
SPARE = 10
"""Lines kept beyond those, so that one that leaves is followed by another."""

Line = tuple[Place, QueueRow]


@dataclass(frozen=True)
class KeptPage:
    """The first lines of a list, in their order. `horizon` is the place up to which they are all of it; None: all.

    `stamp` is that of the moment they were read.
    """

    lines: list[Line]
    horizon: Place | None
    stamp: str

    def shown(self, limit: int) -> QueuePage:
        """The first of them."""
        rows = [row for _, row in self.lines[: limit + 1]]
        return QueuePage(rows[:limit], rows[limit - 1].cursor if len(rows) > limit else None)


def kept_page(page: QueuePage, stamp: str) -> KeptPage:
    """`page` was read from the top."""
    lines = [(place_of(row.cursor), row) for row in page.rows]
    return KeptPage(lines, lines[-1][0] if page.next is not None else None, stamp)


@dataclass(frozen=True)
class Change:
    """`numbers` as signalled: complaints, and conversations with a minus. `standing` is what there is of them now."""

    numbers: frozenset[int]
    standing: list[Standing]
    stamp: str

    def keys(self) -> set[tuple[str, int]]:
        told = {("case", number) if number > 0 else ("talk", -number) for number in self.numbers}
        return told | {key_of(each.row) for each in self.standing}


def patched(kept: KeptPage, change: Change, scope: Scope, wanted: QueueFilter) -> KeptPage | None:
    """None when lines would have to follow that are not kept."""
    gone, is_down = change.keys(), wanted.view is View.CLOSED
    lines = [(place, row) for place, row in kept.lines if key_of(row) not in gone]
    lines += _arriving(kept.horizon, change.standing, scope, wanted)
    lines.sort(key=lambda line: line[0], reverse=is_down)
    horizon = kept.horizon
    if horizon is not None and len(lines) <= SHOWN:
        return None
    if len(lines) > SHOWN + 2 * SPARE:
        lines = lines[: SHOWN + SPARE]
        horizon = lines[-1][0]
    return KeptPage(lines, horizon, change.stamp)


def key_of(row: QueueRow) -> tuple[str, int]:
    return row.kind, row.complaint_id if row.kind == "case" else row.conversation_id or 0  # type: ignore[return-value]


def _arriving(horizon: Place | None, standing: Iterable[Standing], scope: Scope, wanted: QueueFilter) -> Iterable[Line]:
    for each in standing:
        place = each.place
        if horizon is not None and (place < horizon if wanted.view is View.CLOSED else place > horizon):
            continue
        if each.belongs(scope, wanted):
            yield place, each.row
