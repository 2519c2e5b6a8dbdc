"""Questions of ours that want a plain yes: what they are about travels in a slot until the very next answer."""

from datetime import datetime, timedelta
from typing import Any

from rasa_sdk.events import SlotSet

from actions.base import PENDING, Event, Turn
from actions.voice import Button

HOLDS_FOR = timedelta(minutes=30)


def ask(turn: Turn, kind: str, **about: Any) -> Event:
    """Remember the question; it lapses with the next thing said that is no answer to it."""
    asked = {"kind": kind, "id": str(turn.shopper.interaction_id), "at": turn.shopper.now.isoformat(), **about}
    return dict(SlotSet(PENDING, asked))


def yes_and_no(turn: Turn, yes: str = "button_yes", no: str = "button_no") -> list[Button]:
    """Buttons that answer this very question and no other."""
    question = str(turn.shopper.interaction_id)
    return [
        turn.voice.button(yes, "affirm", question=question),
        turn.voice.button(no, "deny", question=question),
    ]


def open_question(turn: Turn) -> dict[str, Any]:
    """The question still open at this moment; empty when there is none."""
    asked = turn.pending
    if not asked or turn.shopper.now - datetime.fromisoformat(asked["at"]) > HOLDS_FOR:
        return {}
    return asked
