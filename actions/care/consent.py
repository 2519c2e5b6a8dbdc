"""Permission to write: taken back at once, given only after an exact read-back and a plain yes."""

from typing import Any

from actions.base import Answer, Event, Turn
from actions.questions import ask, yes_and_no
from crm_store.people.consent import ANY_CHANNEL, STOPPABLE, Evidence, Purpose
from crm_store.people.consent_words import ConsentReading, Topic, granted, read_consent, topic_of, withdrawn

QUESTION = "consent_question"


class ChangeConsent(Answer):
    """Direction, purpose and channel by explicit words or buttons; the intent alone changes nothing."""

    called = "action_change_consent"

    async def answer(self, turn: Turn) -> list[Event]:
        reading = _pressed(turn) or read_consent(turn.shopper.text)
        if reading.unclear:
            _ask_what(turn)
            return []
        if reading.withdraw is not None:
            await _withdraw(turn, reading.withdraw)
        return [_ask_grant(turn, reading.grant)] if reading.grant is not None else []


def _pressed(turn: Turn) -> ConsentReading | None:
    direction, purpose = turn.chosen("direction"), turn.chosen("purpose")
    if direction is None or purpose not in set(Purpose):
        return None
    topic = Topic((Purpose(purpose),))
    return ConsentReading(withdraw=topic) if direction == "stop" else ConsentReading(grant=topic)


def _ask_what(turn: Turn) -> None:
    named = [purpose for purpose in topic_of(turn.shopper.text).purposes if purpose in STOPPABLE]
    buttons = [
        turn.voice.button(f"button_{direction}_{purpose}", "change_consent", direction=direction, purpose=purpose)
        for purpose in named or [Purpose.PROMOTION]
        for direction in ("stop", "start")
    ]
    turn.voice.answer("consent_which", buttons)


async def _withdraw(turn: Turn, topic: Topic) -> None:
    choices = withdrawn(topic)
    if not topic and not topic.channels:
        turn.voice.wish("stop")
    elif not choices:
        turn.voice.answer("consent_service")
    else:
        shopper = turn.shopper
        evidence = Evidence("chat", answer=await turn.words(), interaction_id=shopper.interaction_id)
        await turn.crm.consent.record(shopper.who, choices, evidence, shopper.now)
        turn.voice.answer("consent_withdrawn", what=_what(turn, choices), where=_where(turn, choices))


def _ask_grant(turn: Turn, topic: Topic) -> Event:
    purposes = [purpose for purpose in topic.purposes if purpose in STOPPABLE]
    if not purposes:
        buttons = [
            turn.voice.button(f"button_start_{purpose}", "change_consent", direction="start", purpose=purpose)
            for purpose in STOPPABLE
        ]
        turn.voice.answer("consent_what_for", buttons)
        return {"event": "slot", "name": "pending", "value": None}
    channels = list(topic.channels or (turn.shopper.conversation.channel,))
    choices = granted(tuple(purposes), tuple(channels))
    text = turn.voice.line(QUESTION, what=_what(turn, choices), where=_where(turn, choices))
    turn.voice.exactly(text, yes_and_no(turn))
    version = turn.voice.lines.version(QUESTION)
    asked = [str(purpose) for purpose in purposes]
    return ask(turn, "consent", purposes=asked, channels=channels, text=text, version=version)


async def grant(turn: Turn, question: dict[str, Any]) -> None:
    """Write the yes with the exact question it answers."""
    shopper = turn.shopper
    choices = granted(tuple(Purpose(each) for each in question["purposes"]), tuple(question["channels"]))
    evidence = Evidence("chat", question["text"], question["version"], await turn.words(), shopper.interaction_id)
    await turn.crm.consent.record(shopper.proved_who, choices, evidence, shopper.now)
    turn.voice.answer("consent_granted", what=_what(turn, choices), where=_where(turn, choices))


def purpose_names(turn: Turn, purposes: list[str]) -> str:
    """What is sent, in words."""
    return turn.voice.listed(turn.voice.line(f"purpose_{purpose}") for purpose in dict.fromkeys(purposes))


def channel_names(turn: Turn, channels: list[str]) -> str:
    """Where it is sent, in words."""
    return turn.voice.listed(_channel(turn, channel) for channel in dict.fromkeys(channels))


def _channel(turn: Turn, channel: str) -> str:
    if channel == ANY_CHANNEL:
        return turn.voice.line("channel_any")
    return turn.voice.line(f"channel_{channel}") if turn.voice.lines.knows(f"channel_{channel}") else channel


def _what(turn: Turn, choices: list[tuple[Purpose, str, bool]]) -> str:
    return purpose_names(turn, [str(purpose) for purpose, _, _ in choices])


def _where(turn: Turn, choices: list[tuple[Purpose, str, bool]]) -> str:
    return channel_names(turn, [channel for _, channel, _ in choices])
