"""Pure: which permission a message gives or takes back, by its explicit words (`consent_words.yml`), never by a model's guess."""

import re
from dataclasses import dataclass
from enum import StrEnum

from crm_store.people.consent import ANY_CHANNEL, STOPPABLE, Purpose
from crm_store.words import folded, word_lists

_WORDS = word_lists(__file__)
_CLAUSES = re.compile(r"[,.;:!?，。；：！？、\n]+|\bbut\b|\bthough\b|\bhowever\b|但是?|不过|可是|然后|只是")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


class Direction(StrEnum):
    """What a clause does to a permission."""

    GRANT = "grant"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Topic:
    """What is spoken of; both empty when a clause names neither a purpose nor a channel."""

    purposes: tuple[Purpose, ...] = ()
    channels: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.purposes or self.channels)

    def joined(self, other: "Topic") -> "Topic":
        return Topic(
            tuple(dict.fromkeys(self.purposes + other.purposes)), tuple(dict.fromkeys(self.channels + other.channels))
        )


@dataclass(frozen=True)
class ConsentReading:
    """What a message asks for; a topic with nothing in it means that direction was named, but not of what."""

    withdraw: Topic | None = None
    grant: Topic | None = None

    @property
    def unclear(self) -> bool:
        return self.withdraw is None and self.grant is None


def read_consent(text: str) -> ConsentReading:
    """Read every clause by itself; with a single direction in the message all that is named belongs to it."""
    clauses = [clause for clause in _CLAUSES.split(folded(text)) if clause.strip()]
    told = [(_direction(clause), topic_of(clause)) for clause in clauses if not _stays(clause)]
    directions = {direction for direction, _ in told if direction}
    named = {
        direction: _union([topic for said, topic in told if said in {direction, None} or len(directions) == 1])
        if len(directions) == 1
        else _union([topic for said, topic in told if said is direction])
        for direction in directions
    }
    return ConsentReading(named.get(Direction.WITHDRAW), named.get(Direction.GRANT))


def withdrawn(topic: Topic) -> list[tuple[Purpose, str, bool]]:
    """Ledger choices for a withdrawal: no purpose named means all that can be stopped; no channel named means everywhere."""
    purposes = [purpose for purpose in topic.purposes or STOPPABLE if purpose in STOPPABLE]
    return [(purpose, channel, False) for purpose in purposes for channel in topic.channels or (ANY_CHANNEL,)]


def granted(purposes: tuple[Purpose, ...], channels: tuple[str, ...]) -> list[tuple[Purpose, str, bool]]:
    """Ledger choices for a yes: exactly the purposes and channels that were read back, nothing wider."""
    return [(purpose, channel, True) for purpose in purposes for channel in channels]


def topic_of(text: str) -> Topic:
    """The purposes and channels named in a text."""
    line = folded(text)
    purposes = tuple(Purpose(name) for name in _WORDS.found("purposes", line))
    channels = tuple(_WORDS.found("channels", line))
    # A newsletter is an e-mail by itself; together with another channel it only names the kind.
    return Topic(purposes, channels)


def yes_or_no(text: str) -> bool | None:
    """True only for a plain yes: any word of doubt or refusal makes it no, anything else is neither."""
    line = _WORDS.without("not_negation", folded(text))
    if _WORDS.finds("no", line):
        return False
    bare = _EDGES.sub("", folded(text))
    return True if _WORDS.pattern("yes").fullmatch(bare) or _starts_with_yes(bare) else None


def _starts_with_yes(bare: str) -> bool:
    first = re.split(r"[\s,，。!！.;；]+", bare, maxsplit=1)[0]
    return len(bare) <= 40 and "?" not in bare and _WORDS.pattern("yes").fullmatch(first) is not None


def _stays(clause: str) -> bool:
    return _WORDS.finds("keep", clause) or _WORDS.finds("past", clause)


def _direction(clause: str) -> Direction | None:
    clause = _WORDS.without("not_negation", clause)
    takes = _WORDS.finds("withdraw", clause)
    rest = _WORDS.without("withdraw", clause)
    negated = _WORDS.finds("negation", rest)
    if takes:
        return None if negated else Direction.WITHDRAW
    gives = _WORDS.finds("grant", rest)
    if negated:
        return Direction.WITHDRAW if gives or topic_of(rest) else None
    return Direction.GRANT if gives else None


def _union(topics: list[Topic]) -> Topic:
    whole = Topic()
    for topic in topics:
        whole = whole.joined(topic)
    return whole
