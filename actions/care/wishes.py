"""What a shopper wishes, carried out: less at once, more only after a yes, and all of it read back in one line."""

from typing import Any

from rasa_sdk.events import FollowupAction

from actions.base import Event, Turn
from actions.care.giving import ask_consent, ask_looser
from actions.care.steps import own_words, step_lines, write
from actions.care.undo import hear_undo
from actions.care.wish_lines import channel_names, choice_lines, occasion_name, purpose_names, what_and_where
from actions.questions import ask
from crm_store.people.consent import ANY_CHANNEL, STOPPABLE, ConsentEntry, allows
from crm_store.people.consent_words import ConsentReading, Topic, narrowed, withdrawn
from crm_store.people.occasion_words import OccasionWish
from crm_store.people.preferences import OccasionNote
from crm_store.people.rules import loosens
from crm_store.wishes.spoken import SpokenWishes, certain_wishes
from crm_store.wishes.undoing import Choice, Steps

ASKED_DAY = "occasion_day"
Rules = dict[str, dict[str, Any]]


async def hear_wish(turn: Turn) -> list[Event] | None:
    """Whatever a message was taken for: when it is all wish, or takes the last change back, that is its answer."""
    if turn.tracker.active_loop_name or not turn.shopper.text:
        return None
    events = await hear_undo(turn)
    if events is None:
        wishes = certain_wishes(turn.shopper.text, turn.shopper.today)
        events = await carry_out(turn, wishes) if wishes else None
    # Whatever rule had begun with this message ends here.
    return None if events is None else [*events, dict(FollowupAction("action_listen"))]


async def carry_out(turn: Turn, wishes: SpokenWishes) -> list[Event]:
    """Everything that can be read: kept, read back, and at most one question about the rest."""
    before = {each.kind: each.value for each in await turn.crm.preferences.of(turn.shopper.who)}
    standing = list(await turn.crm.consent.standing(turn.shopper.proved_who))
    now, later = _rules(wishes, before)
    noted, welcome = await _dates(turn, wishes)
    taken = _taken(wishes.consent)
    await write(turn, Steps(now, noted, tuple(taken)), await own_words(turn))
    _read_back(turn, wishes.consent, Steps(now, noted), before, standing)
    return _ask(turn, wishes, Steps(later, welcome), before, standing)


def _rules(wishes: SpokenWishes, before: Rules) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Those that hold at once, and those that allow more; one that is not there cannot be lifted."""
    rules = [rule for rule in wishes.rules if rule.value or before.get(rule.kind)]
    later = [rule for rule in rules if loosens(before.get(rule.kind, {}), rule)]
    return tuple(rule for rule in rules if rule not in later), tuple(later)


async def _dates(turn: Turn, wishes: SpokenWishes) -> tuple[tuple[OccasionNote, ...], tuple[OccasionNote, ...]]:
    """Those to be noted at once, and those that were refused before and would be welcome again."""
    notes = [as_note(wish) for wish in wishes.occasions if not wish.needs_day]
    known = await turn.crm.preferences.occasions_of(turn.shopper.who) if notes else []
    refused = {(each.kind, each.whom) for each in known if each.off}
    later = [note for note in notes if not note.off and (note.kind, note.whom) in refused]
    return tuple(note for note in notes if note not in later), tuple(later)


def _taken(reading: ConsentReading) -> list[Choice]:
    taken = withdrawn(reading.withdraw) if reading.withdraw else []
    return taken + (narrowed(reading.narrow) if reading.narrow else [])


def _read_back(turn: Turn, reading: ConsentReading, steps: Steps, before: Rules, standing: list[ConsentEntry]) -> None:
    taken = withdrawn(reading.withdraw) if reading.withdraw else []
    rest = _narrowed_lines(turn, reading) + step_lines(turn, steps, before)
    lines = choice_lines(turn, taken, "rule_withdrawn") + rest
    kept = [purpose for purpose in _welcome(reading) if _any(standing, purpose)]
    if lines and kept:
        lines.append(turn.voice.line("rule_kept", what=purpose_names(turn, kept)))
    if taken and len(lines) == 1:
        [(what, where)] = what_and_where(turn, taken)
        turn.voice.answer("consent_withdrawn", what=what, where=where)
    elif lines and len(lines) == len(steps.occasions):
        turn.voice.answer("occasion_noted", occasions=turn.voice.listed(lines))
    elif lines:
        turn.voice.answer("preference_set", rules=turn.voice.listed(lines))


def _narrowed_lines(turn: Turn, reading: ConsentReading) -> list[str]:
    topic = reading.narrow
    if topic is None:
        return []
    what, where = purpose_names(turn, topic.purposes), channel_names(turn, topic.channels)
    return [turn.voice.line("rule_narrowed", what=what, where=where)]


def _ask(turn: Turn, wishes: SpokenWishes, looser: Steps, before: Rules, standing: list[ConsentEntry]) -> list[Event]:
    """One question at a time; of the others the shopper is told that they have to come again."""
    without_day = [wish for wish in wishes.occasions if wish.needs_day]
    more = _more(wishes.consent, standing, turn.shopper.conversation.channel)
    questions = [bool(looser), bool(without_day), more is not None]
    if sum(questions) > 1:
        turn.voice.answer("wish_rest")
    if looser:
        return [ask_looser(turn, looser, before)]
    if without_day:
        return [ask_day(turn, without_day[0])]
    return [ask_consent(turn, more)] if more is not None else []


def _more(reading: ConsentReading, standing: list[ConsentEntry], channel: str) -> Topic | None:
    """What is to be allowed that is not: what was asked for, or called fine, or left as the only way."""
    if reading.grant is not None:
        return reading.grant
    if reading.narrow:
        purposes, channels = reading.narrow.purposes, reading.narrow.channels
        missing = [p for p in purposes if not all(allows(standing, p, channel) for channel in channels)]
        return Topic(tuple(missing), channels) if missing else None
    unknown = tuple(purpose for purpose in _welcome(reading) if not _any(standing, purpose))
    return Topic(unknown, (channel,)) if unknown and reading.withdraw else None


def _welcome(reading: ConsentReading) -> list[Any]:
    return [purpose for purpose in reading.keep.purposes if purpose in STOPPABLE]


def _any(standing: list[ConsentEntry], purpose: Any) -> bool:
    """Whether a purpose may come by any channel at all."""
    channels = {entry.channel for entry in standing if entry.purpose == purpose} or {ANY_CHANNEL}
    return any(allows(standing, purpose, channel) for channel in channels)


def as_note(wish: OccasionWish) -> OccasionNote:
    """A wish as it is written down."""
    if wish.day is None:
        return OccasionNote(wish.kind, None, None, wish.calendar, wish.off, wish.whom)
    day = wish.day
    return OccasionNote(wish.kind, day.month, day.day, day.calendar, wish.off, wish.whom, day.leap)


def ask_day(turn: Turn, wish: OccasionWish) -> Event:
    """A personal date is worth nothing without its day."""
    turn.voice.answer("occasion_day", occasion=occasion_name(turn, wish.kind, wish.whom))
    return ask(turn, ASKED_DAY, occasion=wish.kind, calendar=wish.calendar, whom=wish.whom)
