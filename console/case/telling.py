"""What happened in a case as sentences in the reader's language, one line for each entry of its timeline."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from console.case.lengths import amount_words
from console.frame.texts import Texts
from console.frame.times import date_words
from console.frame.visible import visible
from crm_store.desk.timeline_entry import Entry
from crm_store.model import Words, in_language
from crm_store.remedies.granting import RemedyKind

SHOWN: Mapping[str, tuple[str, ...]] = {
    "all": (),
    "messages": ("message",),
    "notes": ("note",),
    "clocks": ("clock",),
    "deeds": ("event", "remedy", "follow_up"),
}
"""What a filter lets through; empty means all."""
LOOKS = {
    "opened": ("case", ""),
    "reopened": ("again", "bad"),
    "paused": ("pause", ""),
    "resumed": ("play", ""),
    "assigned": ("hand", ""),
    "team": ("team", ""),
    "merged": ("merge", ""),
    "absorbed": ("merge", ""),
    "incident": ("incident", "warn"),
    "apologised": ("heart", ""),
    "state": ("right", ""),
    "talked": ("talk", ""),
}
STEPS = {
    "started": ("clock", ""),
    "warned": ("clock", "warn"),
    "alarmed": ("clock", "warn"),
    "missed": ("clock", "bad"),
}


@dataclass(frozen=True)
class Line:
    """`says` is ours, `quote` somebody's own words. `looks` is ``note``, ``in``, ``out`` or empty."""

    key: str
    at: datetime
    icon: str
    tone: str
    says: str
    quote: str = ""
    looks: str = ""
    talk: int | None = None


