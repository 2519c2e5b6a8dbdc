"""The form of a segment as a browser sends it, and what its buttons do to it. Paths are ``r``, ``r.0``, ``r.0.1``."""

import re
from dataclasses import dataclass

from starlette.datastructures import FormData

from console.segments.tree import JOINS, Group, Row, fresh_row
from crm_store.segments.field import Kind
from crm_store.segments.fields import FIELDS

MOST_NODES = 120
DEEPEST = 6
_PATH = re.compile(r"r(\.\d{1,3}){0,6}")
_COMMAS = re.compile(r"[,，、\n]")
LISTED = frozenset({"skus", "brands"})
"""What stands in brackets as words with commas between them: there are too many to show."""


@dataclass(frozen=True)
class Typed:
    """`mode`: `form` or `text`, whichever one works in. `seen`: the version that was read, 0 for a new one."""

    name: str
    about: str
    mode: str
    text: str
    tree: Group
    seen: int


def typed(form: FormData) -> Typed:
    """What was sent; whatever else a form holds is nothing."""
    seen = _text(form, "seen", 12)
    return Typed(
        " ".join(_text(form, "name", 200).split()),
        _text(form, "purpose", 1000).strip(),
        "text" if _text(form, "mode", 10) == "text" else "form",
        _text(form, "text", 30_000).replace("\r\n", "\n").strip(),
        _tree(form),
        int(seen) if seen.isascii() and seen.isdigit() else 0,
    )


def _text(form: FormData, name: str, most: int) -> str:
    value = form.get(name, "")
    return value[:most].replace("\0", "") if isinstance(value, str) else ""


def _texts(form: FormData, name: str) -> list[str]:
    found = [value.replace("\0", "").strip() for value in form.getlist(name) if isinstance(value, str)]
    return [value for value in found if value][:300]


def _tree(form: FormData) -> Group:
    """Nodes come in the order of the page, each after the group it is in."""
    root = Group(_join(form, "r"))
    groups = {"r": root}
    for path in _texts(form, "at")[:MOST_NODES]:
        parent = groups.get(path.rpartition(".")[0])
        if parent is None or not _PATH.fullmatch(path) or path in groups:
            continue
        if f"join-{path}" in form:
            groups[path] = Group(_join(form, path))
            parent.parts.append(groups[path])
        elif (name := _text(form, f"field-{path}", 60)) in FIELDS:
            parent.parts.append(_row(form, path, name))
    return root


def _join(form: FormData, path: str) -> str:
    join = _text(form, f"join-{path}", 10)
    return join if join in JOINS else "all"


def _row(form: FormData, path: str, name: str) -> Row:
    if _text(form, f"was-{path}", 60) not in ("", name):
        return fresh_row(name)
    known = FIELDS[name]
    about = _texts(form, f"about-{path}")
    if known.about.what in LISTED:
        about = [word.strip() for text in about for word in _COMMAS.split(text) if word.strip()]
    values = _texts(form, f"value-{path}")
    if known.kind is Kind.CHOICE and not known.options:
        values = [word.strip() for text in values for word in _COMMAS.split(text) if word.strip()]
    op = _text(form, f"op-{path}", 10)
    return Row(name, op, about, _text(form, f"within-{path}", 12).strip(), values[: _most(known.kind, op)])


def _most(kind: Kind, op: str) -> int:
    """A second number is left over when one goes from between to another way of comparing."""
    return 300 if kind is Kind.CHOICE else 2 if op == "between" else 1


def done(tree: Group, deed: str) -> None:
    """`add:PATH`, `group:PATH` or `remove:PATH`; anything else, and what is not there, changes nothing."""
    verb, _, path = deed.partition(":")
    if not _PATH.fullmatch(path):
        return
    places = [int(place) for place in path.split(".")[1:]]
    if verb == "remove" and places:
        parent = _at(tree, places[:-1])
        if isinstance(parent, Group) and places[-1] < len(parent.parts):
            del parent.parts[places[-1]]
    node = _at(tree, places) if verb in ("add", "group") else None
    if isinstance(node, Group):
        adds_group = verb == "group" and len(places) < DEEPEST - 1
        node.parts.append(Group("any", [fresh_row("tier")]) if adds_group else fresh_row("tier"))


def _at(tree: Group, places: list[int]) -> Row | Group | None:
    node: Row | Group = tree
    for place in places:
        if not isinstance(node, Group) or place >= len(node.parts):
            return None
        node = node.parts[place]
    return node
