"""Pure: how surely do we know who is on the other end of a channel address, at a given moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

FRESH_FOR = timedelta(minutes=10)
LIFE = {"webchat": timedelta(hours=24), "telegram": timedelta(days=30)}
LINK_LIFE = timedelta(days=365)


class ProofLevel(IntEnum):
    """What an answer may rely on. Each level includes those below it."""

    CHANNEL = 0
    LINKED = 1
    PROVED = 2
    FRESH = 3


@dataclass(frozen=True)
class Proof:
    """What was shown, how (`code`, `contact`, `deep_link`), when, and until when it counts."""

    level: ProofLevel
    method: str
    at: datetime
    until: datetime

    def level_at(self, now: datetime) -> ProofLevel:
        """FRESH for ten minutes after a code; PROVED until it lapses; a lapsed proof leaves the link for a year."""
        if self.level >= ProofLevel.PROVED and now < self.until:
            return ProofLevel.FRESH if now - self.at < FRESH_FOR else ProofLevel.PROVED
        if self.level >= ProofLevel.LINKED and now - self.at < LINK_LIFE:
            return ProofLevel.LINKED
        return ProofLevel.CHANNEL


def proved_by_code(channel: str, now: datetime) -> Proof:
    """A one-time code sent to a contact on file and typed back on `channel`."""
    return Proof(ProofLevel.PROVED, "code", now, now + LIFE.get(channel, timedelta(hours=24)))


def linked_by(method: str, now: datetime) -> Proof:
    """A link the platform vouches for (`contact`) or that we made ourselves (`deep_link`): enough to greet, no more."""
    return Proof(ProofLevel.LINKED, method, now, now + LINK_LIFE)
