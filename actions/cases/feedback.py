"""Praise, suggestions and scores. What was said is kept; a low mark with its reason becomes a complaint at once."""

from actions.base import Answer, Event, Turn
from actions.cases.filing import Account, fetch_if_severe, open_case
from actions.cases.noted import answer_by
from actions.cases.surveyed import survey_scored, survey_told
from actions.voice import Button
from crm_store.answers.surveys import SurveyAnswer
from crm_store.cases.grievance_words import is_grievance, tells_something
from crm_store.cases.ties import MoreWords
from crm_store.numbers import order_numbers
from crm_store.talks.score_words import Score, score_in, without_score


def complaint_button(turn: Turn) -> Button:
    """Starts a complaint with what was said in this very message."""
    return turn.voice.button("button_complain", "make_complaint", about=str(turn.shopper.interaction_id))


class TakeFeedback(Answer):
    called = "action_give_feedback"

    async def answer(self, turn: Turn) -> list[Event]:
        await survey_told(turn)
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
            survey = await survey_scored(turn, score)
            if score.is_low:
                await _take_up(turn, score, survey)
            else:
                _thank(turn, score)
        return []


async def _take_up(turn: Turn, score: Score, survey: SurveyAnswer | None) -> None:
    """With its reason a low score is a complaint; without one we ask for the reason first."""
    marks = {"value": score.value, "best": score.out_of}
    text = turn.shopper.text or (await turn.words() if survey else "")
    order = next(iter(order_numbers(text)), _named(survey, "order_number"))
    if not tells_something(without_score(text)):
        about = {"order": order} if order else {}
        turn.voice.answer("rate_low", [turn.voice.button("button_what_went_wrong", "make_complaint", **about)], **marks)
    elif survey is not None and survey.complaint_id is not None:
        await _add(turn, survey.complaint_id, text)
    else:
        account = Account(text, order, "", _named(survey, "product_sku"))
        case = await open_case(turn, account, source="survey")
        if survey is not None:
            await turn.crm.surveys.opened(survey.id, case.id)
        turn.voice.answer("rate_opened", number=case.number, promise=await answer_by(turn, case), **marks)
        fetch_if_severe(turn, case)


async def _add(turn: Turn, complaint_id: int, text: str) -> None:
    """A second low score to the same survey is more of the same story, no second case."""
    more = MoreWords(text, turn.shopper.conversation.id, turn.shopper.interaction_id)
    case = await turn.crm.ties.told_more(complaint_id, more, turn.shopper.now)
    turn.voice.answer("complaint_added", number=case.number)


def _named(survey: SurveyAnswer | None, name: str) -> str | None:
    """What the survey was about."""
    return str(survey.about.get(name) or "") or None if survey is not None else None


def _thank(turn: Turn, score: Score) -> None:
    high = score.value * 5 >= score.out_of * 4
    turn.voice.answer("rate_high" if high else "rate_middle", value=score.value, best=score.out_of)
