"""Not understood: ask back with what was probably meant; the second time in a row fetch a person."""

from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import MISSES, Answer, Event, Tools, Turn
from actions.talk.facts import TakeFact

MOST_GUESSES = 2


class AskBack(Answer):
    """Also the fallback of the dialogue itself, hence the explicit end of the turn."""

    called = "action_ask_back"

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self._facts = TakeFact(tools)

    async def answer(self, turn: Turn) -> list[Event]:
        over = FollowupAction("action_listen")
        if await self._facts.recognises(turn):
            return [over]
        if turn.tracker.get_slot(MISSES):
            # The second time in a row: who goes on guessing now is the loop that shoppers hate bots for.
            turn.voice.wish("hand_over", reason="bot_failed")
            return [SlotSet(MISSES, None), over]
        self._guess(turn)
        return [SlotSet(MISSES, 1.0), over]

    def _guess(self, turn: Turn) -> None:
        # The ranking holds only what is likely enough to be offered: see `ask_back` in config.yml.
        ranking: list[dict[str, Any]] = turn.tracker.latest_message.get("intent_ranking") or []
        names = [str(each["name"]) for each in ranking]
        guesses = [name for name in names if turn.voice.lines.knows(f"intent_{name}")][:MOST_GUESSES]
        if not guesses:
            turn.voice.answer("not_understood")
            return
        buttons = [turn.voice.button(f"intent_{name}", name) for name in guesses]
        turn.voice.answer("did_you_mean", [*buttons, turn.voice.button("button_something_else", "ask_capabilities")])
