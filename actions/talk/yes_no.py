"""Yes and no: to a question of ours if one is open, else to nothing in particular."""

from typing import Any

from rasa_sdk.events import SlotSet

from actions.base import PENDING, Answer, Event, Turn
from actions.care.giving import give
from actions.cases.filing import add_to_case
from actions.questions import open_question, yes_and_no
from crm_store.people.consent_words import yes_or_no

YES_NO = frozenset({"wishes", "person", "case"})


class Affirm(Answer):
    """Only a pressed yes to this very question, or a plain yes in words, counts; anything less is asked again."""

    called = "action_affirm"

    async def answer(self, turn: Turn) -> list[Event]:
        question, pressed = open_question(turn), turn.chosen("question")
        if pressed is not None and pressed != question.get("id"):
            turn.voice.answer("question_lapsed")
        elif not question or question["kind"] not in YES_NO:
            turn.voice.answer("affirm_nothing")
        elif pressed is not None or yes_or_no(turn.shopper.text) is True:
            return await _do(turn, question)
        elif yes_or_no(turn.shopper.text) is False:
            turn.voice.answer("nothing_changed")
        else:
            turn.voice.answer("yes_or_no", yes_and_no(turn))
            return [SlotSet(PENDING, {**question, "id": str(turn.shopper.interaction_id)})]
        return []


class Deny(Answer):
    called = "action_deny"

    async def answer(self, turn: Turn) -> list[Event]:
        asked = open_question(turn) or turn.chosen("question")
        turn.voice.answer("nothing_changed" if asked else "deny_nothing")
        return []


async def _do(turn: Turn, question: dict[str, Any]) -> list[Event]:
    match question["kind"]:
        case "wishes":
            return await give(turn, question)
        case "case":
            await add_to_case(turn, question)
        case "person":
            turn.voice.wish("hand_over", reason=str(question["reason"]))
    return []
