"""Pure: what of a rendered list has changed, so that not all of it is sent for one line."""

import re
from functools import lru_cache

LINE = re.compile(r'(?=<li class="line" id="([a-z0-9-]+)")')
END = "</li>"


def changes(before: str, html: str) -> list[tuple[str, str]] | None:
    """The lines that differ, by id; None when more differs than lines that were there and still are.

    A line is an ``<li class="line" id="…">`` without another ``<li>`` within.
    """
    old, new = _taken_apart(before), _taken_apart(html)
    if old is None or new is None or old[0] != new[0] or list(old[1]) != list(new[1]):
        return None
    return [(name, line) for name, line in new[1].items() if old[1][name] != line]


@lru_cache(maxsize=16)
def _taken_apart(html: str) -> tuple[str, dict[str, str]] | None:
    """All that stands around the lines, and the lines; None when there are none."""
    around, *rest = LINE.split(html)
    lines: dict[str, str] = {}
    for name, line in zip(rest[::2], rest[1::2], strict=True):
        body, end, behind = line.rpartition(END)
        if not end or END in body or name in lines:
            return None
        lines[name] = body + end
        around += behind
    return (around, lines) if lines else None
