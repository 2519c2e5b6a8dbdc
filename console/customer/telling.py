"""What happened with a customer as sentences, one line for each entry of the timeline."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from console.case.lengths import amount_words
from console.case.telling import Line
from console.customer.wishes import WishTeller
from console.frame.visible import visible
from crm_store.desk.timeline_entry import Entry
from crm_store.model import Words, in_language
from crm_store.remedies.granting import RemedyKind

SHOWN: Mapping[str, tuple[str, ...]] = {
    "all": (),
    "messages": ("messages", "note"),
    "cases": ("case", "case_state", "remedy", "follow_up"),
    "purchases": ("order", "points", "coupon", "coupon_used"),
    "wishes": ("consent", "preference", "occasion"),
}
"""The kinds of each filter; empty means all."""


@dataclass(frozen=True)
class PersonTeller:
    """`states` are the shop's words for the states of a case."""

    wishes: WishTeller
    states: Mapping[str, Words]

    def line(self, entry: Entry) -> "PersonLine":
        tell: Callable[[Entry], PersonLine] = getattr(self, f"_{entry.kind}")
        return tell(entry)

    def _messages(self, entry: Entry) -> "PersonLine":
        parts = entry.parts
        channel = self.wishes.channel(parts["channel"])
        says = self._say("customer.line_messages", n=parts["count"], channel=channel)
        way = f"/console/talks/{entry.target_id}"
        return _line(entry, Look("talk", way=way), says, parts["text"] or "")

    def _order(self, entry: Entry) -> "PersonLine":
        parts = entry.parts
        state = self._known("talk.order_", parts["state"])
        total = f"{parts['total_cents'] / 100:,.2f}"
        return _line(
            entry,
            Look("bag"),
            self._say("customer.line_order", number=visible(parts["number"]), state=state, total=total),
        )

    def _points(self, entry: Entry) -> "PersonLine":
        parts = entry.parts
        # What puts a complaint right says which one: "remedy C10001".
        reason = self._known("customer.points_", parts["reason"].partition(" C")[0])
        key = "customer.line_points_order" if parts["order"] else "customer.line_points"
        says = self._say(key, delta=f"{parts['delta']:+,}", reason=reason, order=parts["order"] or "")
        return _line(entry, Look("star", "ok" if parts["delta"] > 0 else ""), says)

    def _coupon(self, entry: Entry) -> "PersonLine":
        parts = entry.parts
        title = visible(in_language(parts["title"], self.wishes.language))
        return _line(entry, Look("tag"), self._say("customer.line_coupon", title=title, until=parts["valid_until"]))

    def _coupon_used(self, entry: Entry) -> "PersonLine":
        title = visible(in_language(entry.parts["title"], self.wishes.language))
        return _line(entry, Look("tag"), self._say("customer.line_coupon_used", title=title))

    def _consent(self, entry: Entry) -> "PersonLine":
        parts = entry.parts
        purpose = self._known("talk.purpose_", parts["purpose"])
        key = "customer.line_granted" if parts["granted"] else "customer.line_withdrawn"
        channel = (
            self._say("customer.any_channel") if parts["channel"] == "*" else self.wishes.channel(parts["channel"])
        )
        tone = "ok" if parts["granted"] else "bad"
        return _line(
            entry, Look("check", tone), self._say(key, purpose=purpose, channel=channel), parts["answer"] or ""
        )

    def _preference(self, entry: Entry) -> "PersonLine":
        parts = entry.parts
        says = self._say("customer.line_rule", rule=self.wishes.value(parts["name"], parts["value"]))
        return _line(entry, Look("settings"), says, parts["words"] or "")

    def _occasion(self, entry: Entry) -> "PersonLine":
        says = self._say("customer.line_rule", rule=self.wishes.dated(entry.parts))
        return _line(entry, Look("heart"), says, entry.parts["words"] or "")

    def _case(self, entry: Entry) -> "PersonLine":
        parts = entry.parts
        category = self._known("words.category_", parts["category"])
        says = self._say("customer.line_case", number=parts["number"], category=category)
        return _line(entry, Look("case", "warn", _way(parts)), says, parts["text"] or "")

    def _case_state(self, entry: Entry) -> "PersonLine":
        parts = entry.parts
        happened = parts["happened"]
        state = in_language(self.states.get(str(parts.get("to")), {}), self.wishes.language)
        key = f"customer.line_{happened}" if happened in ("reopened", "merged", "split") else "customer.line_state"
        says = self._say(key, number=parts["number"], state=state)
        return _line(entry, Look("again" if happened == "reopened" else "right", way=_way(parts)), says)

    def _remedy(self, entry: Entry) -> "PersonLine":
        parts = entry.parts
        amount = amount_words(self.wishes.texts, self.wishes.language, parts["remedy"], parts["amount"])
        remedy = self._known("words.remedy_", parts["remedy"])
        state = self._known("words.remedy_state_", parts["state"])
        what = self._say("case.remedy_what", remedy=remedy, amount=amount).strip()
        what = amount if parts["remedy"] == RemedyKind.POINTS else what
        says = self._say("customer.line_remedy", number=parts["number"], what=what, state=state)
        return _line(entry, Look("remedy", way=_way(parts)), says)

    def _follow_up(self, entry: Entry) -> "PersonLine":
        parts = entry.parts
        key = f"case.follow_up_{'lapsed' if parts['lapsed'] else parts['answer'] or 'asked'}"
        says = self._say("customer.line_about", number=parts["number"], what=self._say(key))
        tone = {"yes": "ok", "no": "bad"}.get(parts["answer"] or "", "")
        return _line(entry, Look("heart", tone, _way(parts)), says, parts["words"] or "")

    def _note(self, entry: Entry) -> "PersonLine":
        who = entry.parts["staff"] or self._say("words.by_staff")
        return _line(entry, Look("lock", "warn", looks="note"), self._say("case.note_by", who=who), entry.parts["text"])

    def _say(self, key: str, **values: Any) -> str:
        return self.wishes.say(key, **values)

    def _known(self, prefix: str, name: str) -> str:
        return self._say(prefix + name) if self.wishes.texts.has(prefix + name) else visible(name)


@dataclass(frozen=True)
class PersonLine:
    """A line, and where it leads; `way` may be empty."""

    line: Line
    way: str


def _way(parts: dict[str, Any]) -> str:
    return f"/console/cases/{parts['number']}"


@dataclass(frozen=True)
class Look:
    """How a line looks and where it leads."""

    icon: str
    tone: str = ""
    way: str = ""
    looks: str = ""


def _line(entry: Entry, look: Look, says: str, quote: str = "") -> PersonLine:
    key = f"{entry.kind}-{entry.id}"
    return PersonLine(Line(key, entry.at, look.icon, look.tone, says, quote, look.looks), look.way)
