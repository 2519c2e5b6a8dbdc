"""Praise, suggestions and scores. What was said is kept; a low mark with its reason becomes a complaint at once."""

from actions.base import Answer, Event, Turn
from actions.cases.filing import Account, fetch_if_severe, open_case
from actions.cases.noted import answer_by
from actions.voice import Button
from crm_store.cases.grievance_words import is_grievance, tells_something
from crm_store.numbers import order_numbers
from crm_store.talks.score_words import Score, score_in, without_score


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
        elif score.is_low:
            await _take_up(turn, score)
        else:
            _thank(turn, score)
        return []


async def _take_up(turn: Turn, score: Score) -> None:
    """With its reason a low score is a complaint; without one we ask for the reason first."""
    text, marks = turn.shopper.text, {"value": score.value, "best": score.out_of}
    if not tells_something(without_score(text)):
        turn.voice.answer("rate_low", [turn.voice.button("button_what_went_wrong", "make_complaint")], **marks)
        return
    numbers = order_numbers(text)
    case = await open_case(turn, Account(text, numbers[0] if numbers else None, ""), source="survey")
    turn.voice.answer("rate_opened", number=case.number, promise=await answer_by(turn, case), **marks)
    fetch_if_severe(turn, case)


def _thank(turn: Turn, score: Score) -> None:
    high = score.value * 5 >= score.out_of * 4
    turn.voice.answer("rate_high" if high else "rate_middle", value=score.value, best=score.out_of)
