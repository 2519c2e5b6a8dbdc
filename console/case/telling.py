"""What happened in a case as sentences in the reader's language, one line for each entry of its timeline."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.case.happenings import Happenings
from console.case.lengths import amount_words
from console.frame.times import date_words
from console.frame.visible import visible
from crm_store.desk.timeline_entry import Entry
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


class Teller(Happenings):
    """Tells a case in one language."""

    def line(self, entry: Entry) -> Line:
        tell: Callable[[Entry], Line] = getattr(self, f"_{entry.kind}")
        return tell(entry)

    def _event(self, entry: Entry) -> Line:
        parts = entry.parts
        happened, detail = parts["happened"], parts["detail"]
        icon, tone = LOOKS.get(happened, ("edit", ""))
        told: Callable[[str, dict[str, Any]], str] = getattr(self, f"_told_{happened}", self._told_otherwise)
        says = told(self.who(parts), detail)
        return Line(f"event-{entry.id}", entry.at, icon, tone, says, str(detail.get("why", "")))

    def _clock(self, entry: Entry) -> Line:
        parts = entry.parts
        step = parts["step"]
        due = date_words(datetime.fromisoformat(parts["due_at"]), self.zone, self.language) if parts["due_at"] else ""
        key = "case.clock_begun" if step == "started" and not due else f"case.clock_{step}"
        says = self.say(key, clock=self.clock_name(parts["clock"]), due=due)
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
        who = parts["staff"] if parts["author"] == "staff" and parts["staff"] else self.by(parts["author"])
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
