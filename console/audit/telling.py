"""An entry in words: what it is about by its number or name, with a link, and what changed from what to what."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from console.audit.naming import Names
from console.case.lengths import amount_words
from console.frame.texts import Texts
from console.frame.visible import visible
from crm_store.model import in_language
from crm_store.staff.audit import AuditEvent

PAGES = {
    "complaint": "/console/cases/{}",
    "customer": "/console/customers/{}",
    "conversation": "/console/talks/{}",
    "incident": "/console/incidents/{}",
    "remedy": "/console/remedies/{}",
    "staff": "/console/staff/{}",
    "campaign": "/console/campaigns/{}",
}
"""Where a thing that was seen or changed can be looked at."""
BY_NAME = {"complaint", "customer"}
"""These have a page only while they have a number or a name."""


@dataclass(frozen=True)
class Thing:
    """`page` is empty where there is nothing to be looked at."""

    name: str
    page: str


class EntryTeller:
    """Turns the values of an entry into words of one language."""

    def __init__(self, texts: Texts, language: str, names: Names) -> None:
        self._texts = texts
        self._language = language
        self._names = names
        self._kinds: dict[str, Callable[[Any], str]] = {
            "staff": lambda value: names.staff.get(value, str(value)),
            "team": lambda value: in_language(names.teams[value], language) if value in names.teams else str(value),
            "case": lambda value: names.cases.get(value, str(value)),
            "state": lambda value: in_language(names.states[value], language) if value in names.states else str(value),
            "control": lambda value: self._word("words.control_", value),
            "role": lambda value: self._word("frame.role_", value),
        }

    def thing(self, entry: AuditEvent) -> Thing:
        known = {"complaint": self._names.cases, "customer": self._names.customers, "staff": self._names.staff}
        key = int(entry.subject_id) if entry.subject_id.isascii() and entry.subject_id.isdecimal() else 0
        name = known.get(entry.subject, {}).get(key, "")
        if not name and entry.subject in BY_NAME:
            return Thing(entry.subject_id, "")
        at = name if entry.subject == "complaint" else entry.subject_id
        return Thing(name or entry.subject_id, PAGES[entry.subject].format(at) if entry.subject in PAGES else "")

    def changes(self, entry: AuditEvent) -> list[str]:
        """``from nobody to Mei Tan``, then each further value with its name."""
        detail = dict(entry.detail)
        told = []
        if {"from", "to"} <= detail.keys():
            was, now = detail.pop("from"), detail.pop("to")
            if not isinstance(was, dict) and not isinstance(now, dict):
                kind = _kind(entry, was, now)
                key = "audit.turned" if kind in ("state", "control") else "audit.from_to"
                told.append(self._say(key, was=self._value(kind, was), now=self._value(kind, now)))
            else:
                detail |= {"from": was, "to": now}
        told += self._remedy(entry, detail)
        told += [self._named(entry, name, value) for name, value in detail.items()]
        return told

    def _remedy(self, entry: AuditEvent, detail: dict[str, Any]) -> list[str]:
        """What was given, and what it costs in money; taken out of `detail`."""
        if entry.subject != "remedy" or not {"kind", "amount", "cost"} <= detail.keys():
            return []
        kind, amount, cost = (detail.pop(name) for name in ("kind", "amount", "cost"))
        given = amount_words(self._texts, self._language, kind, amount)
        told = given if kind == "points" else f"{self._word('words.remedy_', kind)} {given}".strip()
        return [visible(told), self._named(entry, "cost", f"{cost / 100:,.2f}")]

    def _named(self, entry: AuditEvent, name: str, value: Any) -> str:
        key = f"audit.detail_{name}"
        label = self._say(key) if self._texts.has(key) else visible(name.replace("_", " "))
        return self._say("audit.named", name=label, value=self._value(_kind_of(entry, name), value))

    def _value(self, kind: str, value: Any) -> str:
        """None, yes and no have words of their own; a list is told one by one."""
        if value is None or value in ("", [], {}):
            return self._say(f"audit.none_{kind}" if self._texts.has(f"audit.none_{kind}") else "audit.nothing")
        if isinstance(value, bool):
            return self._say("audit.value_yes" if value else "audit.value_no")
        if isinstance(value, list):
            return visible(", ").join(self._value(kind, each) for each in value)
        if isinstance(value, dict):
            return visible(", ").join(visible(f"{name}: ") + self._value("", each) for name, each in value.items())
        return visible(self._kinds[kind](value) if kind in self._kinds else str(value))

    def _word(self, prefix: str, value: Any) -> str:
        return self._say(prefix + str(value)) if self._texts.has(prefix + str(value)) else str(value)

    def _say(self, key: str, **values: str) -> str:
        return self._texts.say(self._language, key, **values)


CHANGES = {
    "assigned": "staff",
    "moved": "state",
    "moved_to_team": "team",
    "role_changed": "role",
    "teams_changed": "team",
}
"""What the values from which and to which something changed are, by deed."""
VALUES = {"staff": "staff", "holder": "staff", "team": "team", "teams": "team", "case": "case", "role": "role"}
"""The same by the name of a value."""


def _kind(entry: AuditEvent, was: Any, now: Any) -> str:
    if entry.subject == "conversation" and isinstance(now, str):
        return "control"
    return CHANGES.get(entry.action, "")


def _kind_of(entry: AuditEvent, name: str) -> str:
    if name in ("from", "to"):
        return "state" if entry.action in ("reopened", "moved") else "staff" if entry.action == "assigned" else ""
    return VALUES.get(name, "")