@dataclass(frozen=True)
class Known:
    """What names stand for: states in the shop's words, staff and teams by id, stores by code."""

    states: Mapping[str, Words]
    staff: Mapping[int, str] = field(default_factory=dict)
    teams: Mapping[int, Words] = field(default_factory=dict)
    stores: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class Teller:
    """Tells a case in one language."""

    texts: Texts
    zone: Any
    language: str
    known: Known

    def line(self, entry: Entry) -> Line:
        tell: Callable[[Entry], Line] = getattr(self, f"_{entry.kind}")
        return tell(entry)

    def value(self, name: str, value: object) -> str:
        """The value of a fact, in words where we have them. What anybody wrote is shown with nothing hidden in it."""
        if value in (None, ""):
            return self.say("case.nothing")
        text = str(value)
        if name in ("category", "severity", "through") and self.texts.has(f"words.{name}_{text}"):
            return self.say(f"words.{name}_{text}")
        if name == "state":
            return in_language(self.known.states.get(text, {}), self.language) or text
        if name == "store" and text in self.known.stores:
            return in_language(self.known.stores[text], self.language)
        return visible(text)

    def say(self, key: str, **values: Any) -> str:
        return self.texts.say(self.language, key, **values)

    def reason(self, code: str) -> str:
        return self.say(f"case.pause_{code}") if self.texts.has(f"case.pause_{code}") else visible(code)

    def _event(self, entry: Entry) -> Line:
        parts = entry.parts
        happened, detail = parts["happened"], parts["detail"]
        icon, tone = LOOKS.get(happened, ("edit", ""))
        told: Callable[[str, dict[str, Any]], str] = getattr(self, f"_told_{happened}", self._told_otherwise)
        says = told(self._who(parts), detail)
        return Line(f"event-{entry.id}", entry.at, icon, tone, says, str(detail.get("why", "")))

    def _told_opened(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_opened", who=who)

    def _told_state(self, who: str, detail: dict[str, Any]) -> str:
        was, now = (self.value("state", detail.get(end, "")) for end in ("from", "to"))
        return self.say("case.event_state", who=who, was=was, now=now)

    def _told_paused(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_paused", who=who, reason=self.reason(str(detail.get("reason", ""))))

    def _told_resumed(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_resumed", who=who)

    def _told_reopened(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_reopened", who=who, count=detail.get("count", 1))

    def _told_assigned(self, who: str, detail: dict[str, Any]) -> str:
        if detail.get("to") is None:
            return self.say("case.event_unassigned", who=who)
        name = self.known.staff.get(detail["to"], "")
        return self.say("case.event_taken" if name == who else "case.event_assigned", who=who, name=name)

    def _told_team(self, who: str, detail: dict[str, Any]) -> str:
        team = self.known.teams.get(detail.get("to") or 0)
        return self.say("case.event_team", who=who, team=in_language(team, self.language) if team else self.no_team)

    def _told_merged(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_merged", who=who, number=detail.get("into", ""))

    def _told_split(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_split", who=who, number=detail.get("from", ""))

    def _told_absorbed(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_absorbed", who=who, number=detail.get("from", ""))

    def _told_released(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_released", who=who, number=detail.get("to", ""))

    def _told_talked(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_talked", who=who)

    def _told_incident(self, who: str, detail: dict[str, Any]) -> str:
        step = "left" if detail.get("step") == "left" else "joined"
        return self.say(f"case.event_incident_{step}", who=who)

    def _told_apologised(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_apologised")

    def _told_changed(self, who: str, detail: dict[str, Any]) -> str:
        for tagged in ("tagged", "untagged"):
            if tagged in detail:
                return self.say(f"case.event_{tagged}", who=who, tag=visible(str(detail[tagged])))
        if "names" not in detail:
            return self._told_otherwise(who, detail)
        return self.say("case.event_changed", who=who, what=self._changes(detail))

    def _told_targeted(self, who: str, detail: dict[str, Any]) -> str:
        if "names" not in detail:
            return self.say("case.event_retargeted", who=who)
        return self._told_changed(who, detail)

    def _told_otherwise(self, who: str, detail: dict[str, Any]) -> str:
        return self.say("case.event_other", who=who)

    def _changes(self, detail: dict[str, Any]) -> str:
        """Each name with what it was and is; a story is read with the facts."""
        told = visible("")
        for name in detail["names"]:
            label = self.say(f"case.fact_{name}") if self.texts.has(f"case.fact_{name}") else visible(name)
            was, now = (self.value(name, detail.get(end, {}).get(name)) for end in ("from", "to"))
            piece = label if name == "story" else self.say("case.change", name=label, was=visible("") + was, now=now)
            told += (visible("") + self.say("case.comma") if told else visible("")) + piece
        return told

    def _clock(self, entry: Entry) -> Line:
        parts = entry.parts
        step = parts["step"]
        due = date_words(datetime.fromisoformat(parts["due_at"]), self.zone, self.language) if parts["due_at"] else ""
        key = "case.clock_started" if step == "started" and due else f"case.clock_{step}"
        says = self.say(key if self.texts.has(key) else "case.clock_begun", clock=self._kind(parts["clock"]), due=due)
        icon, tone = STEPS.get(step, ("check", "ok"))
        return Line(f"clock-{entry.id}-{step}", entry.at, icon, tone, says)

    def _remedy(self, entry: Entry) -> Line:
        parts = entry.parts
        step = "refused" if parts["step"] == "decided" and parts["state"] == "refused" else parts["step"]
        amount = amount_words(self.texts, self.language, parts["remedy"], parts["amount"])
        remedy = self.say(f"words.remedy_{parts['remedy']}")
        what = self.say("case.remedy_what", remedy=remedy, amount=amount) if amount else remedy
        if parts["remedy"] == RemedyKind.POINTS:
            what = amount
        says = self.say(f"case.remedy_{step}", who=parts["staff"] or self.say("words.by_clock"), what=what)
        quote = parts["reason"] if step in ("proposed", "granted") else ""
        tone = {"refused": "bad", "arrived": "ok"}.get(step, "")
        return Line(f"remedy-{entry.id}-{step}", entry.at, "remedy", tone, says, quote or "")

    def _follow_up(self, entry: Entry) -> Line:
        parts = entry.parts
        answer = "lapsed" if parts["lapsed"] else parts["answer"] or "asked"
        key = f"case.follow_up_{answer}"
        says = self.say(key if self.texts.has(key) else "case.follow_up_answered", answer=visible(answer))
        if parts["score"]:
            says = says + self.say("case.follow_up_score", score=parts["score"])
        tone = {"yes": "ok", "no": "bad"}.get(answer, "")
        return Line(f"follow-up-{entry.id}", entry.at, "heart", tone, says, parts["words"] or "")

    def _note(self, entry: Entry) -> Line:
        says = self.say("case.note_by", who=entry.parts["staff"] or self.say("words.by_staff"))
        return Line(f"note-{entry.id}", entry.at, "lock", "warn", says, entry.parts["text"], "note")

    def _message(self, entry: Entry) -> Line:
        parts = entry.parts
        who = parts["staff"] if parts["author"] == "staff" and parts["staff"] else self._by(parts["author"])
        is_in = parts["direction"] == "in"
        delivery = f"words.delivery_{parts['delivery']}"
        says = self.say("case.message_in", who=who)
        if not is_in:
            told = self.say(delivery) if self.texts.has(delivery) else parts["delivery"]
            says = self.say("case.message_out", who=who, delivery=told)
        tone = "bad" if parts["delivery"] == "failed" else ""
        text = parts["text"] or self.say("inbox.file")
        looks = "in" if is_in else "out"
        return Line(
            f"message-{entry.id}", entry.at, "talk" if is_in else "send", tone, says, text, looks, entry.target_id
        )

    def _who(self, parts: dict[str, Any]) -> str:
        return parts["staff"] or self._by(parts["by"])

    def _by(self, by: str) -> str:
        return self.say(f"words.by_{by}") if self.texts.has(f"words.by_{by}") else visible(by.removeprefix("api:"))

    def _kind(self, clock: str) -> str:
        return self.say(f"words.clock_{clock}")

    @property
    def no_team(self) -> str:
        return self.say("words.no_team")
