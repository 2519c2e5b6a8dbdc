"""Pure: what of a rendered list has changed, so that not all of it is sent for one line, nor for one that moves."""

import re
from dataclasses import dataclass
from functools import lru_cache

LINE = re.compile(r'(?=<li class="line" id="([a-z0-9-]+)")')
END = "</li>"
SAME = '<li class="line" id="{}" data-same></li>'
"""Stands for a line that the page has, wherever it stands there; see `same.js`."""
LISTS = 128
"""Lists taken apart and remembered: two each of some dozens that are shown."""


@dataclass(frozen=True)
class _Parts:
    """`head`, then each line, by its id, with what is `behind` it up to the next."""

    head: str
    lines: dict[str, str]
    behind: tuple[str, ...]

    @property
    def around(self) -> str:
        return self.head + "".join(self.behind)


def changes(before: str, html: str) -> list[tuple[str, str]] | None:
    """The lines that differ, by id; None when more differs than lines that are where they were.

    A line is an ``<li class="line" id="…">`` without another ``<li>`` within.
    """
    old, new = _taken_apart(before), _taken_apart(html)
    if old is None or new is None or old.around != new.around or list(old.lines) != list(new.lines):
        return None
    return [(name, line) for name, line in new.lines.items() if old.lines[name] != line]


def thinned(before: str, html: str) -> str:
    """`html`, for a page that shows `before`: each line that is there already goes by its id alone."""
    old, new = _taken_apart(before), _taken_apart(html)
    if old is None or new is None:
        return html
    told = (SAME.format(name) if old.lines.get(name) == line else line for name, line in new.lines.items())
    return new.head + "".join(line + behind for line, behind in zip(told, new.behind, strict=True))


@lru_cache(maxsize=LISTS)
def _taken_apart(html: str) -> _Parts | None:
    """None when there are no lines, or what is there are none of ours."""
    head, *rest = LINE.split(html)
    lines: dict[str, str] = {}
    behind: list[str] = []
    for name, line in zip(rest[::2], rest[1::2], strict=True):
        body, end, after = line.rpartition(END)
        if not end or END in body or name in lines:
            return None
        lines[name] = body + end
        behind.append(after)
    return _Parts(head, lines, tuple(behind)) if lines else None
