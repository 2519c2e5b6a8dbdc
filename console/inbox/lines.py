"""The lines of the inbox as drawn: what a line shows seldom changes between two renderings, and hundreds look at it."""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime

from markupsafe import Markup

from console.frame.frame import Frame
from console.inbox.wanted import Wanted
from crm_store.queue.queue_row import QueueRow

ROOM = 3000
"""Lines kept, of 1 to 2 KB each."""
HOLDS_FOR = 300
"""Seconds after which a line is drawn again though nothing of it has changed: it shows days as well as times."""

Place = tuple[str, str, str, str, int]


class Lines:
    """Draws lines, and keeps what it drew last. One for each process."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._drawn: OrderedDict[Place, tuple[int, QueueRow, Markup]] = OrderedDict()

    def drawn(self, template: str, language: str, rows: Iterable[QueueRow], wanted: Wanted, now: datetime) -> Markup:
        """One for each row, by `template`; every line links to its case within `wanted`."""
        span, query = span_of(now), wanted.query
        drawn = (self._line((template, language, query, row.kind, _key(row)), span, row, wanted, now) for row in rows)
        return Markup("\n".join(drawn))

    def _line(self, place: Place, span: int, row: QueueRow, wanted: Wanted, now: datetime) -> Markup:
        kept = self._drawn.get(place)
        if kept is not None and kept[0] == span and (kept[1] is row or kept[1] == row):
            self._drawn.move_to_end(place)
            return kept[2]
        template, language = place[:2]
        html = self._frame.part(language, template, row=row, wanted=wanted, now=now)
        self._drawn[place] = (span, row, html)
        if len(self._drawn) > ROOM:
            self._drawn.popitem(last=False)
        return html


def span_of(now: datetime) -> int:
    """What was drawn in another span is drawn again."""
    return int(now.timestamp() // HOLDS_FOR)


def _key(row: QueueRow) -> int:
    return row.complaint_id or row.conversation_id or 0
