"""Permission to write: taken back at once, given only after an exact read-back and a plain yes."""

from actions.base import Answer, Event, Turn
from actions.care.giving import ask_consent
from actions.care.wishes import carry_out
from crm_store.people.consent import STOPPABLE, Purpose
from crm_store.people.consent_words import ConsentReading, Topic, topic_of, withdrawn
from crm_store.wishes.spoken import Said, SpokenWishes, read_wishes


class ChangeConsent(Answer):
    """Direction, purpose and channel by explicit words or buttons; the intent alone changes nothing."""

    called = "action_change_consent"

    async def answer(self, turn: Turn) -> list[Event]:
        pressed = _pressed(turn)
        if pressed is not None and turn.chosen("direction") == "start":
            return [ask_consent(turn, pressed)]
        wishes = _stopped(pressed) if pressed else read_wishes(turn.shopper.text, turn.shopper.today, Said.CONSENT)
        withdraw = wishes.consent.withdraw
        if not wishes:
            _ask_what(turn)
        elif withdraw is not None and not withdraw:
            turn.voice.wish("stop")
        elif withdraw is not None and not withdrawn(withdraw):
            turn.voice.answer("consent_service")
        else:
            return await carry_out(turn, wishes)
        return [ask_consent(turn, wishes.consent.grant)] if wishes.consent.grant is not None else []


def _pressed(turn: Turn) -> Topic | None:
    direction, purpose = turn.chosen("direction"), turn.chosen("purpose")
    return Topic((Purpose(purpose),)) if direction is not None and purpose in set(Purpose) else None


def _stopped(topic: Topic) -> SpokenWishes:
    return SpokenWishes(ConsentReading(withdraw=topic))


def _ask_what(turn: Turn) -> None:
    named = [purpose for purpose in topic_of(turn.shopper.text).purposes if purpose in STOPPABLE]
    buttons = [
        turn.voice.button(f"button_{direction}_{purpose}", "change_consent", direction=direction, purpose=purpose)
        for purpose in named or [Purpose.PROMOTION]
        for direction in ("stop", "start")
    ]
    turn.voice.answer("consent_which", buttons)
