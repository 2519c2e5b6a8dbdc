"""Not understood: ask back with what was probably meant, then offer a person, then fetch one."""

from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import MISSES, Answer, Event, Tools, Turn
from actions.talk.facts import TakeFact
from crm_store.people.proof import ProofLevel

PLAUSIBLE = 0.15
"""Confidence from which an intent is worth asking about."""
MOST_GUESSES = 2


class AskBack(Answer):
    """Also the fallback of the dialogue itself, hence the explicit end of the turn."""

    called = "action_ask_back"
    needs = ProofLevel.CHANNEL

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self._facts = TakeFact(tools)

    async def answer(self, turn: Turn) -> list[Event]:
        over = FollowupAction("action_listen")
        if await self._facts.recognises(turn):
            return [over]
        misses = int(turn.tracker.get_slot(MISSES) or 0) + 1
        if misses == 1:
            self._guess(turn)
        elif misses == 2:
            turn.voice.answer("still_lost")
        else:
            turn.voice.wish("hand_over", reason="bot_failed")
            return [SlotSet(MISSES, None), over]
        return [SlotSet(MISSES, float(misses)), over]

    def _guess(self, turn: Turn) -> None:
        guesses = [name for name in _ranked(turn) if turn.voice.lines.knows(f"intent_{name}")][:MOST_GUESSES]
        if not guesses:
            turn.voice.answer("not_understood")
            return
        buttons = [turn.voice.button(f"intent_{name}", name) for name in guesses]
        turn.voice.answer("did_you_mean", [*buttons, turn.voice.button("button_something_else", "ask_capabilities")])


def _ranked(turn: Turn) -> list[str]:
    ranking: list[dict[str, Any]] = turn.tracker.latest_message.get("intent_ranking") or []
    return [str(each["name"]) for each in ranking if float(each["confidence"]) >= PLAUSIBLE]
