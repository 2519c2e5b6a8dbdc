"""Pure: which permission a message gives or takes back, by explicit words (`consent_words.yml`), never by a guess."""

import re
from dataclasses import dataclass
from enum import StrEnum

from crm_store.people.consent import ANY_CHANNEL, STOPPABLE, Purpose
from crm_store.people.preference_words import only_channels
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
    """What a message asks for; a topic with nothing in it means that direction was named, but not of what.

    `narrow`: those purposes on those channels alone ("promotions by e-mail only"). `keep`: what may stay as it is.
    """

    withdraw: Topic | None = None
    grant: Topic | None = None
    narrow: Topic | None = None
    keep: Topic = Topic()

    @property
    def unclear(self) -> bool:
        return self.withdraw is None and self.grant is None and self.narrow is None


def read_consent(text: str) -> ConsentReading:
    """Read every clause by itself; clauses that take no side only fill in what the others leave open."""
    clauses = clauses_of(folded(text))
    narrow = [topic for clause in clauses if (topic := _narrowed(clause))]
    clauses = [clause for clause in clauses if not _narrowed(clause)]
    keep = _union([topic_of(clause) for clause in clauses if _welcome(clause)])
    told = [(_direction(clause), topic_of(clause)) for clause in clauses if not (_stays(clause) or _welcome(clause))]
    aside = _union([topic for direction, topic in told if direction is None])
    withdraw = _named(told, Direction.WITHDRAW)
    grant = _named(told, Direction.GRANT)
    if withdraw is not None and not withdraw and grant is None:
        withdraw = aside
    if grant is not None and withdraw is None:
        grant = Topic(grant.purposes or aside.purposes, grant.channels or aside.channels)
    return ConsentReading(withdraw, grant, _union(narrow) or None, keep)


def clauses_of(line: str) -> list[str]:
    """The parts of a folded line that speak for themselves."""
    return [clause.strip() for clause in _WORDS.regex("clauses").split(line) if clause.strip()]


def _narrowed(clause: str) -> Topic:
    """ "Promotions by e-mail only": purposes and the channels that are left to them; empty for anything else."""
    purposes = tuple(purpose for purpose in topic_of(clause).purposes if purpose in STOPPABLE)
    kept = _WORDS.regex("except_by").search(clause)
    only = topic_of(kept[0]).channels if kept else only_channels(clause)
    refused = _WORDS.finds("negation", _WORDS.without("not_negation", clause)) or _WORDS.finds("withdraw", clause)
    return Topic(purposes, only) if purposes and only and refused == (kept is not None) else Topic()


def _welcome(clause: str) -> bool:
    """ "Birthdays are fine", "keep the surveys": nothing is asked for, and nothing is to be taken away."""
    if not topic_of(clause).purposes or _WORDS.finds("grant", clause) or _WORDS.finds("past", clause):
        return False
    clause = _WORDS.without("not_negation", clause)
    if _WORDS.finds("negation", clause) or _WORDS.finds("withdraw", clause):
        return False
    return _WORDS.finds("keep", clause) or _WORDS.finds("fine", clause)


def narrowed(topic: Topic) -> list[tuple[Purpose, str, bool]]:
    """Ledger choices for "by e-mail only": the other channels are withdrawn, each by itself. Nothing is granted."""
    return [
        (purpose, channel, False)
        for purpose in topic.purposes
        for channel in _WORDS.values("channels")
        if channel not in topic.channels
    ]


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
    line = _WORDS.regex("not_even").sub(" ", folded(text))
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
