"""A line of the contact receipt in the reader's language, for staff; and which kinds a filter shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.customer.wishes import WishTeller
from console.frame.visible import visible
from crm_store.people.consent import Purpose
from crm_store.privacy.receipts import ReceiptKind, ReceiptLine

SHOWN: Mapping[str, tuple[ReceiptKind, ...]] = {
    "all": (),
    "asked": (ReceiptKind.ASKED,),
    "agreed": (ReceiptKind.AGREED, ReceiptKind.WISHED),
    "planned": (ReceiptKind.PLANNED,),
    "held": (ReceiptKind.HELD,),
    "sent": (ReceiptKind.SENT, ReceiptKind.READ, ReceiptKind.FAILED, ReceiptKind.UNKNOWN),
    "answered": (ReceiptKind.ANSWERED,),
    "stopped": (ReceiptKind.STOPPED,),
}
LOOKS = {
    ReceiptKind.ASKED: ("help", ""),
    ReceiptKind.AGREED: ("check", "ok"),
    ReceiptKind.WISHED: ("settings", ""),
    ReceiptKind.PLANNED: ("clock", ""),
    ReceiptKind.HELD: ("pause", "warn"),
    ReceiptKind.SENT: ("send", "ok"),
    ReceiptKind.FAILED: ("close", "bad"),
    ReceiptKind.UNKNOWN: ("help", "warn"),
    ReceiptKind.READ: ("eye", ""),
    ReceiptKind.ANSWERED: ("talk", "ok"),
    ReceiptKind.STOPPED: ("hand", "bad"),
}


MANY = frozenset({ReceiptKind.ASKED, ReceiptKind.AGREED, ReceiptKind.STOPPED})
"""Lines about all messages of a kind, not about one."""


@dataclass(frozen=True)
class Told:
    """One line. `asked`: our own question; `quote`: their words, or the message; `campaign`: its name."""

    key: str
    at: datetime
    icon: str
    tone: str
    says: str
    asked: str
    quote: str
    campaign: str
    occurrence: int | None


@dataclass(frozen=True)
class ReceiptTeller:
    """Tells lines in one language."""

    wishes: WishTeller

    def line(self, line: ReceiptLine) -> Told:
        icon, tone = LOOKS[line.kind]
        detail = line.detail
        return Told(
            key=line.key.replace(":", "-"),
            at=line.at,
            icon=icon,
            tone=tone,
            says=self._says(line),
            asked=detail.get("question") or "",
            quote=self._quote(line),
            campaign=detail.get("campaign") or "",
            occurrence=detail.get("occurrence"),
        )

    def _says(self, line: ReceiptLine) -> str:
        values: dict[str, Any] = {"where": self._where(line)}
        if line.kind in MANY:
            values["whats"] = self._known("contact.purposes_", line.purpose or "any", "contact.purposes_any")
        else:
            values["what"] = self._known("contact.purpose_", line.purpose or "any", "contact.purpose_any")
        if line.kind is ReceiptKind.HELD:
            values["why"] = self._known("words.reason_", str(line.detail.get("reason")), "contact.why_other")
        if line.kind is ReceiptKind.WISHED:
            values = {"rule": self.wishes.value(str(line.detail.get("rule")), line.detail.get("value") or {})}
        score = line.detail.get("score")
        if line.kind is ReceiptKind.ANSWERED and score:
            return self._say("line_scored", score=score, **values)
        return self._say(f"line_{line.kind}", **values)

    def _where(self, line: ReceiptLine) -> str:
        name = line.channel or "any"
        if name in ("*", "any"):
            return self._say("channel_any")
        return self._known("words.channel_", name, "") or visible(name)

    def _quote(self, line: ReceiptLine) -> str:
        """What was said about an order or a complaint is for those who may see it: it stands in its conversation."""
        detail = line.detail
        if line.kind is ReceiptKind.SENT:
            return "" if line.purpose == Purpose.SERVICE else detail.get("text") or ""
        return detail.get("answer") or detail.get("words") or ""

    def _known(self, prefix: str, name: str, otherwise: str) -> str:
        key = prefix + name if self.wishes.texts.has(prefix + name) else otherwise
        return self.wishes.say(key) if key else ""

    def _say(self, key: str, **values: Any) -> str:
        return self.wishes.say(f"contact.{key}", **values)
