"""Pure: a canned reply as somebody types it, and how it reads with sample values."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, Field

from crm_store.model import Languages
from crm_store.staff.canned import LONGEST, CannedDraft, CannedReply, filled, pieces, variables

SAMPLES = ("name", "number", "order", "product", "store", "handler")


class Written(BaseModel):
    """The form; `seen` is when the one that was read was changed, empty for a new one."""

    shortcut: str = Field("", max_length=60)
    title_en: str = Field("", max_length=200)
    title_zh: str = Field("", max_length=200)
    text_en: str = Field("", max_length=LONGEST * 2)
    text_zh: str = Field("", max_length=LONGEST * 2)
    team: int = 0
    seen: datetime | None = None

    def title(self, language: str) -> str:
        return str(getattr(self, f"title_{language}"))

    def text(self, language: str) -> str:
        return str(getattr(self, f"text_{language}"))

    def draft(self, reply_id: int | None) -> CannedDraft:
        """Line ends are those of the web and of no other."""
        title = {language: self.title(language).strip() for language in Languages}
        text = {language: self.text(language).replace("\r\n", "\n").strip() for language in Languages}
        return CannedDraft(reply_id, self.shortcut.strip().lower(), title, text, self.team or None, self.seen)


def typed(reply: CannedReply) -> Written:
    titles = {f"title_{language}": reply.title.get(language, "") for language in Languages}
    texts = {f"text_{language}": reply.text.get(language, "") for language in Languages}
    return Written(shortcut=reply.shortcut, team=reply.team_id or 0, seen=reply.changed_at, **{**titles, **texts})


@dataclass(frozen=True)
class Piece:
    """A stretch of a preview; `kind` is words, value or unknown."""

    kind: str
    text: str


def preview(text: str, samples: dict[str, str], language: str) -> list[Piece]:
    """As the shopper would read it; a variable nobody knows stays what it is."""
    found = []
    for name, part in pieces(text):
        known = bool(name) and name in variables()
        kind = "value" if known else "unknown" if part.startswith("{") and part.endswith("}") else "words"
        found.append(Piece(kind, filled(part, samples, language) if known else part))
    return found


def unknown(text: str) -> list[str]:
    """Variables that are none, each once."""
    braced = [part for name, part in pieces(text) if part.startswith("{") and part.endswith("}")]
    return [part for part in dict.fromkeys(braced) if part[1:-1] not in variables()]
