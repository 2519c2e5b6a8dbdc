"""Praise, suggestions and scores. What was said is kept with the conversation; a low mark is offered a complaint."""

from actions.base import Answer, Event, Turn
from actions.voice import Button
from crm_store.cases.grievance_words import is_grievance
from crm_store.talks.score_words import Score, score_in


def complaint_button(turn: Turn) -> Button:
    """Starts a complaint with what was said in this very message."""
    return turn.voice.button("button_complain", "make_complaint", about=str(turn.shopper.interaction_id))


class TakeFeedback(Answer):
    called = "action_give_feedback"

    async def answer(self, turn: Turn) -> list[Event]:
        score = score_in(turn.shopper.text)
        sounds_bad = is_grievance(turn.shopper.text) if score is None else score.is_low
        if sounds_bad:
            turn.voice.answer("feedback_bad", [complaint_button(turn)])
        else:
            turn.voice.answer("feedback")
        return []


class TakeScore(Answer):
    """Reads the score; asks for it with buttons when there is none."""

    called = "action_rate"

    async def answer(self, turn: Turn) -> list[Event]:
        score = score_in(turn.chosen("score") or turn.shopper.text)
        if score is None:
            buttons = [turn.voice.named_button(str(value), "rate", score=f"{value}/5") for value in range(1, 6)]
            turn.voice.answer("rate_which", buttons)
        else:
            _thank(turn, score)
        return []


def _thank(turn: Turn, score: Score) -> None:
    marks = {"value": score.value, "best": score.out_of}
    if score.is_low:
        turn.voice.answer("rate_low", [complaint_button(turn)], **marks)
    elif score.value * 5 >= score.out_of * 4:
        turn.voice.answer("rate_high", **marks)
    else:
        turn.voice.answer("rate_middle", **marks)
