"""Greeting, thanks, and what takes no look into the store."""

from actions.base import Answer, Event, Tools, Turn


class Greet(Answer):
    """By name as soon as we know whose chat this is."""

    called = "action_greet"

    async def answer(self, turn: Turn) -> list[Event]:
        if turn.shopper.customer and turn.shopper.customer.name:
            turn.voice.answer("greet_by_name", customer=turn.shopper.customer.name)
        else:
            turn.voice.answer("greet")
        return []


class Say(Answer):
    """Always the same: ``utter_<response>``. An action all the same, so that an open question lapses here too."""

    def __init__(self, tools: Tools, response: str) -> None:
        super().__init__(tools)
        self._response = response

    def name(self) -> str:
        return f"action_{self._response}"

    async def answer(self, turn: Turn) -> list[Event]:
        turn.voice.answer(self._response)
        return []
