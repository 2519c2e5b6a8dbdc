"""Taking the last change back: what that allows less of holds at once, what it allows more of wants a yes."""

from actions.base import Event, Turn
from actions.care.giving import ask_looser
from actions.care.steps import own_words, step_lines, write
from actions.questions import open_question
from crm_store.people.proof import ProofLevel
from crm_store.wishes.spoken import undoes
from crm_store.wishes.undoing import Steps


async def hear_undo(turn: Turn) -> list[Event] | None:
    """None when nothing is to be taken back, or nothing was changed lately; to a question of ours it is no answer.

    A chat that is only linked takes back what was said in it, and is shown nothing said elsewhere.
    """
    shopper = turn.shopper
    within = undoes(shopper.text)
    if within is None or open_question(turn):
        return None
    here = shopper.customer is not None and shopper.level < ProofLevel.PROVED
    change = await turn.crm.last_changes.of(shopper.who, shopper.now - within, here)
    if change is None:
        return None
    before = {each.kind: each.value for each in await turn.crm.preferences.of(shopper.who)}
    await _at_once(turn, change.back.at_once, before)
    if not (change.back.at_once or change.back.after_yes):
        turn.voice.answer("undo_nothing")
    return [ask_looser(turn, change.back.after_yes, before)] if change.back.after_yes else []


async def _at_once(turn: Turn, steps: Steps, before: dict[str, dict[str, object]]) -> None:
    if steps:
        await write(turn, steps, await own_words(turn))
        turn.voice.answer("preference_set", rules=turn.voice.listed(step_lines(turn, steps, before)))
