"""What the house does rather than the bot: fetch a person, stop every message, change the language."""

from rasa_sdk.events import ActiveLoop, SlotSet

from actions.base import Answer, Event, Turn
from actions.care.wishes import carry_out
from actions.cases.complaints import FORM_SLOTS
from crm_store.model import Languages
from crm_store.people.language_words import language_wanted
from crm_store.wishes.spoken import Said, pauses, read_wishes


def left_form() -> list[Event]:
    """Whatever form is running ends here, and what it had gathered is forgotten."""
    return [ActiveLoop(None), SlotSet("requested_slot", None), *(SlotSet(slot, None) for slot in FORM_SLOTS)]


class FetchPerson(Answer):
    """At any point, also within a form: the house hands the conversation over and says so."""

    called = "action_ask_human"

    async def answer(self, turn: Turn) -> list[Event]:
        turn.voice.wish("hand_over", reason=turn.chosen("reason") or "asked")
        return left_form()


class StopAll(Answer):
    """At once, without a question: the house writes the ledger and confirms. "Stop until March" is a pause."""

    called = "action_stop_all"

    async def answer(self, turn: Turn) -> list[Event]:
        if pauses(turn.shopper.text, turn.shopper.today):
            return await carry_out(turn, read_wishes(turn.shopper.text, turn.shopper.today, Said.RULES))
        turn.voice.wish("stop")
        return left_form()


class SetLanguage(Answer):
    called = "action_set_language"

    async def answer(self, turn: Turn) -> list[Event]:
        language = turn.chosen("language") or language_wanted(turn.shopper.text)
        if language in Languages:
            turn.voice.wish("speak", language=str(language))
        else:
            turn.voice.answer("language_which")
        return []
