"""The editor's form as a browser sends it: every field as the page shows it, with what somebody changes."""

from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

LISTS = frozenset(
    {"spot", "text", "subject", "choice_1", "choice_2", "choice_3", "channel", "place", "lane", "repeat_days"}
)


def as_typed(page: LexborHTMLParser) -> dict[str, Any]:
    """By name; lists in the order of the page."""
    form = page.css_first("form#plan")
    assert form is not None
    fields: dict[str, Any] = {}
    for node in form.css("input[name], textarea[name], select[name]"):
        name, value = node.attributes["name"], _value(node)
        if name is None or value is None:
            continue
        if name in LISTS:
            fields.setdefault(name, []).append(value)
        else:
            fields[name] = value
    return fields


def spot(fields: dict[str, Any], named: str) -> int:
    """The place of "zh:*" in the lists."""
    place: int = fields["spot"].index(named)
    return place


def _value(node: LexborNode) -> str | None:
    attributes = node.attributes
    if node.tag == "select":
        chosen = node.css_first("option[selected]") or node.css_first("option")
        return chosen.attributes.get("value") or "" if chosen is not None else ""
    if node.tag == "textarea":
        return node.text().removeprefix("\n")
    if attributes.get("type") in ("checkbox", "radio") and "checked" not in attributes:
        return None
    return attributes.get("value") or ""
