"""Pure: which permission a message gives or takes back, by explicit words (`consent_words.yml`), never by a guess."""

import re
from dataclasses import dataclass
from enum import StrEnum

from crm_store.people.consent import ANY_CHANNEL, STOPPABLE, Purpose
from crm_store.words import folded, trimmed, word_lists

_WORDS = word_lists(__file__)


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
    """Read every clause by itself; clauses that take no side only fill in what the others leave open."""
    clauses = [clause for clause in _WORDS.regex("clauses").split(folded(text)) if clause.strip()]
    told = [(_direction(clause), topic_of(clause)) for clause in clauses if not _stays(clause)]
    aside = _union([topic for direction, topic in told if direction is None])
    withdraw = _named(told, Direction.WITHDRAW)
    grant = _named(told, Direction.GRANT)
    if withdraw is not None and not withdraw and grant is None:
        withdraw = aside
    if grant is not None and withdraw is None:
        grant = Topic(grant.purposes or aside.purposes, grant.channels or aside.channels)
    return ConsentReading(withdraw, grant)


def _named(told: list[tuple[Direction | None, Topic]], direction: Direction) -> Topic | None:
    topics = [topic for said, topic in told if said is direction]
    return _union(topics) if topics else None


def withdrawn(topic: Topic) -> list[tuple[Purpose, str, bool]]:
    """Ledger choices for a withdrawal: no purpose named means all of them, no channel named everywhere."""
    purposes = [purpose for purpose in topic.purposes or STOPPABLE if purpose in STOPPABLE]
    return [(purpose, channel, False) for purpose in purposes for channel in topic.channels or (ANY_CHANNEL,)]


def granted(purposes: tuple[Purpose, ...], channels: tuple[str, ...]) -> list[tuple[Purpose, str, bool]]:
    """Ledger choices for a yes: exactly the purposes and channels that were read back, nothing wider."""
    return [(purpose, channel, True) for purpose in purposes for channel in channels]


def topic_of(text: str) -> Topic:
    """The purposes and channels named in a text."""
    line = folded(text)
    return Topic(tuple(map(Purpose, _WORDS.found("purposes", line))), tuple(_WORDS.found("channels", line)))


def yes_or_no(text: str) -> bool | None:
    """True only for a plain yes: any word of doubt or refusal makes it no, anything else is neither."""
    line = _WORDS.without("not_negation", folded(text))
    if _WORDS.finds("no", line):
        return False
    if "?" in line:
        return None
    bare = trimmed(folded(text))
    return True if _WORDS.pattern("yes").fullmatch(bare) or _starts_with_yes(bare) else None


def _starts_with_yes(bare: str) -> bool:
    first = re.split(r"[\s,，。!！.;；]+", bare, maxsplit=1)[0]
    return len(bare) <= 40 and _WORDS.pattern("yes").fullmatch(first) is not None


def _stays(clause: str) -> bool:
    past = _WORDS.pattern("past").search(clause)
    takes = _WORDS.pattern("withdraw").search(clause)
    told_before = past is not None and (takes is None or past.start() < takes.start())
    kept = _WORDS.finds("keep", clause) and not _WORDS.finds("grant", clause)
    return kept or told_before


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
