"""A shopper's own rules for being written to: kept at once when they ask for less, after a plain yes when for more."""

from actions.base import Answer, Event, Turn
from actions.care.wishes import carry_out
from crm_store.people.preferences import Told
from crm_store.wishes.spoken import Said, read_wishes


class SetPreference(Answer):
    """Reads what it can and reads it back; what it cannot read is kept as it was said, and called so."""

    called = "action_set_preference"

    async def answer(self, turn: Turn) -> list[Event]:
        wishes = read_wishes(turn.shopper.text, turn.shopper.today, Said.RULES)
        if wishes:
            return await carry_out(turn, wishes)
        await _keep_words(turn)
        return []


async def _keep_words(turn: Turn) -> None:
    if not turn.shopper.text:
        turn.voice.answer("preference_how")
        return
    shopper, words = turn.shopper, await turn.words()
    told = Told(words, shopper.interaction_id, shopper.now)
    await turn.crm.preferences.put(shopper.who, "words", {"text": words}, told)
    turn.voice.answer("preference_as_words")
