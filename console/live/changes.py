"""Pure: what of a rendered list has changed, so that not all of it is sent for one line, nor for one that moves."""

import re
from functools import lru_cache

LINE = re.compile(r'(?=<li class="line" id="([a-z0-9-]+)")')
END = "</li>"
SAME = '<li class="line" id="{}" data-same></li>'
"""Stands for a line that the page has, wherever it stands there; see `same.js`."""


LISTS = 128
"""Lists taken apart and remembered: two each of some dozens that are shown."""


def changes(before: str, html: str) -> list[tuple[str, str]] | None:
    """The lines that differ, by id; None when more differs than lines that are where they were.

    A line is an ``<li class="line" id="…">`` without another ``<li>`` within.
    """
    old, new = _taken_apart(before), _taken_apart(html)
    if old is None or new is None or old[0] != new[0] or list(old[1]) != list(new[1]):
        return None
    return [(name, line) for name, line in new[1].items() if old[1][name] != line]


def thinned(before: str, html: str) -> str:
    """`html`, for a page that shows `before`: each line that is there already goes by its id alone."""
    old, new = _taken_apart(before), _taken_apart(html)
    if old is None or new is None:
        return html
    head, *rest = LINE.split(html)
    told = [head]
    for name, line in zip(rest[::2], rest[1::2], strict=True):
        behind = line.rpartition(END)[2]
        told.append(SAME.format(name) + behind if old[1].get(name) == new[1][name] else line)
    return "".join(told)


@lru_cache(maxsize=LISTS)
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
